"""Trying a rule on the leads of the past month: who would have got what, had it been in use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ponte.core.business_time.settings import load_business_calendar
from ponte.core.models import Member
from ponte.sales.models import Lead, RoutingHours, RoutingRule, RoutingWay
from ponte.sales.routing import Candidate, choose, take
from ponte.sales.routing_settings import load_routing_settings
from ponte.sales.selectors.routing import candidates_of, facts_of, leads_fitting, list_rules

PERIOD = timedelta(days=30)
MOST = 2_000  # leads tried, the latest
SHOWN = 50


@dataclass(frozen=True)
class Tried:
    """One lead: who has it, who would have got it (None: nobody) and by which rule."""

    lead: Lead
    had: str
    gets: str
    rule: str
    is_of_tried_rule: bool


@dataclass
class Trial:
    """What came of trying: leads looked at, those the rule takes, how many each person had and would have got."""

    leads: int = 0
    taken: int = 0
    unplaced: int = 0
    is_cut: bool = False
    people: list[tuple[str, int, int, int]] = field(default_factory=list)
    rows: list[Tried] = field(default_factory=list)
    obstacles: list[tuple[str, int]] = field(default_factory=list)


def try_rule(rule: RoutingRule, *, seen: QuerySet[Lead]) -> Trial:
    """Play the past month's leads through the rules in use and this one, in its place, as if it were too.

    Leads in work count from nothing and only grow, absences are today's, scores those the leads have now. Nothing is written.

    Args:
        seen: the leads the person who tries may see.
    """
    now = timezone.now()
    rows = seen.filter(captured_at__gte=now - PERIOD, captured_at__lte=now).select_related("party", "owner")
    found = list(rows.order_by("-captured_at", "-id")[: MOST + 1])
    leads = sorted(found[:MOST], key=lambda lead: (lead.captured_at, lead.id))
    rules = [one for one in list_rules() if one.is_active or one.id == rule.id]
    played = _Play(rules, rule, leads)
    for lead in leads:
        played.lead(lead)
    return played.result(is_cut=len(found) > MOST)


class _Play:
    def __init__(self, rules: Sequence[RoutingRule], tried: RoutingRule, leads: Sequence[Lead]) -> None:
        ids = [lead.id for lead in leads]
        self.tried = tried
        self.rules = rules
        self.fits = {
            rule.id: set(leads_fitting(rule, Lead.objects.filter(id__in=ids)).values_list("id", flat=True))
            for rule in rules
        }
        self.people = candidates_of(rules, day=timezone.localdate(), counts={})
        by_territory = any(one.way == RoutingWay.TERRITORY for one in rules)
        self.facts = facts_of(leads, territories=by_territory)
        self.settings = load_routing_settings()
        self.names = {member.id: member.name for member in Member.objects.all()}
        self.calendar = load_business_calendar()
        self.turns: Counter[UUID] = Counter()
        self.gets: Counter[str] = Counter()
        self.from_tried: Counter[str] = Counter()
        self.had: Counter[str] = Counter()
        self.obstacles: Counter[str] = Counter()
        self.trial = Trial(leads=len(leads))

    def lead(self, lead: Lead) -> None:
        rule, name = self._decide(lead)
        had = lead.owner.name if lead.owner else ""
        mine = rule is not None and rule.id == self.tried.id
        if name:
            self.gets[name] += 1
        else:
            self.trial.unplaced += 1
        if mine:
            self.trial.taken += 1
            self.from_tried[name] += 1
        if had:
            self.had[had] += 1
        self.trial.rows.append(Tried(lead, had, name, rule.name if rule else "", mine))

    def _decide(self, lead: Lead) -> tuple[RoutingRule | None, str]:
        owner_id = lead.party.owner_id
        if self.settings.keeps_customers and owner_id and owner_id != lead.owner_id:
            return None, self.names.get(owner_id, "")
        for rule in self.rules:
            if lead.id not in self.fits[rule.id] or not self._is_time(rule, lead.captured_at):
                continue
            choice = choose(rule.way, self.people[rule.id], self.facts[lead.id], skills=rule.skills)
            if choice.candidate is not None:
                self._take(rule, choice.candidate)
                return rule, choice.candidate.name
            if rule.id == self.tried.id:
                self.obstacles.update(reason for _name, reason in choice.passed)
        fallback = self.settings.fallback_id
        return None, self.names.get(fallback, "") if fallback else ""

    def _is_time(self, rule: RoutingRule, at: datetime) -> bool:
        return rule.hours == RoutingHours.ANY or (rule.hours == RoutingHours.OPEN) == self.calendar.is_open(
            at
        )

    def _take(self, rule: RoutingRule, chosen: Candidate) -> None:
        self.turns[rule.id] += 1
        take(self.people, chosen, turn=rule.turn + self.turns[rule.id])

    def result(self, *, is_cut: bool) -> Trial:
        trial = self.trial
        names = sorted({*self.gets, *self.had, *(one.name for one in self.people[self.tried.id])})
        trial.people = [(name, self.had[name], self.gets[name], self.from_tried[name]) for name in names]
        latest = trial.rows[::-1]
        trial.rows = sorted(latest, key=lambda row: not row.is_of_tried_rule)[:SHOWN]
        trial.obstacles = self.obstacles.most_common()
        trial.is_cut = is_cut
        return trial
