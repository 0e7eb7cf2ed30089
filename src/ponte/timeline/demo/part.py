"""Making and removing the demo's interactions, tasks and meetings, through the timeline's own services."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.timeline.demo.words import CONVERSATIONS, MEETINGS, REVIEWS, TASKS
from ponte.timeline.models import Interaction, Meeting, Task
from ponte.timeline.services.bulk import BATCH, bulk_record
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.meetings import create_meeting
from ponte.timeline.services.tasks import create_task
from ponte.workplace.demo import DemoContext, DemoPart

SOURCE = "demo"
INTERACTIONS, DEMO_TASKS, DEMO_MEETINGS, DAYS = 1800, 60, 24, 730
WEEKLY = 2  # of the meetings: rounds of the team that come again


def make(context: DemoContext) -> None:
    """Add two years of conversations, denser towards today, some reviews, and tasks and meetings around today."""
    context.say("conversas e tarefas")
    parties = [*context.made["companies"], *context.made["people"]]
    items = [_conversation(context, parties, number) for number in range(INTERACTIONS)]
    items += [_review(context, parties, number) for number in range(90)]
    for start in range(0, len(items), BATCH):
        result = bulk_record(actor=context.actor, items=items[start : start + BATCH])
        if result.problems:
            raise RuntimeError(f"the demo's own rows were refused: {next(iter(result.problems.values()))}")
    for number in range(DEMO_TASKS):
        _task(context, parties, number)
    for number in range(DEMO_MEETINGS):
        _meeting(context, parties, number)


def remove(actor: Actor) -> None:
    """Take the demo's interactions, tasks and meetings away for good."""
    Task.objects.filter(source=SOURCE).delete()
    Meeting.objects.filter(source=SOURCE).delete()
    Interaction.objects.filter(source=SOURCE).delete()


def _conversation(context: DemoContext, parties: list[UUID], number: int) -> InteractionData:
    kind, channel, direction, department, subject, body = context.random.choice(CONVERSATIONS)
    return InteractionData(
        party_id=context.random.choice(parties),
        kind=kind,
        channel=channel,
        direction=direction,
        department=department,
        subject=subject,
        body=body,
        occurred_at=_moment(context),
        duration_seconds=context.random.randrange(60, 1500) if kind in ("call", "meeting", "visit") else None,
        outcome=context.random.choice(("reached", "next_step", "interested", "no_answer"))
        if kind == "call"
        else "",
        author=None if direction == "in" and kind == "message" else _somebody(context),
        source=SOURCE,
        external_key=f"interaction-{number}",
    )


def _review(context: DemoContext, parties: list[UUID], number: int) -> InteractionData:
    score, title, text = context.random.choices(REVIEWS, (5, 4, 3, 2, 1))[0]
    return InteractionData(
        party_id=context.random.choice(parties),
        kind="review",
        channel="web",
        direction="in",
        subject=title,
        body=text,
        data={"score": score},
        occurred_at=_moment(context),
        source=SOURCE,
        external_key=f"review-{number}",
    )


def _task(context: DemoContext, parties: list[UUID], number: int) -> None:
    title, kind, days, priority = TASKS[number % len(TASKS)]
    day = context.today + timedelta(days=days + (number // len(TASKS)) * (1 if days > 0 else 0))
    due = timezone.make_aware(datetime.combine(day, time(context.random.randrange(9, 18), 0)))
    create_task(
        actor=context.actor,
        title=title,
        kind=kind,
        priority=priority,
        due_at=due,
        due_all_day=number % 3 != 0,
        assignee_id=_somebody(context).id,
        party_id=context.random.choice(parties),
        source=SOURCE,
        external_key=f"task-{number}",
    )


def _meeting(context: DemoContext, parties: list[UUID], number: int) -> None:
    """A meeting of the weeks around today; the first of each colleague comes again every week."""
    title, place = MEETINGS[number % len(MEETINGS)]
    day = context.today + timedelta(days=context.random.randrange(-10, 25))
    start = timezone.make_aware(datetime.combine(day, time(context.random.randrange(9, 17), 0)))
    somebody = _somebody(context)
    create_meeting(
        actor=context.actor,
        title=title,
        location=place,
        starts_at=start,
        ends_at=start + timedelta(minutes=context.random.choice((30, 60, 90))),
        organiser_id=somebody.id,
        party_id=context.random.choice(parties) if number >= WEEKLY else None,
        rrule="FREQ=WEEKLY" if number < WEEKLY else "",
        source=SOURCE,
        external_key=f"meeting-{number}",
    )


def _moment(context: DemoContext) -> datetime:
    days = int(DAYS * context.random.random() ** 2)  # denser towards today
    date = context.today - timedelta(days=days)
    moment = timezone.make_aware(
        datetime.combine(date, time(context.random.randrange(8, 19), context.random.randrange(60)))
    )
    return min(moment, timezone.now() - timedelta(minutes=context.random.randrange(5, 600)))


def _somebody(context: DemoContext) -> Member:
    member: Member = context.random.choice(context.made["members"])
    return member


PART = DemoPart(key="timeline", order=20, make=make, remove=remove)
