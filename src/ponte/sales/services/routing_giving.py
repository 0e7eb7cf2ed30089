"""Giving a lead to somebody: owner, clock, history, event, notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.directory.services.customers import assign_owner
from ponte.events.sales_leads import LeadsAssigned
from ponte.events.sales_scoring import LeadRouted
from ponte.sales.models import Lead, RoutingAct, RoutingEntry, RoutingRule
from ponte.sales.services.routing_notices import tell_given


def give_lead(
    *,
    actor: Actor,
    lead: Lead,
    member: Member,
    act: str,
    at: datetime,
    due: datetime | None,
    rule: RoutingRule | None = None,
    passed: Sequence[tuple[str, str]] = (),
    is_first: bool = False,
) -> RoutingEntry:
    """Give a locked lead to a member and start the clock of the first answer. A customer without a salesperson becomes theirs too.

    Args:
        act: what of ``RoutingAct`` it is. due: by when to answer, None without a clock.
        passed: who was passed over and why.
    """
    before = lead.owner_id
    lead.owner, lead.assigned_at, lead.late_told_at = member, at, None
    if lead.responded_at is None:
        lead.response_due_at = due
    lead.version += 1
    lead.save(
        update_fields=["owner", "assigned_at", "late_told_at", "response_due_at", "version", "updated_at"]
    )
    audit.record(
        actor=actor,
        act="lead.routed",
        target=lead,
        changes={"owner": (before, member.id), "rule": (None, rule.name if rule else act)},
        subject_id=lead.party_id,
    )
    if lead.party.owner_id is None:
        assign_owner(actor=actor, party_ids=[lead.party_id], owner_id=member.id)
    entry = note_decision(lead, act, at, member=member, rule=rule, passed=passed, is_first=is_first)
    publish_routed(actor, entry, member.id)
    if before != member.id:
        publish(LeadsAssigned(lead_ids=[str(lead.id)], owner_id=str(member.id)), actor=actor)
    tell_given(actor, lead, member, act, due)
    return entry


def note_decision(
    lead: Lead,
    act: str,
    at: datetime,
    *,
    member: Member | None = None,
    rule: RoutingRule | None = None,
    passed: Sequence[tuple[str, str]] = (),
    is_first: bool = False,
) -> RoutingEntry:
    """Write what was decided about a lead."""
    return RoutingEntry.objects.create(
        lead=lead,
        act=act,
        rule=rule,
        rule_name=rule.name if rule else "",
        member=member,
        passed=[list(one) for one in passed],
        is_first=is_first,
        at=at,
    )


def publish_routed(actor: Actor, entry: RoutingEntry, owner_id: UUID | None) -> None:
    """Tell that the distribution decided about a lead."""
    event = LeadRouted(
        lead_id=str(entry.lead_id),
        party_id=str(entry.lead.party_id),
        owner_id=str(owner_id or ""),
        rule_id=str(entry.rule_id or ""),
        act=RoutingAct(entry.act).value,
    )
    publish(event, actor=actor)
