"""The suggestions of an opportunity, as far as they aren't put away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.models import DealStatus, Opportunity, SuggestionDismissal
from ponte.sales.suggestions import Suggestion, suggestion_rules

MOST = 4  # told at once


@dataclass(frozen=True)
class Told:
    """A suggestion and the rule it comes of."""

    rule: str
    suggestion: Suggestion


def suggestions_of(member: Member, deal: Opportunity, *, now: datetime | None = None) -> list[Told]:
    """Return what a member may do next about an opportunity, the most urgent first, ``MOST`` at most; nothing once it has ended.

    Who may not change it reads the reasons without their buttons.
    """
    if deal.status != DealStatus.OPEN:
        return []
    moment = now or timezone.now()
    may_edit = may(member, "opportunity", "edit", deal)
    away = dict(
        SuggestionDismissal.objects.filter(opportunity=deal, member=member).values_list("rule", "fact")
    )
    found: list[Told] = []
    for rule in suggestion_rules:
        if not rule.visible(member):
            continue
        one = rule.find(member, deal, moment)
        if one is None or away.get(rule.key) == one.fact:
            continue
        found.append(Told(rule.key, one if may_edit or not rule.needs_edit else replace(one, label="")))
        if len(found) == MOST:
            break
    return found
