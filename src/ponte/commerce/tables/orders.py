"""The list of orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Order, OrderStatus, SalesChannel
from ponte.commerce.policies import visible_orders
from ponte.commerce.services.order_bulk import bin_orders, move_orders
from ponte.commerce.tables.editing import ORDER_FIELDS
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.rights import FieldAccess, registered_objects
from ponte.core.text import search_query, search_terms, words
from ponte.directory.models import Party
from ponte.directory.policies import OBJECT, visible_parties
from ponte.directory.selectors.search import SEARCH_COLUMN, restricted_query
from ponte.workplace.custom_fields.listing import more_of
from ponte.workplace.lists import (
    Badge,
    BulkAction,
    BulkInput,
    BulkOutcome,
    ChoiceFilter,
    Column,
    DateFilter,
    Day,
    Empty,
    EmptyAction,
    ListPage,
    Main,
    Moment,
    Money,
    NumberFilter,
    OwnerFilter,
    Person,
    Sort,
    Text,
    TextFilter,
    register_list,
    row_address,
)
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.visibility import who_may

STATUS_TONES = {
    OrderStatus.DRAFT: "neutral",
    OrderStatus.PLACED: "blue",
    OrderStatus.APPROVED: "blue",
    OrderStatus.PROCESSING: "yellow",
    OrderStatus.INVOICED: "yellow",
    OrderStatus.SHIPPED: "purple",
    OrderStatus.DELIVERED: "green",
    OrderStatus.CANCELLED: "red",
    OrderStatus.UNAVAILABLE: "red",
}
MOST_CUSTOMERS = 500
NEW_ORDER = EmptyAction(_("New order"), "commerce:order_new", "plus", visible=who_may("order", "create"))


def listed_orders(member: Member) -> QuerySet[Order]:
    """Return the orders the member may see, without the long texts no list shows."""
    return visible_orders(member).defer("notes", "external_id", "invoice_key")


def search_orders(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Return the orders whose number begins with ``text`` or whose customer's name has its words."""
    text = text.strip()
    return orders.filter(Q(number__startswith=text) | Q(party_id__in=customers_named(text, orders)))


def customers_named(text: str, orders: QuerySet[Any]) -> list[UUID]:
    """Customers of these rows (of a model with ``party_id``), found by name alone: the index knows what a role may hide, too.

    Only who has one of ``orders`` counts towards ``MOST_CUSTOMERS``; namesakes out of reach take nobody's place.
    """
    query, wanted = search_query(text), search_terms(text)
    if query is None:
        return []
    limited = restricted_query(query, _nothing_but_names())
    named = matching(Party.objects.all(), limited, column=SEARCH_COLUMN)
    with bitmap_scans_only():
        buyers = named.filter(Exists(orders.filter(party_id=OuterRef("pk"))))
        found = list(buyers.values_list("id", "name")[:MOST_CUSTOMERS])
    return [pk for pk, name in found if _names(wanted, words(name))]


def _nothing_but_names() -> FieldAccess:
    """What somebody may read from whom every field of customers is hidden."""
    fields = frozenset(name for one in registered_objects() if one.name == OBJECT for name in one.fields)
    return FieldAccess(hidden=fields, readonly=fields)


def _names(wanted: list[str], have: list[str]) -> bool:
    return all(any(word.startswith(one) for word in have) for one in wanted)


@dataclass(frozen=True)
class CustomerFilter(TextFilter):
    """Orders of one customer (their id in the URL, their name in the chip) or of those with these words as name."""

    def apply(self, rows: QuerySet[Any], value: str, member: Member) -> QuerySet[Any]:
        party_id = _uuid(value)
        return (
            rows.filter(party_id=party_id)
            if party_id
            else rows.filter(party_id__in=customers_named(value, rows))
        )

    def words(self, value: str, member: Member) -> str:
        party_id = _uuid(value)
        party = visible_parties(member).filter(id=party_id).first() if party_id else None
        return party.label if party else value


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _customer(order: Any) -> str:
    return str(order.party.label)


