"""What sales counts: leads, opportunities, stays in stages, contacts."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    Case,
    CharField,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Least, TruncDate

from ponte.core.models import Member
from ponte.sales.models import (
    DealStatus,
    ForecastCategory,
    Lead,
    LeadEntry,
    LeadStatus,
    Opportunity,
    StageAct,
    StageEntry,
)
from ponte.sales.policies import customer_condition, visible_leads, visible_opportunities
from ponte.sales.selectors.facts import Metric
from ponte.sales.selectors.lens import zone
from ponte.timeline.models import Interaction, Task
from ponte.timeline.policies import all_interactions, visible_interactions, visible_tasks

MONTHS_OF_VALUE = 12
ACCEPTED, REJECTED, WAITING = "accepted", "rejected", "waiting"
FORWARD, BACK, LOST = "forward", "back", "lost"
CONTACT_KINDS = (
    "call",
    "email",
    "meeting",
    "message",
    "note",
    "visit",
)  # what a person does; done tasks count by themselves
STAYS = (StageAct.OPENED, StageAct.MOVED, StageAct.REOPENED)
MONEY = DecimalField(max_digits=18, decimal_places=2)


def deal_value(prefix: str = "") -> Any:
    """Return what an opportunity is worth: what is charged once and twelve months of what recurs."""
    once, monthly = F(f"{prefix}amount"), F(f"{prefix}monthly")
    return ExpressionWrapper(once + monthly * MONTHS_OF_VALUE, output_field=MONEY)


def leads(member: Member | None) -> QuerySet[Lead]:
    """Return the leads a member sees; None sees all there are."""
    if member is not None:
        return visible_leads(member)
    return Lead.objects.filter(deleted_at=None, party__deleted_at=None)


def deals(member: Member | None) -> QuerySet[Opportunity]:
    """Return the opportunities a member sees; None sees all there are."""
    if member is not None:
        return visible_opportunities(member)
    return Opportunity.objects.filter(deleted_at=None, party__deleted_at=None)


def open_deals(member: Member | None) -> QuerySet[Opportunity]:
    """Return those still worked."""
    return deals(member).filter(status=DealStatus.OPEN)


def expected_deals(member: Member | None) -> QuerySet[Opportunity]:
    """Return the open opportunities of which a chance was learnt and that aren't left out of the forecast."""
    return open_deals(member).filter(chance__isnull=False).exclude(category=ForecastCategory.OMITTED)


def won_deals(member: Member | None) -> QuerySet[Opportunity]:
    """Return those won."""
    return deals(member).filter(status=DealStatus.WON)


def lost_deals(member: Member | None) -> QuerySet[Opportunity]:
    """Return those lost."""
    return deals(member).filter(status=DealStatus.LOST)


def acquired_leads(member: Member | None) -> QuerySet[Lead]:
    """Return the leads at least one sale came of."""
    return leads(member).filter(Exists(_wins_of_lead(OuterRef("pk"))))


def first_wins(member: Member | None) -> QuerySet[Opportunity]:
    """Return the first sale of each lead that led to one."""
    earlier = _wins_of_lead(OuterRef("lead_id")).filter(
        Q(closed_at__lt=OuterRef("closed_at")) | Q(closed_at=OuterRef("closed_at"), id__lt=OuterRef("id"))
    )
    return won_deals(member).filter(lead__isnull=False, lead__deleted_at=None).filter(~Exists(earlier))


def _wins_of_lead(lead: Any) -> QuerySet[Opportunity]:
    return Opportunity.objects.filter(lead_id=lead, status=DealStatus.WON, deleted_at=None)


def handed_over(member: Member | None) -> QuerySet[LeadEntry]:
    """Return each hand-over of a lead from marketing to sales."""
    return _under(LeadEntry.objects.filter(status=LeadStatus.MQL), member, "lead")


def answered_leads(member: Member | None) -> QuerySet[Lead]:
    """Return the leads somebody has answered."""
    return leads(member).filter(responded_at__isnull=False)


def ended_stays(member: Member | None) -> QuerySet[StageEntry]:
    """Return the stays in stages that are over."""
    rows = StageEntry.objects.filter(act__in=STAYS, left_at__isnull=False)
    return _under(rows, member, "opportunity")


def contacts(member: Member | None) -> QuerySet[Interaction]:
    """Return what people of the business did with customers."""
    rows = all_interactions() if member is None else visible_interactions(member)
    return rows.filter(author__isnull=False, kind__in=CONTACT_KINDS)


def done_tasks(member: Member | None) -> QuerySet[Task]:
    """Return tasks that were done."""
    rows = Task.objects.filter(deleted_at=None) if member is None else visible_tasks(member)
    return rows.filter(done_at__isnull=False)


def _under(rows: QuerySet[Any], member: Member | None, name: str) -> QuerySet[Any]:
    rows = rows.filter(**{f"{name}__deleted_at": None})
    if member is None:
        return rows.filter(**{f"{name}__party__deleted_at": None})
    condition = customer_condition(member, name, f"{name}__")
    return rows.none() if condition is None else rows.filter(condition)


def cycle_days() -> Any:
    """Return the days from the first contact (lead or opportunity, the earlier) to the sale, as an integer."""
    first = Least(F("opened_at"), Coalesce(F("lead__captured_at"), F("opened_at")))
    since, until = TruncDate(first, tzinfo=zone()), TruncDate(F("closed_at"), tzinfo=zone())
    days = Func(until, since, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())
    return Greatest(days, Value(0))


