"""Distributing leads: who answers a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.business_time.settings import load_business_calendar
from ponte.core.models import Member
from ponte.sales.models import (
    Lead,
    RoutingAct,
    RoutingEntry,
    RoutingHours,
    RoutingRule,
    RoutingSeat,
    RoutingWay,
)
from ponte.sales.policies import check_lead
from ponte.sales.routing import Candidate, choose
from ponte.sales.routing_settings import RoutingSettings, answer_due, load_routing_settings
from ponte.sales.selectors.routing import (
    IN_WORK,
    candidates_of,
    facts_of,
    is_available,
    leads_fitting,
    list_rules,
    today,
)
from ponte.sales.services.locking import lock_lead
from ponte.sales.services.routing_giving import give_lead, note_decision, publish_routed
from ponte.sales.services.routing_notices import tell_nobody_takes


@transaction.atomic
def route_lead(*, lead: Lead, actor: Actor) -> RoutingEntry | None:
    """Give a lead to whom the rules say; the second call for the same lead changes nothing.

    A lead with a salesperson keeps them, and so does one of a customer who has one (a setting). Returns the decision, None for a lead
    that isn't worked any more.

    Raises:
        Missing: there is no such lead. Denied: the role doesn't let them edit it.
    """
    lead = lock_lead(lead.id)
    check_lead(actor, "edit", lead)
    done = RoutingEntry.objects.filter(lead=lead, is_first=True).first()
    if done is not None or lead.status not in IN_WORK:
        return done
    settings, now = load_routing_settings(), timezone.now()
    kept = _keeper(lead, settings)
    if kept is not None:
        member, act = kept
        due = _due(now, settings.minutes)
        return give_lead(actor=actor, lead=lead, member=member, act=act, at=now, due=due, is_first=True)
    passed: list[tuple[str, str]] = []
    return _by_rules(actor, lead, settings, now, passed) or _rest(actor, lead, settings, now, passed)


def next_of_rule(
    rule: RoutingRule, lead: Lead, *, tried: Sequence[UUID] = ()
) -> tuple[Candidate | None, tuple[tuple[str, str], ...]]:
    """Lock a rule and take the next of its people for a lead, who then had their turn; also return who was passed over."""
    rule = RoutingRule.objects.select_for_update().get(id=rule.id)  # turns are taken one after the other
    people = candidates_of([rule], day=today())[rule.id]
    facts = facts_of([lead], territories=rule.way == RoutingWay.TERRITORY)[lead.id]
    choice = choose(rule.way, people, facts, skills=rule.skills, tried=tried)
    if choice.candidate is not None:
        rule.turn += 1
        RoutingRule.objects.filter(id=rule.id).update(turn=rule.turn)
        RoutingSeat.objects.filter(rule=rule, member_id=choice.candidate.member_id).update(turn=rule.turn)
    return choice.candidate, choice.passed


def _keeper(lead: Lead, settings: RoutingSettings) -> tuple[Member, str] | None:
    if lead.owner is not None:
        return lead.owner, RoutingAct.KEPT
    if not settings.keeps_customers or lead.party.owner_id is None:
        return None
    owner = Member.objects.get(id=lead.party.owner_id)
    return (owner, RoutingAct.CUSTOMER) if is_available(owner, today()) else None


def _by_rules(
    actor: Actor, lead: Lead, settings: RoutingSettings, now: datetime, passed: list[tuple[str, str]]
) -> RoutingEntry | None:
    """Ask the rules in order; who was passed over is added to ``passed``."""
    rules = list(list_rules(active=True).select_related("escalate_to"))
    is_open = (
        load_business_calendar().is_open(now) if any(r.hours != RoutingHours.ANY for r in rules) else True
    )
    for rule in rules:
        if not holds_now(rule, is_open=is_open):
            continue
        if not leads_fitting(rule, Lead.objects.filter(id=lead.id)).exists():
            continue
        chosen, left_out = next_of_rule(rule, lead)
        passed += left_out
        if chosen is None:
            continue
        due = _due(now, rule.response_minutes or settings.minutes)
        member = Member.objects.get(id=chosen.member_id)
        return give_lead(
            actor=actor, lead=lead, member=member, act=RoutingAct.RULE, at=now, due=due, rule=rule, passed=passed,
            is_first=True,
        )  # fmt: skip
    return None


def holds_now(rule: RoutingRule, *, is_open: bool) -> bool:
    """Return whether a rule holds at an hour at which the business is open or not."""
    return rule.hours == RoutingHours.ANY or (rule.hours == RoutingHours.OPEN) == is_open


def _rest(
    actor: Actor, lead: Lead, settings: RoutingSettings, now: datetime, passed: Sequence[tuple[str, str]]
) -> RoutingEntry:
    member = None
    if settings.fallback_id is not None:
        member = Member.objects.filter(id=settings.fallback_id, is_active=True).first()
    if member is not None:
        due = _due(now, settings.minutes)
        return give_lead(
            actor=actor,
            lead=lead,
            member=member,
            act=RoutingAct.FALLBACK,
            at=now,
            due=due,
            passed=passed,
            is_first=True,
        )
    entry = note_decision(lead, RoutingAct.NOBODY, now, passed=passed, is_first=True)
    publish_routed(actor, entry, None)
    tell_nobody_takes(lead)
    return entry


def _due(now: datetime, minutes: int | None) -> datetime | None:
    return answer_due(load_business_calendar(), now, minutes) if minutes else None
