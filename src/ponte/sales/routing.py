"""Who of a rule's people gets a lead: the choice itself, without a database, so that trying a rule and using it are one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ponte.core.text import fold
from ponte.sales.models import RoutingWay

AWAY, FULL, SKILL, AREA, SCORE, TRIED = "away", "full", "skill", "area", "score", "tried"


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What a choice may depend on: who sells in the customer's territory, the score so far."""

    sellers: frozenset[UUID] = frozenset()
    score: int = 0


@dataclass(slots=True)
class Candidate:
    """Somebody who takes part. ``turn`` is the rule's turn in which they were last chosen, 0 for never."""

    member_id: UUID
    name: str
    position: int = 0
    turn: int = 0
    open_leads: int = 0
    max_open: int | None = None
    min_score: int | None = None
    is_away: bool = False
    skills: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was chosen (None: nobody fits) and who was passed over for which reason."""

    candidate: Candidate | None
    passed: tuple[tuple[str, str], ...] = ()


def choose(
    way: str,
    candidates: Sequence[Candidate],
    facts: LeadFacts,
    *,
    skills: Iterable[str] = (),
    tried: Iterable[UUID] = (),
) -> Choice:
    """Return who gets a lead.

    Args:
        way: one of ``RoutingWay``.
        skills: words all of which the chosen one must have.
        tried: members who had the lead already.
    """
    needed, had = frozenset(map(fold, skills)), frozenset(tried)
    passed, fitting = [], []
    for one in candidates:
        reason = _obstacle(way, one, facts, needed, had)
        if reason:
            passed.append((one.name, reason))
        else:
            fitting.append(one)
    best = min(fitting, key=lambda one: _rank(way, one, facts), default=None)
    return Choice(best, tuple(passed))


def take(people: Mapping[UUID, Sequence[Candidate]], chosen: Candidate, *, turn: int) -> None:
    """Note that somebody got a lead: their turn in the rule that chose them, one more in work in every rule.

    Args:
        people: the candidates of each rule.
    """
    chosen.turn = turn
    for candidates in people.values():
        for one in candidates:
            if one.member_id == chosen.member_id:
                one.open_leads += 1


def _obstacle(
    way: str, one: Candidate, facts: LeadFacts, needed: frozenset[str], had: frozenset[UUID]
) -> str:
    if one.member_id in had:
        return TRIED
    if one.is_away:
        return AWAY
    if needed - one.skills:
        return SKILL
    if way == RoutingWay.TERRITORY and one.member_id not in facts.sellers:
        return AREA
    if way == RoutingWay.SCORE and facts.score < (one.min_score or 0):
        return SCORE
    if one.max_open is not None and one.open_leads >= one.max_open:
        return FULL
    return ""


def _rank(way: str, one: Candidate, facts: LeadFacts) -> tuple[int, int, int]:
    """The smallest is chosen: what the way prefers, then who waited longest, then the order of the rule."""
    preferred = 0
    if way == RoutingWay.LOAD:
        preferred = one.open_leads
    elif way == RoutingWay.SCORE:
        preferred = -(one.min_score or 0)
    return preferred, one.turn, one.position
