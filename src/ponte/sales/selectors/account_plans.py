"""Account plans as pages read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from ponte.core.models import Member
from ponte.directory.models import Affiliation, Party
from ponte.directory.policies import visible_parties
from ponte.sales.models import AccountPlan, Attitude, Influence, PlanGoal, PlanPerson
from ponte.timeline.models import Task
from ponte.timeline.policies import visible_tasks

TONES = {
    Attitude.ALLY: "green", Attitude.FRIENDLY: "accent", Attitude.NEUTRAL: "neutral", Attitude.CRITICAL: "orange",
    Attitude.AGAINST: "red", Attitude.UNKNOWN: "neutral",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A person on the map, as far as the member sees them."""

    row: PlanPerson

    @property
    def tone(self) -> str:
        return TONES[Attitude(self.row.attitude)]


@dataclass(frozen=True)
class GoalRow:
    """A goal with how much of it is reached, in per cent; None without figures."""

    row: PlanGoal

    @property
    def percent(self) -> int | None:
        if self.row.target is None or self.row.reached is None or not self.row.target:
            return None
        return min(100, round(100 * self.row.reached / self.row.target))


def map_of(member: Member, plan: AccountPlan) -> list[tuple[str, list[Place]]]:
    """Return the people on the map by influence, the strongest first; people the member may not see are left out."""
    seen = visible_parties(member).values("id")
    rows = plan.people.filter(person_id__in=seen).select_related("person").order_by("role", "id")
    places: dict[int, list[Place]] = {}
    for row in rows:
        places.setdefault(row.influence, []).append(Place(row))
    return [
        (str(Influence(key).label), places.get(key, [])) for key in sorted(Influence.values, reverse=True)
    ]


def goals_of(plan: AccountPlan) -> list[GoalRow]:
    """Return the goals, open ones first, by date."""
    rows = plan.goals.order_by("done_at", "due_on", "id")
    return sorted((GoalRow(row) for row in rows), key=lambda one: one.row.done_at is not None)


def actions_of(member: Member, plan: AccountPlan) -> Sequence[Task]:
    """Return the tasks of a plan that the member sees, open ones first, by date."""
    rows = (
        visible_tasks(member).filter(plan_action__plan=plan).select_related("assignee", "plan_action__goal")
    )
    return sorted(rows.order_by("due_at", "id")[:100], key=lambda one: one.done_at is not None)


def candidates(member: Member, plan: AccountPlan) -> list[Party]:
    """Return the people of the company who aren't on the map yet, as far as the member sees them."""
    people = Affiliation.objects.filter(company_id=plan.party_id, ended_on=None).values("person_id")
    rows = visible_parties(member).filter(id__in=people).exclude(id__in=plan.people.values("person_id"))
    return list(rows.order_by("sort_name", "id")[:200])


def plan_of(party_id: UUID) -> AccountPlan | None:
    """Return a company's plan."""
    return AccountPlan.objects.select_related("owner", "party").filter(party_id=party_id).first()
