"""Putting a suggestion away, and having it back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ponte.core.actors import Actor
from ponte.core.errors import Missing
from ponte.core.services import audit
from ponte.sales.models import Opportunity, SuggestionDismissal
from ponte.sales.policies import get_visible_opportunity
from ponte.sales.selectors.suggestions import suggestions_of

ACT = "opportunity.suggestion_dismissed"


@transaction.atomic
def dismiss_suggestion(*, actor: Actor, opportunity_id: UUID, rule: str) -> Opportunity:
    """Put away what a rule suggests about an opportunity now, for the member alone, until what it follows from changes. Twice is once.

    Raises:
        Missing: no such opportunity, or nothing suggested by this rule.
    """
    if actor.member is None:
        raise Missing("suggestion")
    deal = get_visible_opportunity(actor.member, opportunity_id)
    told = next((one for one in suggestions_of(actor.member, deal) if one.rule == rule), None)
    known = SuggestionDismissal.objects.filter(opportunity=deal, member=actor.member, rule=rule)
    if told is None and not known.exists():
        raise Missing("suggestion")
    if told is not None:
        SuggestionDismissal.objects.update_or_create(
            opportunity=deal, member=actor.member, rule=rule, defaults={"fact": told.suggestion.fact[:120]}
        )
        audit.record(actor=actor, act=ACT, target=deal, changes={"suggestion": (rule, None)})
    return deal


@transaction.atomic
def restore_suggestion(*, actor: Actor, opportunity_id: UUID, rule: str) -> Opportunity:
    """Have a suggestion back that was put away. Twice is once.

    Raises:
        Missing: no such opportunity.
    """
    if actor.member is None:
        raise Missing("suggestion")
    deal = get_visible_opportunity(actor.member, opportunity_id)
    gone = SuggestionDismissal.objects.filter(opportunity=deal, member=actor.member, rule=rule).delete()[0]
    if gone:
        audit.record(actor=actor, act="opportunity.suggestion_restored", target=deal, changes={"suggestion": (None, rule)})  # fmt: skip
    return deal
