"""Taking an import of leads back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ponte.core.rights import filter_owned
from ponte.directory.models import Party, PartyFacts
from ponte.directory.services.deletion import delete_parties
from ponte.directory.uses import customers_in_use
from ponte.sales.models import Lead, Opportunity
from ponte.sales.policies import editable_leads, visible_leads
from ponte.sales.services.lead_bulk import note_lead_edits
from ponte.sales.services.lead_edits import bin_leads
from ponte.sales.services.lead_imports import COLUMNS
from ponte.sales.services.lead_life import write_statuses
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

Moved = dict[UUID, dict[str, tuple[Any, Any]]]
_MADE = "customers.created"
_PARTS = ("leads.captured",)


def undo_leads(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the leads a chunk made into the bin, and the customers it made for them alone, and give changed ones their values back.

    What was worked with since stays.
    """
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    locked = Lead.objects.filter(id__in=[*chunk.created, *chunk.changes], deleted_at=None)
    rows = {row.id: row for row in locked.select_for_update().order_by("id")}
    _judge_created(chunk, context, rows, reversal)
    if reversal.removed and not look:
        bin_leads(actor=context.actor, lead_ids=reversal.removed, deleted=True)
        # what was undone may be imported again: the id of the other system is free for a new lead
        Lead.objects.filter(id__in=reversal.removed).update(external_id="")
        _bin_customers(chunk, context, {rows[one].party_id for one in reversal.removed})
    moved, statuses = _restored(context, chunk, rows, reversal)
    if moved and not look:
        _write(context, [rows[one] for one in moved], moved, statuses)
    return reversal


def _judge_created(
    chunk: DoneChunk, context: ImportContext, rows: Mapping[UUID, Lead], reversal: Reversal
) -> None:
    living = [one for one in chunk.created if one in rows]
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine, member = set(living), context.actor.member
    if member is not None:
        reach = filter_owned(
            visible_leads(member), member, "lead", "delete", owner="owner", team="owner__team"
        )
        mine = set(reach.filter(id__in=living).values_list("id", flat=True))
    reversal.left |= left_all(set(living) - mine, FOREIGN)
    changed = changed_since("lead", mine, chunk, apart_from=_PARTS)
    changed |= set(
        Opportunity.objects.filter(lead_id__in=mine, deleted_at=None).values_list("lead_id", flat=True)
    )
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in living if one in mine - changed]


def _restored(
    context: ImportContext, chunk: DoneChunk, rows: Mapping[UUID, Lead], reversal: Reversal
) -> tuple[Moved, dict[UUID, str]]:
    """Put values of changed leads back in memory, but for statuses; return what changed and the statuses to give back."""
    reach, member = set(chunk.changes), context.actor.member
    if member is not None:
        reach = set(editable_leads(member).filter(id__in=reach).values_list("id", flat=True))
    open_to = {one: rows[one] for one in reach if one in rows}
    custom, kept = take_back_custom("lead", open_to, chunk.changes, actor=context.actor)
    moved: Moved = {}
    statuses: dict[UUID, str] = {}
    there: dict[tuple[Any, Any], bool] = {}
    for lead_id, changes in chunk.changes.items():
        lead = rows.get(lead_id)
        if lead is None or lead_id not in reach:
            reversal.left[lead_id] = Left(GONE if lead is None else FOREIGN)
            continue
        plain = {name: pair for name, pair in changes.items() if name != "status"}
        back, others = take_back(lead, plain, there)
        back |= custom.get(lead_id, {})
        others += kept.get(lead_id, [])
        if "status" in changes:
            before, after = changes["status"]
            if lead.status == after:
                statuses[lead_id], back["status"] = before, (after, before)
            else:
                others.append("status")
        if others:
            reversal.left[lead_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(lead_id)
        if back:
            moved[lead_id] = back
    return moved, statuses


def _write(context: ImportContext, leads: Sequence[Lead], moved: Moved, statuses: Mapping[UUID, str]) -> None:
    for lead in leads:
        lead.version += 1
    plain = [name.removesuffix("_id") for name in COLUMNS]
    Lead.objects.bulk_update(leads, [*plain, "custom", "version"], batch_size=1000)
    changes = {
        one: {name.removesuffix("_id"): pair for name, pair in back.items()} for one, back in moved.items()
    }
    note_lead_edits(actor=context.actor, changes=changes, act=f"lead.{UNDO_ACT}")
    back = [lead for lead in leads if lead.id in statuses]
    write_statuses(actor=context.actor, leads=back, statuses=statuses, is_noted=True)


def _bin_customers(chunk: DoneChunk, context: ImportContext, party_ids: set[object]) -> None:
    made = [one for one in chunk.made.get(_MADE, ()) if one in party_ids]
    busy = customers_in_use(made)
    busy |= set(Lead.objects.filter(party_id__in=made, deleted_at=None).values_list("party_id", flat=True))
    facts = PartyFacts.objects.filter(party_id__in=made).exclude(orders_count=0, open_tasks=0)
    busy |= set(facts.values_list("party_id", flat=True))
    busy |= changed_since(
        "customer", set(made) - busy, chunk, apart_from=("consents.recorded", "customer.viewed")
    )
    free = [one for one in made if one not in busy]
    there = list(Party.objects.filter(id__in=free, deleted_at=None).values_list("id", flat=True))
    if there:
        delete_parties(actor=context.actor, party_ids=there)
