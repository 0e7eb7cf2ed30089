"""What a distribution is decided by: rules in order, the people of each, what is known of leads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from ponte.conditions.compiling import selected
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.text import fold
from ponte.sales.models import (
    Lead,
    LeadStatus,
    RoutingEntry,
    RoutingRule,
    RoutingSeat,
    Seller,
    Territory,
    TerritoryPlacement,
)
from ponte.sales.routing import Candidate, LeadFacts
from ponte.sales.selectors.territories import find_territories, members_of

SUBJECT = "lead"
IN_WORK = (LeadStatus.NEW, LeadStatus.WORKING, LeadStatus.MQL, LeadStatus.SQL)


def list_rules(*, active: bool = False) -> QuerySet[RoutingRule]:
    """Return the rules in the order they are asked."""
    rows = RoutingRule.objects.order_by("position", "id")
    return rows.filter(is_active=True) if active else rows


def condition_of(rule: RoutingRule) -> Condition | None:
    """Return a rule's condition as the system asks it, None for all leads.

    Raises:
        Invalid: it no longer works (a custom field is gone).
    """
    if not rule.where:
        return None
    return read_condition({"v": 1, "where": rule.where}, subject=SUBJECT, reader=None)


def leads_fitting(rule: RoutingRule, rows: QuerySet[Lead]) -> QuerySet[Lead]:
    """Return those of ``rows`` a rule is about; none where its condition no longer works."""
    try:
        condition = condition_of(rule)
    except Invalid:
        return rows.none()
    return rows if condition is None else selected(condition, rows, form="probe")


def open_leads(member_ids: Iterable[UUID]) -> Counter[UUID]:
    """Return how many leads in work each member has."""
    rows = Lead.objects.filter(owner_id__in=list(member_ids), status__in=IN_WORK, deleted_at=None)
    counted = rows.order_by().values_list("owner_id").annotate(count=Count("id"))
    return Counter({member_id: count for member_id, count in counted if member_id})


def candidates_of(
    rules: Sequence[RoutingRule], *, day: date, counts: Mapping[UUID, int] | None = None
) -> dict[UUID, list[Candidate]]:
    """Return the people of each rule as a choice needs them, the same three queries for any number.

    Args:
        day: on which absences are looked at.
        counts: leads in work by member; counted where None is given.
    """
    seats = list(
        RoutingSeat.objects.filter(rule__in=rules).select_related("member").order_by("position", "id")
    )
    members = {seat.member_id for seat in seats}
    sellers = {row.member_id: row for row in Seller.objects.filter(member_id__in=members)}
    has = open_leads(members) if counts is None else counts
    found: dict[UUID, list[Candidate]] = {rule.id: [] for rule in rules}
    for seat in seats:
        found[seat.rule_id].append(_candidate(seat, sellers.get(seat.member_id), day, has))
    return found


def _candidate(seat: RoutingSeat, seller: Seller | None, day: date, counts: Mapping[UUID, int]) -> Candidate:
    caps = [cap for cap in (seat.max_open, seller.max_open if seller else None) if cap is not None]
    return Candidate(
        member_id=seat.member_id,
        name=seat.member.name,
        position=seat.position,
        turn=seat.turn,
        open_leads=counts.get(seat.member_id, 0),
        max_open=min(caps, default=None),
        min_score=seat.min_score,
        is_away=not seat.member.is_active or (seller is not None and seller.is_away(day)),
        skills=frozenset(map(fold, seller.skills)) if seller else frozenset(),
    )


def available_of(member_ids: Iterable[UUID], day: date) -> set[UUID]:
    """Return which of these members may be given leads on a day, two queries for any number."""
    ids = set(member_ids)
    if not ids:
        return set()
    active = set(Member.objects.filter(id__in=ids, is_active=True).values_list("id", flat=True))
    sellers = Seller.objects.filter(member_id__in=active)
    return active - {seller.member_id for seller in sellers if seller.is_away(day)}


def facts_of(leads: Sequence[Lead], *, territories: bool = True) -> dict[UUID, LeadFacts]:
    """Return what a choice needs to know of leads; with ``territories`` also who sells where their customers are."""
    sellers = _sellers({lead.party_id for lead in leads}) if territories else {}
    return {lead.id: LeadFacts(sellers.get(lead.party_id, frozenset()), lead.score or 0) for lead in leads}


def _sellers(party_ids: set[UUID]) -> dict[UUID, frozenset[UUID]]:
    """Return who sells in each customer's territory: where the customer was placed, else what the rules say now."""
    placed = TerritoryPlacement.objects.filter(party_id__in=party_ids, territory__is_active=True)
    found: dict[UUID, Territory | None] = {
        row.party_id: row.territory for row in placed.select_related("territory")
    }
    found |= find_territories(sorted(party_ids - set(found)))
    members: dict[UUID, frozenset[UUID]] = {}
    for territory in {one.id: one for one in found.values() if one}.values():
        members[territory.id] = frozenset(member.id for member in members_of(territory))
    return {party_id: members[one.id] for party_id, one in found.items() if one}


def list_entries(lead: Lead) -> list[RoutingEntry]:
    """Return what was decided about a lead, the latest first."""
    rows = RoutingEntry.objects.filter(lead=lead).select_related("member")
    return list(rows.order_by("-at", "-id")[:50])


def today() -> date:
    """Return the day it is for the workspace."""
    return timezone.localdate()
