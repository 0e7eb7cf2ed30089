"""Timeline entries that follow from opportunities. Each is written once, however often an event comes."""

from __future__ import annotations

from uuid import UUID

from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales import (
    OpportunityLost,
    OpportunityMoved,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityWon,
)
from ponte.events.sales_opportunities import OpportunitiesImported
from ponte.sales import timeline_opportunities as timeline
from ponte.sales.models import DealStatus, Opportunity, Stage


@subscribes(OpportunityOpened, name="sales.timeline_opened")
def note_opened(event: OpportunityOpened, context: EventContext) -> None:
    """Write that a sale is in the making."""
    if deal := _deal(event.opportunity_id):
        made = timeline.entry(deal, timeline.OPENED, deal.opened_at, key=str(deal.id))
        timeline.write(context.actor, [made])


@subscribes(OpportunityMoved, name="sales.timeline_moved")
def note_moved(event: OpportunityMoved, context: EventContext) -> None:
    """Write that a sale came to another stage."""
    deal = _deal(event.opportunity_id)
    names = dict(Stage.objects.filter(id__in=[event.before, event.after]).values_list("id", "name"))
    if deal is not None and len(names) == 2:
        before, after = names[UUID(event.before)], names[UUID(event.after)]
        made = timeline.entry(
            deal, timeline.MOVED, context.created_at, key=str(context.event_id), before=before, after=after
        )
        timeline.write(context.actor, [made])


@subscribes(OpportunityWon, name="sales.timeline_won")
def note_won(event: OpportunityWon, context: EventContext) -> None:
    """Write that the customer bought."""
    if deal := _deal(event.opportunity_id):
        at = deal.closed_at or context.created_at
        timeline.write(context.actor, [timeline.entry(deal, timeline.WON, at, key=str(context.event_id))])


@subscribes(OpportunityLost, name="sales.timeline_lost")
def note_lost(event: OpportunityLost, context: EventContext) -> None:
    """Write that the customer did not buy, and why."""
    if deal := _deal(event.opportunity_id):
        at = deal.closed_at or context.created_at
        reason = deal.reason.name if deal.reason else ""
        made = timeline.entry(deal, timeline.LOST, at, key=str(context.event_id), reason=reason)
        timeline.write(context.actor, [made])


@subscribes(OpportunityReopened, name="sales.timeline_reopened")
def note_reopened(event: OpportunityReopened, context: EventContext) -> None:
    """Write that a sale is worked again."""
    if deal := _deal(event.opportunity_id):
        made = timeline.entry(deal, timeline.REOPENED, context.created_at, key=str(context.event_id))
        timeline.write(context.actor, [made])


@subscribes(OpportunitiesImported, name="sales.timeline_opportunities_imported")
def note_imported(event: OpportunitiesImported, context: EventContext) -> None:
    """Write what is known of opportunities that came in together."""
    deals = Opportunity.objects.filter(
        id__in=[UUID(one) for one in event.opportunity_ids], deleted_at=None
    ).select_related("reason")
    entries = []
    for deal in deals:
        entries.append(timeline.entry(deal, timeline.OPENED, deal.opened_at, key=str(deal.id)))
        if deal.closed_at is not None:
            kind = timeline.WON if deal.status == DealStatus.WON else timeline.LOST
            reason = deal.reason.name if deal.reason else ""
            entries.append(
                timeline.entry(deal, kind, deal.closed_at, key=f"imported:{deal.id}", reason=reason)
            )
    timeline.write(context.actor, entries)


def _deal(opportunity_id: str) -> Opportunity | None:
    rows = Opportunity.objects.select_related("reason")
    return rows.filter(id=UUID(opportunity_id), deleted_at=None).first()
