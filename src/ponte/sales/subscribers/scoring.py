"""What the distribution and the scores do when something happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.commerce import (
    OrderCancelled,
    OrderDeleted,
    OrderPaid,
    OrderPlaced,
    OrderRestored,
    OrdersEdited,
    OrdersImported,
    OrdersMoved,
    OrderStatusChanged,
)
from ponte.events.directory import (
    CustomerEnriched,
    PartiesEdited,
    PartyUpdated,
    StageChanged,
    StagesChanged,
    TagsChanged,
)
from ponte.events.sales import LeadCaptured, LeadChanged, LeadStatusChanged
from ponte.events.sales_leads import (
    LeadConversionUndone,
    LeadsAssigned,
    LeadsCaptured,
    LeadsEdited,
    LeadsMoved,
    LeadsRestored,
)
from ponte.events.sales_quotes import (
    QuoteAccepted,
    QuoteDeclined,
    QuoteRevised,
    QuoteSent,
    QuoteViewed,
    QuoteWithdrawn,
)
from ponte.events.timeline import (
    InteractionDeleted,
    InteractionRecorded,
    InteractionRestored,
    InteractionsRecorded,
    InteractionsRemoved,
    InteractionUpdated,
    MeetingHeld,
    TaskCompleted,
)
from ponte.sales.models import Lead, LeadStatus
from ponte.sales.routing_settings import FRESH
from ponte.sales.services.answering import Answer, answers_in, stop_clocks
from ponte.sales.services.prediction import rate_leads
from ponte.sales.services.routing import route_leads
from ponte.sales.services.scores import rescore_parties, score_leads
from ponte.timeline.models import Task

ROUTING, SCORE = Actor.system("routing"), Actor.system("score")


@subscribes(LeadCaptured, name="sales.route_lead")
def route_captured(event: LeadCaptured, context: EventContext) -> None:
    """Score a new lead and give it to whom the rules say."""
    _take_in([event.lead_id])


@subscribes(LeadsCaptured, name="sales.route_leads")
def route_captured_together(event: LeadsCaptured, context: EventContext) -> None:
    """The same for leads that came in together."""
    _take_in(event.lead_ids)


def _take_in(lead_ids: Sequence[str]) -> None:
    """Score leads, then route those that are new and fresh; old interests that an import brings are left alone."""
    score_leads(leads=Q(id__in=lead_ids), actor=SCORE)
    rate_leads(leads=Q(id__in=lead_ids))
    rows = Lead.objects.filter(
        id__in=lead_ids, status=LeadStatus.NEW, deleted_at=None, captured_at__gte=timezone.now() - FRESH
    )
    route_leads(lead_ids=list(rows.values_list("id", flat=True)), actor=ROUTING)


@subscribes(InteractionRecorded, name="sales.answered")
def note_answer(event: InteractionRecorded, context: EventContext) -> None:
    """Stop the clock of leads whose salesperson called, wrote or met the customer."""
    stop_clocks(answers=answers_in([UUID(event.interaction_id)]), actor=context.actor)


@subscribes(InteractionsRecorded, name="sales.answered_many")
def note_answers(event: InteractionsRecorded, context: EventContext) -> None:
    """The same for interactions that came in together."""
    stop_clocks(answers=answers_in(UUID(one) for one in event.interaction_ids), actor=context.actor)


@subscribes(TaskCompleted, name="sales.answered_by_task")
def note_answer_by_task(event: TaskCompleted, context: EventContext) -> None:
    """A task about the customer that the salesperson did is an answer too."""
    task = Task.objects.filter(id=event.task_id, deleted_at=None, party__isnull=False).first()
    if task is None or task.done_at is None or task.party_id is None:
        return
    member_id = task.done_by_id or task.assignee_id
    if member_id:
        stop_clocks(answers=[Answer(task.party_id, member_id, task.done_at)], actor=context.actor)


@subscribes(
    LeadChanged,
    LeadStatusChanged,
    LeadsEdited,
    LeadsMoved,
    LeadsRestored,
    LeadsAssigned,
    LeadConversionUndone,
    name="sales.score_lead",
)
def score_changed(event: Any, context: EventContext) -> None:
    """Score leads anew after they changed."""
    ids = getattr(event, "lead_ids", None)
    score_leads(leads=Q(id__in=[event.lead_id] if ids is None else ids), actor=SCORE)


@subscribes(
    PartyUpdated,
    PartiesEdited,
    TagsChanged,
    StageChanged,
    StagesChanged,
    CustomerEnriched,
    name="sales.score_customer",
)
def score_customers(event: Any, context: EventContext) -> None:
    """Score the leads of customers anew after their records changed."""
    rescore_parties(party_ids=_parties(event), actor=SCORE)


@subscribes(
    InteractionRecorded, InteractionsRecorded, InteractionUpdated, InteractionDeleted, InteractionRestored,
    InteractionsRemoved, MeetingHeld, name="sales.score_behaviour",
)  # fmt: skip
def score_behaviours(event: Any, context: EventContext) -> None:
    """Score the leads of customers anew after they did something."""
    rescore_parties(party_ids=_parties(event), actor=SCORE)


@subscribes(
    OrderPlaced, OrderPaid, OrderStatusChanged, OrderCancelled, OrderDeleted, OrderRestored, OrdersImported, OrdersMoved,
    OrdersEdited, name="sales.score_purchase",
)  # fmt: skip
def score_purchases(event: Any, context: EventContext) -> None:
    """Score the leads of customers anew after they bought."""
    rescore_parties(party_ids=_parties(event), actor=SCORE)


@subscribes(
    QuoteSent,
    QuoteViewed,
    QuoteAccepted,
    QuoteDeclined,
    QuoteRevised,
    QuoteWithdrawn,
    name="sales.score_quote",
)
def score_quotes(event: Any, context: EventContext) -> None:
    """Score the leads of customers anew after they were sent a quote, opened or answered it."""
    rescore_parties(party_ids=_parties(event), actor=SCORE)


def _parties(event: Any) -> list[str]:
    ids = getattr(event, "party_ids", None)
    return [one for one in (ids if ids is not None else [event.party_id]) if one]
