"""Acts on many opportunities at once: one field, another stage, the bin. Set-based where nothing has to be asked of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.rights import filter_owned
from ponte.core.services.audit import Changes, record_bulk, record_each
from ponte.core.services.events import publish
from ponte.events.sales_opportunities import OpportunitiesBinned, OpportunitiesEdited
from ponte.sales.models import DealStatus, ForecastCategory, Opportunity
from ponte.sales.policies import visible_opportunities
from ponte.sales.services.opportunity_fields import PERSONAL
from ponte.sales.services.opportunity_history import GONE, LIST_KEY
from ponte.sales.services.opportunity_state import move_opportunity
from ponte.workplace.lists import tell_moved

SETTABLE = ("owner_id", "expected_close", "category")


@transaction.atomic
def set_field(*, actor: Actor, opportunity_ids: Sequence[UUID], field: str, value: Any) -> dict[UUID, Any]:
    """Give opportunities the same value; return what those that changed had before. Out of reach: left out.

    Args:
        field: one of ``SETTABLE``.

    Raises:
        Invalid: no such value. ValueError: no field that can be set so.
    """
    _check_value(field, value)
    rows = _locked(actor, "edit", opportunity_ids)
    before = {row.id: getattr(row, field) for row in rows if getattr(row, field) != value}
    _write(actor, rows, field, dict.fromkeys(before, value))
    return before


@transaction.atomic
def put_back_field(*, actor: Actor, field: str, value: Any, before: Mapping[UUID, Any]) -> int:
    """Take ``set_field`` back; what others have changed since keeps what it has. Returns how many."""
    rows = [row for row in _locked(actor, "edit", list(before)) if getattr(row, field) == value]
    if field == "owner_id":
        known = set(Member.objects.values_list("id", flat=True)) | {None}
        rows = [row for row in rows if before[row.id] in known]
    _write(actor, rows, field, {row.id: before[row.id] for row in rows})
    return len(rows)


@transaction.atomic
def move_many(*, actor: Actor, opportunity_ids: Sequence[UUID], stage_id: UUID) -> dict[UUID, int]:
    """Bring open opportunities to a stage; those that lack what their stage asks for, or have ended, stay.

    Returns who moved, with the version each has since (what ``undo_moves`` takes).
    """
    moved: dict[UUID, int] = {}
    for row in _locked(actor, "edit", opportunity_ids):
        if row.status != DealStatus.OPEN or row.stage_id == stage_id:
            continue
        try:
            with transaction.atomic():
                done = move_opportunity(actor=actor, opportunity_id=row.id, stage_id=stage_id)
        except Invalid:
            continue
        moved[row.id] = done.version
    return moved


@transaction.atomic
def bin_opportunities(*, actor: Actor, opportunity_ids: Sequence[UUID], deleted: bool) -> list[UUID]:
    """Put opportunities into the bin or take them out; return those that changed. Out of reach: left out."""
    rows = _locked(actor, "delete", opportunity_ids, deleted=not deleted)
    ids = [row.id for row in rows]
    at = timezone.now() if deleted else None
    Opportunity.objects.filter(id__in=ids).update(
        deleted_at=at, version=F("version") + 1, updated_at=timezone.now()
    )
    if ids:
        act = "opportunity.deleted" if deleted else "opportunity.restored"
        record_bulk(actor=actor, act=act, object_type="opportunity", ids=ids)
        publish(OpportunitiesBinned(opportunity_ids=[str(one) for one in ids], deleted=deleted), actor=actor)
        _tell(rows, deleted=deleted)
    return ids


def note_edits(*, actor: Actor, changes: Mapping[UUID, Changes]) -> None:
    """Write what changed about many opportunities: an entry each, sealed with the customer's key, and one event."""
    subjects = dict(Opportunity.objects.filter(id__in=list(changes)).values_list("id", "party_id"))
    fields = sorted({name for pairs in changes.values() for name in pairs})
    record_each(
        actor=actor,
        act="opportunity.updated",
        object_type="opportunity",
        changes=changes,
        subjects=subjects,
        impersonal=[name for name in fields if name not in PERSONAL and not name.startswith("custom.")],
    )
    publish(
        OpportunitiesEdited(
            opportunity_ids=[str(one) for one in changes],
            party_ids=[str(one) for one in sorted(set(subjects.values()))],
            fields=fields,
        ),
        actor=actor,
    )


def _check_value(field: str, value: Any) -> None:
    if field not in SETTABLE:
        raise ValueError(f"{field} can't be set on many opportunities")
    unknown = field == "category" and value not in ForecastCategory.values
    if field == "owner_id" and value is not None:
        unknown = not Member.objects.filter(id=value, is_active=True).exists()
    if unknown:
        raise Invalid.on(field, "unknown", _("Choose one from the list."))


def _locked(
    actor: Actor, act: str, opportunity_ids: Sequence[UUID], *, deleted: bool = False
) -> list[Opportunity]:
    rows = Opportunity.objects.filter(deleted_at__isnull=not deleted)
    if actor.member is not None:
        seen = visible_opportunities(actor.member, deleted=deleted)
        rows = filter_owned(seen, actor.member, "opportunity", act, owner="owner", team="owner__team")
    return list(rows.filter(id__in=list(opportunity_ids)).order_by("id").select_for_update(of=("self",)))


def _write(actor: Actor, rows: Sequence[Opportunity], field: str, values: Mapping[UUID, Any]) -> None:
    if not values:
        return
    before = {row.id: getattr(row, field) for row in rows}
    by_value: defaultdict[Any, list[UUID]] = defaultdict(list)
    for key, value in values.items():
        by_value[value].append(key)
    for value, ids in by_value.items():
        found = Opportunity.objects.filter(id__in=ids)
        found.update(**{field: value}, version=F("version") + 1, updated_at=timezone.now())
    note_edits(actor=actor, changes={key: {field: (before[key], value)} for key, value in values.items()})
    _tell([row for row in rows if row.id in values])


def _tell(rows: Sequence[Opportunity], *, deleted: bool = False) -> None:
    told = {
        row.id: (GONE if deleted or row.status != DealStatus.OPEN else str(row.stage_id), row.version + 1)
        for row in rows
    }
    tell_moved(LIST_KEY, told, [str(row.stage_id) for row in rows])
