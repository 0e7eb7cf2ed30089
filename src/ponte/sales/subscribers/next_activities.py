"""What is next about opportunities follows meetings that are planned, moved or fall through."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales import OpportunityChanged, OpportunityOpened, OpportunityReopened
from ponte.events.sales_opportunities import OpportunitiesImported, OpportunityRestored
from ponte.events.timeline import (
    MeetingCancelled,
    MeetingDeleted,
    MeetingHeld,
    MeetingPlanned,
    MeetingRestored,
    MeetingsChanged,
    MeetingUpdated,
)
from ponte.sales.models import Opportunity
from ponte.sales.services.next_activity import TASKS, refresh_next_activities
from ponte.timeline.services.about import follow_records

TOUCHING = {"contacts", "party", "party_id"}


@subscribes(
    MeetingPlanned, MeetingUpdated, MeetingHeld, MeetingCancelled, MeetingDeleted, MeetingRestored,
    name="sales.next_activity_of_meeting",
)  # fmt: skip
def follow_meeting(event: Any, context: EventContext) -> None:
    """Look for what is next with the customer of a meeting, and with whom it was before."""
    told = {event.party_id, getattr(event, "former_party_id", "")} - {""}
    refresh_next_activities({UUID(one) for one in told})


@subscribes(MeetingsChanged, name="sales.next_activity_of_meetings")
def follow_meetings(event: MeetingsChanged, context: EventContext) -> None:
    """The same for meetings that came in, or went, together."""
    refresh_next_activities({UUID(one) for one in event.party_ids})


@subscribes(
    OpportunityOpened,
    OpportunityReopened,
    OpportunityRestored,
    OpportunityChanged,
    name="sales.next_activity_of_deal",
)
def follow_deal(event: Any, context: EventContext) -> None:
    """Meetings with the customer may have been planned before there was the opportunity."""
    if isinstance(event, OpportunityChanged) and not TOUCHING & set(event.fields):
        return
    if isinstance(event, OpportunityChanged) and "party_id" in event.fields:
        _take_along([UUID(event.opportunity_id)])
    refresh_next_activities({UUID(event.party_id)})


@subscribes(OpportunitiesImported, name="sales.next_activity_of_imported")
def follow_imported(event: OpportunitiesImported, context: EventContext) -> None:
    """The same for opportunities that came in together."""
    _take_along([UUID(one) for one in event.opportunity_ids])
    rows = Opportunity.objects.filter(id__in=event.opportunity_ids, status="open", deleted_at=None)
    refresh_next_activities(set(rows.values_list("party_id", flat=True)))


def _take_along(ids: Sequence[UUID]) -> None:
    """Tasks and meetings about opportunities go with them to another customer."""
    parties = dict(Opportunity.objects.filter(id__in=ids).values_list("id", "party_id"))
    follow_records(actor=Actor.for_job("sales.follow_opportunity"), about_type=TASKS, parties=parties)
