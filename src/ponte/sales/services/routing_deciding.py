"""Deciding who gets leads: rules, people and their loads are read once and counted on in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from ponte.core.business_time.calendar import BusinessCalendar
from ponte.core.business_time.settings import load_business_calendar
from ponte.core.models import Member
from ponte.core.setbased import update_rows
from ponte.sales.models import Lead, RoutingAct, RoutingHours, RoutingRule, RoutingSeat, RoutingWay
from ponte.sales.routing import Candidate, LeadFacts, choose, take
from ponte.sales.routing_settings import answer_due, load_routing_settings
from ponte.sales.selectors.routing import (
    available_of,
    candidates_of,
    facts_of,
    leads_fitting,
    list_rules,
    today,
)
from ponte.sales.services.routing_giving import Decision


def decide(leads: Sequence[Lead], now: datetime) -> list[Decision]:
    """Decide about locked leads in their order and write whose turn it was; the same as one by one, whatever their number.

    The rules that are asked are locked: turns are taken one after the other, also by workers that run at the same time.
    """
    return _Deciding(leads, now).decide() if leads else []


class _Deciding:
    def __init__(self, leads: Sequence[Lead], now: datetime) -> None:
        self.leads, self.now = leads, now
        self.settings = load_routing_settings()
        self.owners = {lead.party_id: lead.party.owner_id for lead in leads}  # follows what is decided here
        asked = {*self.owners.values(), *(lead.owner_id for lead in leads), self.settings.fallback_id}
        self.available = available_of([one for one in asked if one], today())
        self.rules: list[RoutingRule] = []
        self.fits: dict[UUID, set[UUID]] = {}
        self.people: dict[UUID, list[Candidate]] = {}
        self.facts: dict[UUID, LeadFacts] = {}
        self.dues: dict[int | None, datetime | None] = {}
        self.turned: dict[tuple[UUID, UUID], int] = {}  # rule and member: the turn they had last

    def decide(self) -> list[Decision]:
        free = [lead for lead in self.leads if self._kept(lead) is None]
        if free:
            self._read_rules(free)
        decisions = [self._lead(lead) for lead in self.leads]
        self._write_turns()
        return decisions

    @cached_property
    def calendar(self) -> BusinessCalendar:
        return load_business_calendar()

    def _read_rules(self, leads: Sequence[Lead]) -> None:
        rules = [rule for rule in list_rules(active=True) if self._holds(rule)]
        rows = Lead.objects.filter(id__in=[lead.id for lead in leads])
        found = {rule.id: set(leads_fitting(rule, rows).values_list("id", flat=True)) for rule in rules}
        self.fits = {rule_id: fitting for rule_id, fitting in found.items() if fitting}
        self.rules = list(list_rules(active=True).filter(id__in=self.fits).select_for_update())
        self.people = candidates_of(self.rules, day=today())
        by_territory = any(rule.way == RoutingWay.TERRITORY for rule in self.rules)
        self.facts = facts_of(leads, territories=by_territory)

    def _holds(self, rule: RoutingRule) -> bool:
        return rule.hours == RoutingHours.ANY or (rule.hours == RoutingHours.OPEN) == self.calendar.is_open(
            self.now
        )

    def _kept(self, lead: Lead) -> tuple[UUID, str] | None:
        if lead.owner_id is not None:
            return lead.owner_id, RoutingAct.KEPT
        owner_id = self.owners[lead.party_id]
        if not self.settings.keeps_customers or owner_id not in self.available or owner_id is None:
            return None
        return owner_id, RoutingAct.CUSTOMER

    def _lead(self, lead: Lead) -> Decision:
        kept = self._kept(lead)
        if kept is not None:
            decision = Decision(lead, kept[1], kept[0], due=self._due(self.settings.minutes))
        else:
            passed: list[tuple[str, str]] = []
            decision = self._by_rules(lead, passed) or self._rest(lead, passed)
        if self.owners[lead.party_id] is None:
            self.owners[lead.party_id] = decision.member_id
        return decision

    def _by_rules(self, lead: Lead, passed: list[tuple[str, str]]) -> Decision | None:
        """Ask the rules in order; who was passed over is added to ``passed``."""
        for rule in self.rules:
            if lead.id not in self.fits[rule.id]:
                continue
            choice = choose(rule.way, self.people[rule.id], self.facts[lead.id], skills=rule.skills)
            passed += choice.passed
            chosen = choice.candidate
            if chosen is None:
                continue
            rule.turn += 1
            take(self.people, chosen, turn=rule.turn)
            self.turned[rule.id, chosen.member_id] = rule.turn
            self.available.add(chosen.member_id)
            due = self._due(rule.response_minutes or self.settings.minutes)
            return Decision(lead, RoutingAct.RULE, chosen.member_id, rule, due, tuple(passed))
        return None

    def _rest(self, lead: Lead, passed: Sequence[tuple[str, str]]) -> Decision:
        if self.fallback_id is None:
            return Decision(lead, RoutingAct.NOBODY, passed=tuple(passed))
        due = self._due(self.settings.minutes)
        return Decision(lead, RoutingAct.FALLBACK, self.fallback_id, due=due, passed=tuple(passed))

    @cached_property
    def fallback_id(self) -> UUID | None:
        """Who takes the rest, away or not; None where there is no such active member."""
        wanted = self.settings.fallback_id
        if wanted is None or not Member.objects.filter(id=wanted, is_active=True).exists():
            return None
        return wanted

    def _due(self, minutes: int | None) -> datetime | None:
        if minutes not in self.dues:
            self.dues[minutes] = answer_due(self.calendar, self.now, minutes) if minutes else None
        return self.dues[minutes]

    def _write_turns(self) -> None:
        if not self.turned:
            return
        turned = {rule_id for rule_id, _member in self.turned}
        update_rows(
            RoutingRule, ("turn",), [(rule.id, rule.turn) for rule in self.rules if rule.id in turned]
        )
        seats = RoutingSeat.objects.filter(rule__in=turned).values_list("id", "rule_id", "member_id")
        rows = [(pk, self.turned[rule, who]) for pk, rule, who in seats if (rule, who) in self.turned]
        update_rows(RoutingSeat, ("turn",), rows)