def _move(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    status = str(inputs.get("status", ""))
    before = move_orders(actor=actor, statuses=dict.fromkeys(ids, status))
    undo = {"status": status, "rows": {str(one): former for one, former in before.items()}}
    return BulkOutcome(list(before), undo)


def _move_back(actor: Actor, undo: Any) -> None:
    former = {UUID(one): status for one, status in undo["rows"].items()}
    move_orders(actor=actor, statuses=former, only_from=undo["status"])


def _delete(actor: Actor, ids: list[UUID], inputs: Any) -> BulkOutcome:
    done = bin_orders(actor=actor, order_ids=ids, deleted=True)
    return BulkOutcome(done, [str(one) for one in done])


def _restore(actor: Actor, undo: Any) -> None:
    bin_orders(actor=actor, order_ids=[UUID(one) for one in undo], deleted=False)


def _statuses(member: Member) -> list[tuple[str, Any]]:
    return [(key, label) for key, label in OrderStatus.choices if key != OrderStatus.DRAFT]


ORDERS = register_list(
    ListPage(
        key="orders",
        more=(more_of("order"),),
        object="order",
        condition="order",
        title=_("Orders"),
        url_name="commerce:orders",
        icon="shopping-cart",
        plural=_("orders"),
        columns=(
            Column("number", _("Order"), Main("number", second=_customer), needs=("party",)),
            Column("customer", _("Customer"), Text(_customer), needs=("party",)),
            Column(
                "status",
                _("Status"),
                Badge("status", labels=dict(OrderStatus.choices), tones=STATUS_TONES),
                phone=True,
            ),
            Column("placed_at", _("Placed at"), Day("placed_at"), sort="placed"),
            Column(
                "total",
                _("Total"),
                Money("total", currency="currency", rate="rate"),
                sort="total",
                phone=True,
            ),
            Column("paid", _("Paid"), Money("paid_total", currency="currency", rate="rate"), shown=False),
            Column("revenue", _("Revenue"), Money("revenue"), shown=False),
            Column("margin", _("Margin"), Money("margin"), shown=False),
            Column("owner", _("Salesperson"), Person("owner__name"), needs=("owner",)),
            Column("channel", _("Channel"), Badge("channel", labels=dict(SalesChannel.choices))),
            Column("delivered_at", _("Delivered at"), Moment("delivered_at"), shown=False),
            Column("source", _("Source"), Text("source"), shown=False),
        ),
        sorts=(
            Sort("placed", _("Placed at"), ("placed_at",), descending=True),
            Sort("total", _("Total"), ("total",), descending=True),
            Sort("changed", _("Last change"), ("updated_at",), descending=True),
        ),
        default_sort="-placed",
        filters=(
            CustomerFilter("customer", _("Customer"), "party_id"),
            ChoiceFilter("status", _("Status"), "status", choices=tuple(OrderStatus.choices)),
            DateFilter("placed", _("Placed at"), "placed_at"),
            OwnerFilter("owner", _("Salesperson"), path="owner", team_path="owner__team"),
            ChoiceFilter("channel", _("Channel"), "channel", choices=tuple(SalesChannel.choices)),
            NumberFilter("total", _("Total"), "total", places=2),
        ),
        queryset=listed_orders,
        row_url=row_address("commerce:order"),
        panel_url=row_address("commerce:order"),
        search=search_orders,
        search_fields=frozenset({"number"}),
        search_placeholder=_("Number or customer…"),
        owner="owner",
        team="owner__team",
        personal=True,
        editables=ORDER_FIELDS,
        bulk_actions=(
            BulkAction(
                "status",
                _("Change status"),
                "progress-check",
                _move,
                done_text=_("%(count)s orders changed"),
                undo=_move_back,
                inputs=(BulkInput("status", _("Status"), choices=_statuses),),
            ),
            BulkAction(
                "delete",
                _("Delete"),
                "trash",
                _delete,
                done_text=_("%(count)s orders deleted"),
                act="delete",
                undo=_restore,
                danger=True,
            ),
        ),
        create=NEW_ORDER,
        empty=Empty(
            _("No orders yet"),
            _(
                "Orders tell what each customer is worth: last purchase, average ticket, revenue and margin follow from them."
            ),
            "shopping-cart",
            (NEW_ORDER,),
        ),
    )
)
