"""Leads that files tell about again: known by the other system's id, changed as the import's policy says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.core.rights import field_access
from ponte.core.services.events import publish
from ponte.events.sales_leads import LeadsAssigned
from ponte.sales.models import Lead, LeadStatus, Origin
from ponte.sales.services.lead_bulk import note_lead_edits
from ponte.sales.services.lead_edits import locked_leads
from ponte.sales.services.lead_life import write_statuses
from ponte.workplace.custom_fields.values import CustomRow, check_rows

COLUMNS = ("title", "message", "origin", "campaign", "captured_at", "owner_id")
EMPTY = {"origin": (Origin.UNKNOWN, "")}
Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True)
class KnownLead:
    """A row about a lead that is there: ``values`` named as ``COLUMNS`` and "status", without those the row doesn't tell."""

    lead_id: UUID
    values: Mapping[str, Any]
    custom: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownOutcome:
    """What became of such a row: "updated", "unchanged", "skipped" (it is in the bin) or "rejected" with problems."""

    outcome: str
    problems: tuple[FieldProblem, ...] = ()


@dataclass
class _Work:
    """The leads of a call, what changed of each and which status each gets."""

    leads: dict[UUID, Lead]
    binned: set[UUID]
    custom: dict[UUID, CustomRow]
    changes: dict[UUID, Changes] = field(default_factory=dict)
    statuses: dict[UUID, str] = field(default_factory=dict)


@transaction.atomic
def update_known_leads(
    *, actor: Actor, rows: Sequence[KnownLead], only_empty: bool = False
) -> list[KnownOutcome]:
    """Change leads that are there by what a file says, with a number of statements that doesn't grow with theirs.

    Whose interest it is, what was typed and where it came from by the visit stay. A converted lead keeps its status: its
    opportunity hangs on it. Repeating changes nothing.

    Args:
        only_empty: only what is empty is filled; a status never is.

    Returns:
        What became of each row, in order; a lead beyond the actor's reach is refused.
    """
    work = _fetch(actor, rows, only_empty=only_empty)
    outcomes = [_take(actor, row, work, only_empty=only_empty) for row in rows]
    _write(actor, work)
    return outcomes


def _fetch(actor: Actor, rows: Sequence[KnownLead], *, only_empty: bool) -> _Work:
    ids = [row.lead_id for row in rows]
    leads = {lead.id: lead for lead in locked_leads(actor, "edit", ids)}
    gone = Lead.objects.filter(id__in=ids, deleted_at__isnull=False)
    custom = {pk: CustomRow({}, lead.custom, pk, only_empty) for pk, lead in leads.items()}
    for row in rows:
        if row.custom and row.lead_id in custom:
            custom[row.lead_id].given = {**custom[row.lead_id].given, **row.custom}
    check_rows("lead", list(custom.values()), actor=actor)
    return _Work(leads, set(gone.values_list("id", flat=True)), custom)


def _take(actor: Actor, row: KnownLead, work: _Work, *, only_empty: bool) -> KnownOutcome:
    lead = work.leads.get(row.lead_id)
    if lead is None:
        if row.lead_id in work.binned:
            return KnownOutcome("skipped")
        message = _("This lead exists and is not within your reach. Talk to an administrator.")
        return KnownOutcome("rejected", (FieldProblem("external_id", "exists", message),))
    custom = work.custom[lead.id]
    wanted = {
        name: row.values[name]
        for name in COLUMNS
        if name in row.values and row.values[name] != getattr(lead, name)
        if not only_empty or getattr(lead, name) in EMPTY.get(name, (None, ""))
    }
    problems = [*custom.problems, *_locked_fields(actor, wanted)]
    if problems:
        return KnownOutcome("rejected", tuple(problems))
    changes: Changes = {name: (getattr(lead, name), value) for name, value in wanted.items()}
    for name, value in wanted.items():
        setattr(lead, name, value)
    if row.custom:
        changes |= custom.changes
        lead.custom = custom.values
    status = work.statuses.get(lead.id, lead.status)
    told = row.values.get("status", status)
    if told != status and not only_empty and lead.status != LeadStatus.CONVERTED:
        changes["status"] = (lead.status, told)
        work.statuses[lead.id] = told
    _note(work, lead.id, changes)
    return KnownOutcome("updated" if changes else "unchanged")


def _locked_fields(actor: Actor, wanted: Mapping[str, Any]) -> list[FieldProblem]:
    if actor.member is None:
        return []
    access = field_access(actor.member, "lead")
    message = _("Your role can't change this field.")
    return [FieldProblem(name, "read_only", message) for name in wanted if not access.can_write(name)]


def _note(work: _Work, lead_id: UUID, changes: Changes) -> None:
    """Keep what changed; of a field changed twice the first value before counts."""
    if not changes:
        return
    mine = work.changes.setdefault(lead_id, {})
    for name, (before, after) in changes.items():
        mine[name] = (mine[name][0] if name in mine else before, after)


def _write(actor: Actor, work: _Work) -> None:
    changed = [work.leads[one] for one in work.changes]
    if not changed:
        return
    now = timezone.now()
    for lead in changed:
        if "owner_id" in work.changes[lead.id]:
            lead.assigned_at = now if lead.owner_id else None
        lead.version += 1
        lead.updated_at = now
    columns = [name.removesuffix("_id") for name in COLUMNS]
    Lead.objects.bulk_update(changed, [*columns, "assigned_at", "custom", "version", "updated_at"])
    told = {
        one: {name.removesuffix("_id"): pair for name, pair in pairs.items()}
        for one, pairs in work.changes.items()
    }
    note_lead_edits(actor=actor, changes=told)
    moving = {one: status for one, status in work.statuses.items() if status != work.leads[one].status}
    write_statuses(actor=actor, leads=[work.leads[one] for one in moving], statuses=moving, is_noted=True)
    by_owner: dict[UUID | None, list[str]] = {}
    for lead in changed:
        if "owner_id" in work.changes[lead.id]:
            by_owner.setdefault(lead.owner_id, []).append(str(lead.id))
    for owner_id, ids in by_owner.items():
        publish(LeadsAssigned(lead_ids=ids, owner_id=str(owner_id or "")), actor=actor)
