"""How the directory reacts to what happens elsewhere: buying makes a customer."""

from __future__ import annotations

from uuid import UUID

from ponte.core.jobs import enqueue
from ponte.core.subscriptions import EventContext, subscribes
from ponte.directory.models import Party, Stage
from ponte.directory.services.merging import move_stragglers
from ponte.directory.services.stages import advance_stage, change_stages
from ponte.events.commerce import OrderPaid, OrdersImported
from ponte.events.directory import (
    CompanyCreated,
    CustomersMerged,
    CustomersUnmerged,
    OwnerChanged,
    PartiesEdited,
    PartiesRestored,
    PartiesUpserted,
    PartyUpdated,
    PersonCreated,
)

BEFORE_CUSTOMER = (Stage.VISITOR, Stage.LEAD, Stage.MQL, Stage.SQL)


@subscribes(OrderPaid, name="directory.customer_by_paid_order")
def customer_by_paid_order(event: OrderPaid, context: EventContext) -> None:
    """Move whoever paid an order to the stage "customer", lost ones included; never back."""
    advance_stage(actor=context.actor, party_id=UUID(event.party_id), stage=Stage.CUSTOMER)


@subscribes(OrdersImported, name="directory.customers_by_imported_orders")
def customers_by_imported_orders(event: OrdersImported, context: EventContext) -> None:
    """Move those with imported orders that count to the stage "customer"; old orders bring no lost one back."""
    buyers = Party.objects.filter(
        id__in=[UUID(party_id) for party_id in event.party_ids],
        stage__in=BEFORE_CUSTOMER,
        deleted_at=None,
        facts__orders_count__gt=0,
    )
    ids = list(buyers.values_list("id", flat=True))
    if ids:
        change_stages(actor=context.actor, party_ids=ids, stage=Stage.CUSTOMER)


@subscribes(CustomersMerged, name="directory.stragglers_of_merge")
def stragglers_of_merge(event: CustomersMerged, context: EventContext) -> None:
    """Take along what was being written for a merged customer while the merge ran."""
    move_stragglers(merge_id=UUID(event.merge_id))


@subscribes(PersonCreated, CompanyCreated, PartyUpdated, name="directory.match_one")
def match_one(event: PersonCreated | CompanyCreated | PartyUpdated, context: EventContext) -> None:
    """Compare a new or changed customer with all others; several changes in a row are compared once."""
    enqueue("directory.match_customers", party_ids=[event.party_id], once=f"match:{event.party_id}")


@subscribes(PartiesUpserted, PartiesRestored, CustomersMerged, CustomersUnmerged, name="directory.match_many")
def match_many(
    event: PartiesUpserted | PartiesRestored | CustomersMerged | CustomersUnmerged, context: EventContext
) -> None:
    """Compare customers that came in, came back, or became one."""
    if isinstance(event, PartiesUpserted):
        ids = [*event.created_ids, *event.updated_ids]
    elif isinstance(event, PartiesRestored):
        ids = list(event.party_ids)
    else:
        ids = [event.survivor_id, *event.loser_ids]
    if ids:
        enqueue("directory.match_customers", party_ids=ids)


@subscribes(PersonCreated, CompanyCreated, PartyUpdated, name="directory.check_one")
def check_one(event: PersonCreated | CompanyCreated | PartyUpdated, context: EventContext) -> None:
    """Look at the quality of a new or changed customer; several changes in a row are looked at once."""
    enqueue("directory.check_quality_of", party_ids=[event.party_id], once=f"quality:{event.party_id}")


@subscribes(PartiesUpserted, PartiesEdited, OwnerChanged, name="directory.check_many")
def check_many(event: PartiesUpserted | PartiesEdited | OwnerChanged, context: EventContext) -> None:
    """Look at the quality of customers that came in or changed together."""
    several = isinstance(event, PartiesUpserted)
    ids = [*event.created_ids, *event.updated_ids] if isinstance(event, PartiesUpserted) else event.party_ids
    if ids:
        enqueue("directory.check_quality_of", party_ids=list(ids), suggest=not several)
