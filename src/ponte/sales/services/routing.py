"""Distributing leads: who answers a new one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.sales.models import Lead, RoutingEntry, RoutingRule, RoutingSeat, RoutingWay
from ponte.sales.policies import check_lead
from ponte.sales.routing import Candidate, choose
from ponte.sales.selectors.routing import IN_WORK, candidates_of, facts_of, today
from ponte.sales.services.lead_edits import locked_leads
from ponte.sales.services.locking import lock_lead
from ponte.sales.services.routing_deciding import decide
from ponte.sales.services.routing_giving import give_leads


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
    return done or next(iter(_route(actor, [lead])), None)


@transaction.atomic
def route_leads(*, lead_ids: Sequence[UUID], actor: Actor) -> list[RoutingEntry]:
    """Give leads that came in together to whom the rules say, the oldest first; return what was decided now.

    The number of statements doesn't grow with the leads. Who gets which is the same as one by one. Those out of reach, no longer worked
    or decided about before are left out.
    """
    leads = locked_leads(actor, "edit", lead_ids)
    done = RoutingEntry.objects.filter(lead__in=leads, is_first=True)
    known = set(done.values_list("lead_id", flat=True))
    fresh = [lead for lead in leads if lead.id not in known]
    return _route(actor, sorted(fresh, key=lambda lead: (lead.captured_at, lead.id)))


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


def _route(actor: Actor, leads: Sequence[Lead]) -> list[RoutingEntry]:
    now = timezone.now()
    worked = [lead for lead in leads if lead.status in IN_WORK]
    return give_leads(actor=actor, decisions=decide(worked, now), at=now, is_first=True)
