"""The badges of sales, each earned by what stands in the records."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from ponte.sales.models import DealStatus, Goal, Opportunity
from ponte.sales.recognition import Badge, register_badge
from ponte.sales.selectors.lens import at_midnight
from ponte.timeline.models import Task

MANY_WON = 10
WEEKS = 4  # running
LEAST_TASKS = 3  # due in each of them
LEAST_OPEN = 5  # opportunities whose completeness says something


def first_won(members: Collection[UUID], day: date) -> set[UUID]:
    """A sale was won."""
    return _won(members, 1)


def many_won(members: Collection[UUID], day: date) -> set[UUID]:
    """Ten sales were won."""
    return _won(members, MANY_WON)


def _won(members: Collection[UUID], least: int) -> set[UUID]:
    rows = Opportunity.objects.filter(status=DealStatus.WON, deleted_at=None, owner_id__in=members)
    counted = rows.order_by().values("owner_id").annotate(times=Count("id")).filter(times__gte=least)
    return set(counted.values_list("owner_id", flat=True))


def goal_reached(members: Collection[UUID], day: date) -> set[UUID]:
    """A goal of one's own was reached."""
    rows = Goal.objects.filter(member_id__in=members, reached_at__isnull=False)
    return {one for one in rows.values_list("member_id", flat=True) if one is not None}


def weeks_in_time(members: Collection[UUID], day: date) -> set[UUID]:
    """In each of the last four full weeks, at least three tasks were due and each was done in time."""
    monday = day - timedelta(days=day.weekday())
    weeks = [monday - timedelta(weeks=back) for back in range(WEEKS, 0, -1)]
    due = Task.objects.filter(
        assignee_id__in=members, deleted_at=None, due_at__gte=at_midnight(weeks[0]), due_at__lt=at_midnight(monday)
    )  # fmt: skip
    kept: defaultdict[UUID, int] = defaultdict(int)
    for start in weeks:
        inside = due.filter(
            due_at__gte=at_midnight(start), due_at__lt=at_midnight(start + timedelta(weeks=1))
        )
        late = Count("id", filter=Q(done_at=None) | Q(done_at__gt=F("due_at")))
        counted = inside.order_by().values("assignee_id").annotate(times=Count("id"), late=late)
        for owner in counted.filter(times__gte=LEAST_TASKS, late=0).values_list("assignee_id", flat=True):
            kept[owner] += 1
    return {owner for owner, times in kept.items() if times == WEEKS}


def complete_records(members: Collection[UUID], day: date) -> set[UUID]:
    """At least five opportunities are open, and each has a value, an expected close to come and something planned."""
    lacking = (
        Q(amount=0, monthly=0) | Q(expected_close=None) | Q(expected_close__lt=day) | Q(next_activity_at=None)
    )
    rows = Opportunity.objects.filter(status=DealStatus.OPEN, deleted_at=None, owner_id__in=members)
    counted = (
        rows.order_by().values("owner_id").annotate(times=Count("id"), lacking=Count("id", filter=lacking))
    )
    return set(counted.filter(times__gte=LEAST_OPEN, lacking=0).values_list("owner_id", flat=True))


def register() -> None:
    """Add the badges of sales."""
    for badge in (
        Badge("first_won", _("First sale"), _("Won a sale."), "trophy", first_won, 10),
        Badge("many_won", _("Ten sales"), _("Won ten sales."), "medal", many_won, 20),
        Badge("goal", _("Goal reached"), _("Reached a goal of one's own."), "target-arrow", goal_reached, 30),
        Badge(
            "in_time", _("Four weeks in time"),
            _("For four weeks running, at least three tasks were due each week and all were done in time."), "clock", weeks_in_time, 40,
        ),
        Badge(
            "complete", _("Complete records"),
            _("At least five open opportunities, each with a value, an expected close and a next step."), "checkbox",
            complete_records, 50,
        ),
    ):  # fmt: skip
        register_badge(badge)
