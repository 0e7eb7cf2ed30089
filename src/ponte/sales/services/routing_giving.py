"""Giving leads to people: owner, clock, history, events, notices; one statement of a kind for any number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.services.customers import assign_owner
from ponte.events.sales_leads import LeadsAssigned
from ponte.events.sales_scoring import LeadRouted, LeadsRouted
from ponte.sales.models import Lead, RoutingAct, RoutingEntry, RoutingRule
from ponte.sales.services.routing_notices import tell_given, tell_nobody_takes

COLUMNS = ("owner", "assigned_at", "late_told_at", "response_due_at", "version", "updated_at")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a lead: ``act`` of ``RoutingAct``, to whom (None: nobody), by which rule.

    ``due`` is by when to answer, None without a clock; ``passed`` who was passed over and why.
    """

    lead: Lead
    act: str
    member_id: UUID | None = None
    rule: RoutingRule | None = None
    due: datetime | None = None
    passed: tuple[tuple[str, str], ...] = ()


def give_leads(
    *, actor: Actor, decisions: Sequence[Decision], at: datetime, is_first: bool = False
) -> list[RoutingEntry]:
    """Give locked leads to whom it was decided and start the clocks of the first answer; return what was noted of each.

    Customers without a salesperson become theirs too. Of several one event of a kind and person is published, not one of each lead.
    """
    if not decisions:
        return []
    given = [one for one in decisions if one.member_id is not None]
    members = Member.objects.in_bulk({one.member_id for one in given})
    before = {one.lead.id: one.lead.owner_id for one in given}
    _write(given, members, at)
    _audit(actor, given, before)
    for member_id, theirs in _by_member(given).items():
        orphans = [one.lead.party_id for one in theirs if one.lead.party.owner_id is None]
        if orphans:
            assign_owner(actor=actor, party_ids=list(dict.fromkeys(orphans)), owner_id=member_id)
    entries = note_decisions(decisions, at, is_first=is_first)
    _publish(actor, decisions, before)
    _tell(actor, decisions, members)
    return entries


def note_decisions(
    decisions: Sequence[Decision], at: datetime, *, is_first: bool = False
) -> list[RoutingEntry]:
    """Write what was decided about leads."""
    return RoutingEntry.objects.bulk_create(
        RoutingEntry(
            lead=one.lead,
            act=one.act,
            rule=one.rule,
            rule_name=one.rule.name if one.rule else "",
            member_id=one.member_id,
            passed=[list(pair) for pair in one.passed],
            is_first=is_first,
            at=at,
        )
        for one in decisions
    )


def _write(given: Sequence[Decision], members: Mapping[UUID, Member], at: datetime) -> None:
    now = timezone.now()
    for one in given:
        lead = one.lead
        lead.owner = members[one.member_id] if one.member_id else None
        lead.assigned_at, lead.late_told_at, lead.updated_at = at, None, now
        if lead.responded_at is None:
            lead.response_due_at = one.due
        lead.version += 1
    rows = [
        (lead.id, lead.owner_id, at, None, lead.response_due_at, lead.version, now)
        for lead in (one.lead for one in given)
    ]
    update_rows(Lead, COLUMNS, rows)


def _audit(actor: Actor, given: Sequence[Decision], before: Mapping[UUID, UUID | None]) -> None:
    if len(given) == 1:
        lead, rule = given[0].lead, given[0].rule
        changes = {
            "owner": (before[lead.id], lead.owner_id),
            "rule": (None, rule.name if rule else given[0].act),
        }
        audit.record(actor=actor, act="lead.routed", target=lead, changes=changes, subject_id=lead.party_id)
        return
    for member_id, theirs in _by_member(given).items():
        ids = [one.lead.id for one in theirs]
        summary = {"owner": str(member_id), "count": len(ids)}
        audit.record_bulk(actor=actor, act="leads.routed", object_type="lead", ids=ids, summary=summary)


def _publish(actor: Actor, decisions: Sequence[Decision], before: Mapping[UUID, UUID | None]) -> None:
    told = [
        {
            "lead_id": str(one.lead.id),
            "party_id": str(one.lead.party_id),
            "owner_id": str(one.member_id or ""),
            "rule_id": str(one.rule.id) if one.rule else "",
            "act": RoutingAct(one.act).value,
        }
        for one in decisions
    ]
    if len(told) == 1:
        publish(LeadRouted(**told[0]), actor=actor)
    else:
        publish(LeadsRouted(**{f"{name}s": [one[name] for one in told] for name in told[0]}), actor=actor)
    changed = [one for one in decisions if one.member_id and before[one.lead.id] != one.member_id]
    for member_id, theirs in _by_member(changed).items():
        ids = [str(one.lead.id) for one in theirs]
        publish(LeadsAssigned(lead_ids=ids, owner_id=str(member_id)), actor=actor)


def _tell(actor: Actor, decisions: Sequence[Decision], members: Mapping[UUID, Member]) -> None:
    for member_id, theirs in _by_member(decisions).items():
        act, due = theirs[0].act, min((one.due for one in theirs if one.due), default=None)
        tell_given(actor, [one.lead for one in theirs], members[member_id], act, due)
    unplaced = [one.lead for one in decisions if one.member_id is None]
    if unplaced:
        tell_nobody_takes(unplaced)


def _by_member(decisions: Sequence[Decision]) -> dict[UUID, list[Decision]]:
    found: dict[UUID, list[Decision]] = {}
    for one in decisions:
        if one.member_id is not None:
            found.setdefault(one.member_id, []).append(one)
    return found