def days_between(since: str, until: str) -> Any:
    """Return the days between two moments of a row, with their fractions."""
    return Func(
        F(until), F(since), template="(EXTRACT(EPOCH FROM (%(expressions)s)) / 86400)", arg_joiner=" - ", output_field=MONEY
    )  # fmt: skip


def minutes_bucket() -> Any:
    """Return how long an answer took in minutes: exact under an hour, to 10 minutes under a day, to the hour beyond."""
    minutes = Func(
        F("responded_at"), F("captured_at"),
        template="GREATEST(0, FLOOR(EXTRACT(EPOCH FROM (%(expressions)s)) / 60))::int", arg_joiner=" - ",
        output_field=IntegerField(),
    )  # fmt: skip
    return Func(
        minutes, output_field=IntegerField(),
        template="(SELECT CASE WHEN m < 60 THEN m WHEN m < 1440 THEN m / 10 * 10 ELSE m / 60 * 60 END FROM (SELECT %(expressions)s AS m) t)",
    )  # fmt: skip


def hand_over_outcome() -> Any:
    """Return what became of a hand-over: accepted, rejected or still waiting."""
    later = LeadEntry.objects.filter(lead=OuterRef("lead_id"), entered_at__gte=OuterRef("entered_at"))
    taken = later.filter(status__in=(LeadStatus.SQL, LeadStatus.CONVERTED))
    refused = later.filter(before=LeadStatus.MQL).exclude(id=OuterRef("id"))
    return Case(
        When(Exists(taken), then=Value(ACCEPTED)),
        When(Exists(refused), then=Value(REJECTED)),
        default=Value(WAITING),
        output_field=CharField(),
    )


def stay_outcome() -> Any:
    """Return where an opportunity went after a stay in a stage: forward (or won), back, or lost."""
    after = (
        StageEntry.objects.filter(opportunity=OuterRef("opportunity_id"), entered_at__gte=OuterRef("left_at"))
        .exclude(id=OuterRef("id"))
        .order_by("entered_at", "id")
    )
    further = after.annotate(
        went=Case(
            When(act=StageAct.WON, then=Value(FORWARD)),
            When(act=StageAct.LOST, then=Value(LOST)),
            When(stage__position__gt=OuterRef("stage__position"), then=Value(FORWARD)),
            default=Value(BACK),
            output_field=CharField(),
        )
    )
    return Coalesce(Subquery(further.values("went")[:1]), Value(BACK), output_field=CharField())


def _text(expression: Any) -> Any:
    return Cast(expression, CharField())


def _joined(*parts: Any) -> Any:
    spread = [piece for part in parts for piece in (Value(":"), part)][1:]
    return Concat(*spread, output_field=CharField())


CAPTURED = Metric("lead_captured", "lead", leads, "captured_at", part=F("origin"))
ACQUIRED = Metric("lead_acquired", "lead", acquired_leads, "captured_at", part=F("origin"))
FIRST_WON = Metric("lead_won", "lead", first_wins, "closed_at", "lead__owner_id", part=F("lead__origin"))
HANDED = Metric(
    "lead_handed", "lead", handed_over, "entered_at", "lead__owner_id", part=hand_over_outcome(),
    amount=days_between("entered_at", "left_at"),
)  # fmt: skip
ANSWERED = Metric(
    "lead_answered", "lead", answered_leads, "captured_at", part=_text(minutes_bucket()), few_parts=False
)
OPENED = Metric("deal_opened", "opportunity", deals, "opened_at", pipeline="pipeline_id", amount=deal_value())
WON = Metric(
    "deal_won", "opportunity", won_deals, "closed_at", pipeline="pipeline_id", part=F("origin"),
    amount=deal_value(),
)  # fmt: skip
LOST_DEALS = Metric(
    "deal_lost", "opportunity", lost_deals, "closed_at", pipeline="pipeline_id",
    part=Coalesce(_text(F("reason_id")), Value("")), amount=deal_value(),
)  # fmt: skip
STAYED = Metric(
    "stage_stay", "opportunity", ended_stays, "left_at", "opportunity__owner_id", pipeline="stage__pipeline_id",
    part=_joined(_text(F("stage_id")), stay_outcome()), amount=days_between("entered_at", "left_at"), often=False,
    few_parts=False,
)  # fmt: skip
STANDING = Metric(
    "deal_open", "opportunity", open_deals, "expected_close", pipeline="pipeline_id",
    part=_joined(_text(F("stage_id")), F("category")), amount=deal_value(), dated=True, by_month=True,
)  # fmt: skip
LEARNT = Metric(
    "deal_learnt", "opportunity", expected_deals, "expected_close", pipeline="pipeline_id",
    amount=deal_value() * F("chance__chance"), dated=True, by_month=True,
)  # fmt: skip
CONTACTS = Metric("contact", "interaction", contacts, "occurred_at", "author_id", part=F("kind"), often=False)
TASKS = Metric("task_done", "task", done_tasks, "done_at", "done_by_id", part=F("kind"), often=False)


def cycle_metric() -> Metric:
    """Return the metric of cycle lengths; made when asked for, as it holds the workspace's time zone."""
    return Metric(
        "deal_cycle", "opportunity", won_deals, "closed_at", pipeline="pipeline_id", part=_text(cycle_days()),
        by_month=True, few_parts=False,
    )  # fmt: skip


def all_metrics() -> list[Metric]:
    """Return every metric, in the order they are added up."""
    return [
        CAPTURED, ACQUIRED, FIRST_WON, HANDED, ANSWERED, OPENED, WON, LOST_DEALS, cycle_metric(), STANDING, LEARNT, STAYED, CONTACTS,
        TASKS,
    ]  # fmt: skip
