"""Dates become tasks ahead of time, each date of each year once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.business_time import BusinessCalendar, load_business_calendar
from ponte.core.business_time.calendar import NeverOpen
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.directory.models import Party, Person
from ponte.timeline.date_rules import DateRule, load_rules, month_days, next_date
from ponte.timeline.due import end_of_day, today
from ponte.timeline.models import DateKind, PartyDate
from ponte.timeline.services.task_data import TaskData
from ponte.timeline.services.task_planning import BATCH, plan_tasks

SOURCE = "dates"
TASK_KINDS = {"renewal": "proposal", "maintenance": "visit"}


def plan_date_tasks() -> int:
    """Plan the tasks of every date that comes within its rule's days; return how many are new. Runs in chunks of its own."""
    with workspace_scope(named_workspace()):
        rules, day = load_rules(), today()
    made = 0
    for rule in rules.values():
        if rule.is_active and rule.kind != "purchase":
            find = _birthdays if rule.kind == "birthday" else _dates
            made += _walk(lambda after, rule=rule, find=find: find(rule, day, after))  # type: ignore[misc]
    return made


Found = list[tuple[UUID, TaskData]]


def _walk(find: Callable[[UUID | None], Found]) -> int:
    """Go through what there is in the order of ids, a transaction a chunk: killed, the next run finds what is left."""
    made, after = 0, None
    while True:
        with (
            workspace_scope(named_workspace()) as workspace,
            translation.override(workspace.language),
        ):
            found = find(after)
            made += len(
                plan_tasks(actor=Actor.system("dates"), source=SOURCE, tasks=[one for _id, one in found])
            )
        if len(found) < BATCH:
            return made
        after = found[-1][0]


def _dates(rule: DateRule, day: date, after: UUID | None) -> Found:
    last = day + timedelta(days=rule.days_ahead)
    comes = Q(yearly=False, day__gte=day, day__lte=last) | (Q(yearly=True) & _falls("day", day, last))
    rows = PartyDate.objects.filter(comes, kind=rule.kind, party__deleted_at__isnull=True)
    if after is not None:
        rows = rows.filter(id__gt=after)
    calendar = load_business_calendar()
    found: Found = []
    for row in rows.select_related("party", "party__owner").order_by("id")[:BATCH]:
        when = next_date(row.day, row.yearly, day)
        if when is not None:
            label = row.label or str(DateKind(row.kind).label)
            found.append((row.id, _task(rule, row.party, label, when, f"date:{row.id}:{when}", calendar)))
    return found


def _birthdays(rule: DateRule, day: date, after: UUID | None) -> Found:
    last = day + timedelta(days=rule.days_ahead)
    rows = Person.objects.filter(_falls("birthday", day, last), party__deleted_at__isnull=True)
    if after is not None:
        rows = rows.filter(party_id__gt=after)
    calendar = load_business_calendar()
    found: Found = []
    for row in rows.select_related("party", "party__owner").order_by("party_id")[:BATCH]:
        assert row.birthday is not None
        when = next_date(row.birthday, True, day)
        if when is not None:
            key = f"birthday:{row.party_id}:{when.year}"
            found.append((row.party_id, _task(rule, row.party, _("Birthday"), when, key, calendar)))
    return found


def _falls(field: str, since: date, until: date) -> Q:
    """Whether the day and month of a date fall in a range."""
    months: dict[int, list[int]] = {}
    for month, day in month_days(since, min(until, since + timedelta(days=365))):
        months.setdefault(month, []).append(day)
    pairs = [Q(**{f"{field}__month": month, f"{field}__day__in": days}) for month, days in months.items()]
    return reduce(or_, pairs)


def _task(
    rule: DateRule, party: Party, label: str, when: date, key: str, calendar: BusinessCalendar
) -> TaskData:
    due = due_day(when, today(), calendar)
    words = {"what": label, "who": party.label, "day": date_format(when, "SHORT_DATE_FORMAT")}
    return TaskData(
        title=_("%(what)s: %(who)s on %(day)s") % words,
        kind=TASK_KINDS.get(rule.kind, "follow_up"),
        due_at=end_of_day(due),
        due_all_day=True,
        assignee_id=assignee_of(party, rule),
        party_id=party.id,
        external_key=key,
    )


def due_day(when: date, day: date, calendar: BusinessCalendar) -> date:
    """Return the last business day up to a date, not before today: what falls on a holiday is done before it."""
    try:
        return max(calendar.last_business_day(when), day)
    except NeverOpen:
        return when


def assignee_of(party: Party, rule: DateRule) -> UUID | None:
    """Return who gets the task: the customer's owner while they work here, else whom the rule names."""
    if party.owner is not None and party.owner.is_active:
        return party.owner.id
    return rule.member_id
