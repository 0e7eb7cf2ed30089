"""Planning what is wanted of a key company: goals, the people who decide, what is done about it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, FieldProblem, Invalid
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.core.services.audit import diff
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.events.sales_plans import AccountPlanChanged
from ponte.sales.models import (
    AccountPlan,
    Attitude,
    DecisionRole,
    Influence,
    PlanAction,
    PlanGoal,
    PlanPerson,
)
from ponte.timeline.models import Task
from ponte.timeline.services.tasks import create_task

TEXTS = ("summary", "strengths", "risks")
MOST_TEXT, MOST_GOALS, MOST_PEOPLE = 5_000, 50, 100


class PlanDetails(TypedDict, total=False):
    """What a plan says; see ``AccountPlan``."""

    summary: str
    strengths: str
    risks: str
    owner_id: UUID | None
    reviewed_on: date | None


class GoalDetails(TypedDict, total=False):
    """One goal; see ``PlanGoal``."""

    title: str
    target: Decimal | None
    reached: Decimal | None
    unit: str
    due_on: date | None
    is_done: bool


class PlaceDetails(TypedDict, total=False):
    """A person's place on the map; see ``PlanPerson``."""

    role: str
    influence: int
    attitude: str
    note: str


@transaction.atomic
def create_plan(*, actor: Actor, party: Party) -> AccountPlan:
    """Begin a company's plan; there is one for each.

    Raises:
        Invalid: not a company, or it has one. Denied: no right to.
    """
    if actor.member is not None and not may(actor.member, "account_plan", "create"):
        raise Denied("account_plan", "create")
    if party.kind != "company":
        raise Invalid.on("party_id", "kind", _("Account plans are for companies."))
    try:
        with transaction.atomic():
            row = AccountPlan.objects.create(party=party, owner=actor.member)
    except IntegrityError as error:
        raise Invalid.on("party_id", "exists", _("This company has an account plan already.")) from error
    _tell(actor, row, "account_plan.created", {}, ["plan"])
    return row


@transaction.atomic
def update_plan(
    *, actor: Actor, plan: AccountPlan, version: int | None = None, **details: Unpack[PlanDetails]
) -> AccountPlan:
    """Change what a plan says.

    Raises:
        Conflict: ``version`` is not the current one. Invalid: a text too long, no such colleague. Denied: no right to.
    """
    row = lock_plan(actor, plan, version=version)
    values: dict[str, Any] = dict(details)
    for name in TEXTS:
        if name in values:
            values[name] = str(values[name]).replace("\x00", "").strip()
            if len(values[name]) > MOST_TEXT:
                raise Invalid.on(name, "too_long", _("At most 5,000 characters fit."))
    owner_id = values.get("owner_id")
    if owner_id and not Member.objects.filter(id=owner_id, is_active=True).exists():
        raise Invalid.on("owner_id", "missing", _("There is no such colleague."))
    changes = diff({name: getattr(row, name) for name in values}, values)
    if changes:
        for name, (_old, new) in changes.items():
            setattr(row, name, new)
        _save(actor, row, "account_plan.updated", changes, sorted(changes))
    return row


@transaction.atomic
def delete_plan(*, actor: Actor, plan: AccountPlan) -> None:
    """Throw a plan away for good; its tasks stay."""
    row = lock_plan(actor, plan, act="delete")
    _tell(actor, row, "account_plan.deleted", {}, ["deleted"])
    row.delete()


@transaction.atomic
def save_goal(
    *, actor: Actor, plan: AccountPlan, goal: PlanGoal | None = None, **details: Unpack[GoalDetails]
) -> PlanGoal:
    """Add a goal, or change one.

    Raises:
        Invalid: no title, figures out of range, too many goals.
    """
    row = lock_plan(actor, plan)
    if goal is None and row.goals.count() >= MOST_GOALS:
        raise Invalid.on("title", "too_many", _("At most 50 goals fit."))
    one = PlanGoal.objects.select_for_update().get(id=goal.id) if goal else PlanGoal(plan=row)
    values = _clean_goal({"title": one.title, **details}, one)
    changes = diff({name: getattr(one, name) for name in values}, values)
    for name, value in values.items():
        setattr(one, name, value)
    one.save()
    if changes or goal is None:
        _save(actor, row, "account_plan.goal_saved", {**changes, "goal": (None, one.title)}, ["goals"])
    return one


