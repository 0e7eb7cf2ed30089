"""Taking a chunk of imported opportunities back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ponte.core.rights import filter_owned
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.events.sales_opportunities import OpportunitiesImported
from ponte.sales.models import Opportunity
from ponte.sales.policies import editable_opportunities, visible_opportunities
from ponte.sales.services.bulk_opportunities import COLUMNS
from ponte.sales.services.opportunity_bulk import bin_opportunities
from ponte.sales.services.opportunity_fields import PERSONAL
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

_PLAIN = [name.removesuffix("_id") for name in COLUMNS]
Moved = dict[UUID, dict[str, tuple[Any, Any]]]


def undo_opportunities(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the opportunities a chunk made into the bin and give changed ones their values back."""
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    locked = Opportunity.objects.filter(id__in=[*chunk.created, *chunk.changes], deleted_at=None)
    rows = {row.id: row for row in locked.select_for_update().order_by("id")}
    _judge_created(context, chunk, rows, reversal)
    if reversal.removed and not look:
        bin_opportunities(actor=context.actor, opportunity_ids=reversal.removed, deleted=True)
        # what was undone may be imported again: the id of the other system is free for a new one
        Opportunity.objects.filter(id__in=reversal.removed).update(external_id="")
    moved = _restored(context, chunk, rows, reversal)
    if moved and not look:
        _write(context, [rows[one] for one in moved], moved)
    return reversal


def _judge_created(
    context: ImportContext, chunk: DoneChunk, rows: dict[UUID, Opportunity], reversal: Reversal
) -> None:
    living = [one for one in chunk.created if one in rows]
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine, member = set(living), context.actor.member
    if member is not None:
        seen = visible_opportunities(member)
        reach = filter_owned(seen, member, "opportunity", "delete", owner="owner", team="owner__team")
        mine = set(reach.filter(id__in=living).values_list("id", flat=True))
    reversal.left |= left_all(set(living) - mine, FOREIGN)
    changed = changed_since("opportunity", mine, chunk)
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in living if one in mine - changed]


def _restored(
    context: ImportContext, chunk: DoneChunk, rows: dict[UUID, Opportunity], reversal: Reversal
) -> Moved:
    """Put values of changed opportunities back in memory; return what changed."""
    reach, member = set(chunk.changes), context.actor.member
    if member is not None:
        reach = set(editable_opportunities(member).filter(id__in=reach).values_list("id", flat=True))
    open_to = {one: rows[one] for one in reach if one in rows}
    custom, kept = take_back_custom("opportunity", open_to, chunk.changes, actor=context.actor)
    moved: Moved = {}
    there: dict[tuple[Any, Any], bool] = {}
    for deal_id, changes in chunk.changes.items():
        deal = rows.get(deal_id)
        if deal is None or deal_id not in reach:
            reversal.left[deal_id] = Left(GONE if deal is None else FOREIGN)
            continue
        told = {name.removesuffix("_id"): pair for name, pair in changes.items()}
        back, others = take_back(deal, told, there)
        back |= custom.get(deal_id, {})
        others += kept.get(deal_id, [])
        if others:
            reversal.left[deal_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(deal_id)
        if back:
            moved[deal_id] = back
    return moved


def _write(context: ImportContext, deals: list[Opportunity], moved: Moved) -> None:
    for deal in deals:
        deal.version += 1
    Opportunity.objects.bulk_update(deals, [*_PLAIN, "custom", "version"], batch_size=1000)
    record_each(
        actor=context.actor,
        act=f"opportunity.{UNDO_ACT}",
        object_type="opportunity",
        changes={
            one: {name.removesuffix("_id"): pair for name, pair in back.items()}
            for one, back in moved.items()
        },
        subjects={deal.id: deal.party_id for deal in deals},
        impersonal=set(_PLAIN) - set(PERSONAL),
    )
    publish(
        OpportunitiesImported(source=context.source, opportunity_ids=[str(one) for one in moved]),
        actor=context.actor,
    )
