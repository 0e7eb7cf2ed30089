"""Who did best in a period: the first few by name, and where one stands oneself. Nobody else is ever told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from ponte.core.models import Member
from ponte.sales.models import Goal, MemberBadge
from ponte.sales.recognition import OPTED_OUT, Badge, badges, takes_part
from ponte.sales.selectors.facts import tally
from ponte.sales.selectors.goals import attainments
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.metrics import CONTACTS, TASKS, WON

WAYS = ("goals", "won", "activities")
FEWEST = 3  # who have something to show; below it nobody is ranked
MOST_PERCENT = Decimal(200)  # a goal counts at most twice
LATEST = 8


@dataclass(frozen=True)
class Standing:
    """One member's place: members with the same figure share it. ``figure`` is in per cent for goals, else a number."""

    place: int
    member: Member
    figure: Decimal
    is_self: bool


@dataclass(frozen=True)
class Ranking:
    """The first few, oneself (None: nothing to show, or not taking part) and how many are ranked; empty where too few are."""

    way: str
    top: list[Standing]
    own: Standing | None
    ranked: int


def ranking(member: Member, way: str, lens: Lens, top: int) -> Ranking:
    """Return the ranking of a period by ``way``, counted over all records; figures of zero have no place.

    Args:
        lens: the days; whose eyes it has doesn't matter: counts tell nothing of the records.
        top: how many are named, the better half at most.
    """
    people = {one.id: one for one in Member.objects.filter(is_active=True) if takes_part(one)}
    figures = {key: value for key, value in _figures(way, lens).items() if key in people and value > 0}
    if len(figures) < FEWEST:
        return Ranking(way, [], None, len(figures))
    order = sorted(figures, key=lambda key: (-figures[key], people[key].sort_name, str(key)))
    standings = [
        Standing(1 + sum(1 for other in figures.values() if other > figures[key]), people[key], figures[key], key == member.id)
        for key in order
    ]  # fmt: skip
    own = next((one for one in standings if one.is_self), None)
    named = min(top, (len(standings) + 1) // 2)  # never the last one
    return Ranking(way, [one for one in standings[:named] if one.place <= top], own, len(standings))


def _figures(way: str, lens: Lens) -> Mapping[UUID, Decimal]:
    everything = Lens(None, lens.start, lens.end)
    if way == "goals":
        return _attained(everything)
    found: defaultdict[UUID, Decimal] = defaultdict(Decimal)
    for metric in (WON,) if way == "won" else (CONTACTS, TASKS):
        for row in tally(metric, everything, "owner"):
            if row.keys[0] is not None:
                found[row.keys[0]] += row.count
    return found


def _attained(lens: Lens) -> dict[UUID, Decimal]:
    """Return the mean attainment of each member's own goals that begin within the days, each counted ``MOST_PERCENT`` at most."""
    goals = Goal.objects.filter(
        member__isnull=False, starts_on__gte=lens.start, starts_on__lt=lens.end
    ).select_related("team")
    several: defaultdict[UUID, list[Decimal]] = defaultdict(list)
    for one in attainments(goals, None):
        assert one.goal.member_id is not None
        several[one.goal.member_id].append(min(one.rate.value or Decimal(0), MOST_PERCENT))
    return {key: round(sum(values, Decimal(0)) / len(values), 0) for key, values in several.items()}


def badges_of(member: Member) -> list[tuple[Badge, MemberBadge | None]]:
    """Return every badge there is with the one the member earned, None where they haven't."""
    earned = {row.badge: row for row in MemberBadge.objects.filter(member=member)}
    return [(badge, earned.get(badge.key)) for badge in badges]


def latest_badges() -> list[tuple[Badge, MemberBadge]]:
    """Return the badges earned last by members who take part."""
    rows = MemberBadge.objects.select_related("member").filter(member__is_active=True)
    rows = rows.exclude(member__preferences__contains={OPTED_OUT: True}).order_by("-earned_on", "-id")
    known = {badge.key: badge for badge in badges}
    return [(known[row.badge], row) for row in rows[:LATEST] if row.badge in known]