def _clean_goal(details: dict[str, Any], one: PlanGoal) -> dict[str, Any]:
    values = dict(details)
    problems = []
    values["title"] = " ".join(str(values["title"]).split())
    if not values["title"] or len(values["title"]) > 200:
        problems.append(FieldProblem("title", "required", _("Say the goal in at most 200 characters.")))
    for name in ("target", "reached"):
        value = values.get(name)
        if value is not None and not 0 <= value < Decimal(10) ** 12:
            problems.append(FieldProblem(name, "out_of_range", _("This figure is out of range.")))
    if len(values.get("unit", "")) > 30:
        problems.append(FieldProblem("unit", "too_long", _("At most 30 characters fit.")))
    if problems:
        raise Invalid(problems)
    if "is_done" in values:
        values["done_at"] = (one.done_at or timezone.now()) if values.pop("is_done") else None
    return values


@transaction.atomic
def remove_goal(*, actor: Actor, goal: PlanGoal) -> None:
    """Take a goal away; its actions stay with the plan."""
    row = lock_plan(actor, goal.plan)
    _save(actor, row, "account_plan.goal_removed", {"goal": (goal.title, None)}, ["goals"])
    goal.delete()


@transaction.atomic
def place_person(
    *, actor: Actor, plan: AccountPlan, person_id: UUID, **details: Unpack[PlaceDetails]
) -> PlanPerson:
    """Put a person on the map, or move one who stands there.

    Raises:
        Invalid: no such person for the member, an unknown word, too many people.
    """
    row = lock_plan(actor, plan)
    living = Party.objects.filter(deleted_at=None)
    reach = living if actor.member is None else visible_parties(actor.member)
    if not reach.filter(id=person_id, kind="person").exists():
        raise Invalid.on("person_id", "missing", _("There is no such person."))
    known = (("role", DecisionRole.values), ("influence", Influence.values), ("attitude", Attitude.values))
    for name, words in known:
        if name in details and details[name] not in words:  # type: ignore[literal-required]
            raise Invalid.on(name, "invalid", _("Choose one of the words offered."))
    if len(details.get("note", "")) > 300:
        raise Invalid.on("note", "too_long", _("At most 300 characters fit."))
    one = row.people.select_for_update().filter(person_id=person_id).first()
    if one is None and row.people.count() >= MOST_PEOPLE:
        raise Invalid.on("person_id", "too_many", _("At most 100 people fit."))
    one = one or PlanPerson(plan=row, person_id=person_id)
    changes = diff({name: getattr(one, name) for name in details}, dict(details))
    for name, value in details.items():
        setattr(one, name, value)
    one.save()
    _save(actor, row, "account_plan.person_placed", {**changes, "person": (None, str(person_id))}, ["people"])
    return one


@transaction.atomic
def remove_person(*, actor: Actor, place: PlanPerson) -> None:
    """Take a person off the map."""
    row = lock_plan(actor, place.plan)
    _save(actor, row, "account_plan.person_removed", {"person": (str(place.person_id), None)}, ["people"])
    place.delete()


@transaction.atomic
def add_action(
    *,
    actor: Actor,
    plan: AccountPlan,
    title: str,
    due_at: datetime | None = None,
    assignee_id: UUID | None = None,
    goal_id: UUID | None = None,
) -> PlanAction:
    """Plan something to do for the plan: a task about the company.

    Raises:
        Invalid: as in ``create_task``, or a goal of another plan.
    """
    row = lock_plan(actor, plan)
    if goal_id is not None and not row.goals.filter(id=goal_id).exists():
        raise Invalid.on("goal_id", "missing", _("There is no such goal in this plan."))
    task: Task = create_task(
        actor=actor, title=title, due_at=due_at, assignee_id=assignee_id, party_id=row.party_id, source="account_plan"
    )  # fmt: skip
    action = PlanAction.objects.create(plan=row, task=task, goal_id=goal_id)
    _save(actor, row, "account_plan.action_added", {"task": (None, str(task.id))}, ["actions"])
    return action


def lock_plan(
    actor: Actor, plan: AccountPlan, *, act: str = "edit", version: int | None = None
) -> AccountPlan:
    """Return the plan locked for changing, after asking right and version."""
    row = AccountPlan.objects.select_for_update(of=("self",)).select_related("party", "owner").get(id=plan.id)
    if actor.member is not None and not may(actor.member, "account_plan", act, row):
        raise Denied("account_plan", act)
    check_version(row, version)
    return row


def _save(actor: Actor, row: AccountPlan, act: str, changes: dict[str, Any], fields: list[str]) -> None:
    row.version += 1
    row.save()
    _tell(actor, row, act, changes, fields)


def _tell(actor: Actor, row: AccountPlan, act: str, changes: dict[str, Any], fields: list[str]) -> None:
    audit(
        actor=actor, act=act, target=row, changes=changes, subject_id=row.party_id, personal=[*TEXTS, "goal", "title", "note"]
    )  # fmt: skip
    publish(AccountPlanChanged(plan_id=str(row.id), party_id=str(row.party_id), fields=fields), actor=actor)
