"""The clock of the first answer: stopped by the salesperson's first act, dealt with when it runs out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.business_time.settings import load_business_calendar
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.events.sales_scoring import LeadAnswered, LeadAnswerLate
from ponte.sales.models import LateAct, Lead, RoutingAct, RoutingEntry, RoutingRule
from ponte.sales.routing_settings import MOST_PASSES, answer_due, load_routing_settings
from ponte.sales.selectors.routing import IN_WORK
from ponte.sales.services.routing import next_of_rule
from ponte.sales.services.routing_giving import Decision, give_leads, note_decisions
from ponte.sales.services.routing_notices import tell_late, tell_taken
from ponte.timeline.models import Direction, Interaction

CONTACTS = ("call", "meeting", "visit")  # count whoever began them; anything else must have gone out
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """Somebody did something for a customer at a moment."""

    party_id: UUID
    member_id: UUID
    at: datetime


def answers_in(interaction_ids: Iterable[UUID]) -> list[Answer]:
    """Return which interactions are an answer: what a colleague sent, and calls, visits and meetings."""
    rows = Interaction.objects.filter(id__in=list(interaction_ids), deleted_at=None, author__isnull=False)
    found = rows.values_list("party_id", "author_id", "occurred_at", "kind", "direction")
    return [
        Answer(party_id, author_id, at)
        for party_id, author_id, at, kind, direction in found
        if author_id
        and (direction == Direction.OUTBOUND or (kind in CONTACTS and direction != Direction.INBOUND))
    ]


@transaction.atomic
def stop_clocks(*, answers: Sequence[Answer], actor: Actor) -> int:
    """Note the first answer of leads whose salesperson acted after they came in; return how many leads were answered."""
    by_key: dict[tuple[UUID, UUID], list[datetime]] = {}
    for one in answers:
        by_key.setdefault((one.party_id, one.member_id), []).append(one.at)
    parties = {party_id for party_id, _member in by_key}
    waiting = Lead.objects.filter(
        party_id__in=parties, responded_at=None, status__in=IN_WORK, deleted_at=None
    )
    calendar, count = load_business_calendar(), 0
    for lead in waiting.exclude(owner=None).order_by("id").select_for_update(of=("self",)):
        moments = by_key.get((lead.party_id, lead.owner_id or UUID(int=0)), ())
        after = [at for at in moments if at >= lead.captured_at]
        if not after:
            continue
        lead.responded_at = min(after)
        Lead.objects.filter(id=lead.id).update(responded_at=lead.responded_at, updated_at=timezone.now())
        spent = calendar.business_time_between(lead.assigned_at or lead.captured_at, lead.responded_at)
        event = LeadAnswered(
            lead_id=str(lead.id), party_id=str(lead.party_id), owner_id=str(lead.owner_id),
            minutes=int(spent.total_seconds() // 60),
        )  # fmt: skip
        publish(event, actor=actor)
        count += 1
    return count


@transaction.atomic
def deal_with_late(*, actor: Actor, limit: int = AT_ONCE) -> int:
    """Pass unanswered leads whose time is up on to the next one, or report them; return how many. Safe to run twice at once."""
    now = timezone.now()
    late = Lead.objects.filter(
        response_due_at__lte=now, responded_at=None, late_told_at=None, status__in=IN_WORK, deleted_at=None
    )
    leads = late.select_related("party", "owner", "owner__team__leader").order_by("response_due_at", "id")
    count = 0
    for lead in leads.select_for_update(of=("self",), skip_locked=True)[:limit]:
        rule = _rule_of(lead)
        if rule is None or rule.late != LateAct.PASS_ON or not _pass_on(actor, lead, rule, now):
            _report(actor, lead, rule, now)
        count += 1
    return count


def _rule_of(lead: Lead) -> RoutingRule | None:
    entry = RoutingEntry.objects.filter(lead=lead, rule__isnull=False).order_by("-at", "-id").first()
    if entry is None or entry.rule_id is None:
        return None
    return RoutingRule.objects.filter(id=entry.rule_id).select_related("escalate_to").first()


def _pass_on(actor: Actor, lead: Lead, rule: RoutingRule, now: datetime) -> bool:
    """Give the lead to the next of the rule who hasn't had it; False when there is nobody or it went round often enough."""
    entries = list(RoutingEntry.objects.filter(lead=lead).values_list("act", "member_id"))
    if sum(act == RoutingAct.PASSED_ON for act, _member in entries) >= MOST_PASSES:
        return False
    tried = [member_id for _act, member_id in entries if member_id]
    if lead.owner_id:
        tried.append(lead.owner_id)
    chosen, passed = next_of_rule(rule, lead, tried=tried)
    if chosen is None:
        return False
    before, member = lead.owner, Member.objects.get(id=chosen.member_id)
    due = answer_due(load_business_calendar(), now, rule.response_minutes or load_routing_settings().minutes)
    decision = Decision(lead, RoutingAct.PASSED_ON, member.id, rule, due, passed)
    give_leads(actor=actor, decisions=[decision], at=now)
    _tell_event(actor, lead, member)
    if before is not None and before.is_active:
        tell_taken(lead, before)
    return True


def _report(actor: Actor, lead: Lead, rule: RoutingRule | None, now: datetime) -> None:
    lead.late_told_at = now
    Lead.objects.filter(id=lead.id).update(late_told_at=now)
    told = [lead.owner] if lead.owner else []
    above = rule.escalate_to if rule and rule.escalate_to else None
    if above is None and lead.owner and lead.owner.team:
        above = lead.owner.team.leader
    if above is not None:
        told.append(above)
    told_id = above.id if above else lead.owner_id
    note_decisions([Decision(lead, RoutingAct.ESCALATED, told_id, rule)], now)
    _tell_event(actor, lead, None)
    tell_late(lead, [one for one in told if one.is_active])


def _tell_event(actor: Actor, lead: Lead, member: Member | None) -> None:
    owner_id = str(member.id) if member else ""
    publish(LeadAnswerLate(lead_id=str(lead.id), party_id=str(lead.party_id), owner_id=owner_id), actor=actor)
