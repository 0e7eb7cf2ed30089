"""What commerce plugs into the layers below."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.commerce import conditions
from ponte.commerce.custom import OBJECTS as CUSTOM_OBJECTS
from ponte.commerce.custom import PRODUCT_TARGET
from ponte.commerce.demo import PART as DEMO
from ponte.commerce.imports import TARGETS
from ponte.commerce.imports.parts import JOURNAL as PARTS_JOURNAL
from ponte.commerce.models import Order, OrderStatus, Product
from ponte.commerce.policies import visible_orders, visible_products
from ponte.commerce.selectors.products import matching_products
from ponte.commerce.services.merging import MOVER
from ponte.commerce.tables import orders as order_lists
from ponte.commerce.tables import parts as part_lists
from ponte.commerce.tables import products as product_lists
from ponte.conditions.catalogue import register_provider
from ponte.core.models import Member
from ponte.core.rights import ObjectRights, field_access, register_object
from ponte.directory.movers import register_mover
from ponte.workplace.admin.history import HistorySource, register_history
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields.conditions import provider_of
from ponte.workplace.custom_fields.importing import custom_extension
from ponte.workplace.custom_fields.objects import register_custom_object, register_reference_target
from ponte.workplace.custom_fields.searching import may_search_all
from ponte.workplace.demo import register_demo
from ponte.workplace.importing import register_target
from ponte.workplace.importing.extensions import register_import_extension
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.panels import Panel, register_panel
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.search.candidates import bitmap_scans_only, matching
from ponte.workplace.selectors.custom_fields import list_fields
from ponte.workplace.visibility import who_may

LISTS = (order_lists.ORDERS, product_lists.PRODUCTS, part_lists.PARTS)

register_object(
    ObjectRights("order", label=_("Orders"), fields={"margin": _("Cost and margin"), "notes": _("Notes")})
)
register_object(ObjectRights("product", label=_("Products"), fields={"cost": _("Cost")}, owned=False))

for _entry in CUSTOM_OBJECTS:
    register_custom_object(_entry)
    register_provider(_entry.key, provider_of(_entry.key))
register_reference_target(PRODUCT_TARGET)

register_demo(DEMO)
register_mover(MOVER)
for _target in TARGETS:
    register_target(_target)
for _target_key, _object in (("products", "product"), ("orders", "order")):
    register_import_extension(_target_key, custom_extension(_object))
register_import_extension(PARTS_JOURNAL.key, PARTS_JOURNAL)

register_nav(
    NavItem(
        "orders", "sales", _("Orders"), "shopping-cart", "commerce:orders", order=30,
        visible=who_may("order", "view"), go_key="o", on_phone=True,
    )
)  # fmt: skip
register_nav(
    NavItem(
        "products", "sales", _("Products"), "package", "commerce:products", order=40,
        visible=who_may("product", "view"), go_key="p",
    )
)  # fmt: skip
register_panel(
    Panel(
        "orders",
        _("Orders"),
        "shopping-cart",
        "commerce:orders_panel",
        order=10,
        visible=who_may("order", "view"),
    )
)
register_command(
    Command(
        "order.new", _("New order"), "shopping-cart", url_name="commerce:order_new", group="create",
        keywords=_("sale purchase"), order=40, visible=who_may("order", "create"),
    )
)  # fmt: skip
register_command(
    Command(
        "product.new", _("New product"), "package", url_name="commerce:product_new", group="create", in_panel=True,
        keywords=_("service catalogue"), order=60, visible=who_may("product", "create"),
    )
)  # fmt: skip
register_command(
    Command(
        "product.categories", _("Product categories"), "category", url_name="commerce:categories", group="go",
        order=70, visible=who_may("product", "view"),
    )
)  # fmt: skip


def order_hit(order: Order) -> SearchHit:
    """Return an order as the global search shows it."""
    return SearchHit(
        object="order",
        id=order.id,
        title=str(_("Order %(number)s") % {"number": order.number}),
        url=reverse("commerce:order", args=[order.id]),
        subtitle=order.party.label,
        icon="shopping-cart",
        badge=order.get_status_display(),
        tone=order_lists.STATUS_TONES[OrderStatus(order.status)],
    )


def _orders(member: Member) -> QuerySet[Order]:
    return visible_orders(member).select_related("party")


def search_orders(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return orders whose number begins with what was typed, then those with its words in custom fields the member may read."""
    numbered = _orders(member).filter(number__startswith=terms.text[:60]).order_by("number", "id")
    found = list(numbered[:limit])
    looks = any(field.is_searched for field in list_fields("order"))
    if looks and len(found) < limit and may_search_all(field_access(member, "order"), "order"):
        with bitmap_scans_only():
            worded = matching(visible_orders(member), terms.tsquery, column="words__lexemes")
            ids = list(worded.values_list("id", flat=True)[:200])
        known = [order.id for order in found]
        rest = _orders(member).filter(id__in=ids).exclude(id__in=known).order_by("-placed_at", "-id")
        found += rest[: limit - len(found)]
    return [order_hit(order) for order in found]


def resolve_order(member: Member, text: str) -> list[SearchHit]:
    """Return the orders of exactly this number."""
    found = _orders(member).filter(number=text.strip()[:60]).order_by("number", "id")
    return [order_hit(order) for order in found[:3]]


def fetch_orders(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these orders as far as visible, for recent and favourite records."""
    return [order_hit(order) for order in _orders(member).filter(id__in=ids)]


def product_hit(product: Product) -> SearchHit:
    """Return a product as the global search shows it."""
    return SearchHit(
        object="product",
        id=product.id,
        title=product.name,
        url=reverse("commerce:product", args=[product.id]),
        subtitle=" · ".join(filter(None, (product.sku, product.category.name if product.category else ""))),
        icon="package",
        badge="" if product.is_active else _("Inactive"),
    )


def _products(member: Member) -> QuerySet[Product]:
    return visible_products(member).select_related("category")


def search_products(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return products found by words of name, SKU or category, active ones first."""
    with bitmap_scans_only():
        matches = matching_products(visible_products(member), terms.text, member)
        ids = list(matches.values_list("id", flat=True)[:200])
    found = _products(member).filter(id__in=ids).order_by("-is_active", "sort_name")
    return [product_hit(product) for product in found[:limit]]


def resolve_product(member: Member, text: str) -> list[SearchHit]:
    """Return the product of exactly this SKU."""
    text = text.strip()[:60]
    return [product_hit(product) for product in _products(member).filter(Q(sku=text) & ~Q(sku=""))[:1]]


def fetch_products(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these products as far as visible."""
    return [product_hit(product) for product in _products(member).filter(id__in=ids)]


def _seen_orders(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_orders(member).filter(id__in=ids).values_list("id", flat=True))


def _seen_products(member: Member, ids: Collection[UUID]) -> set[UUID]:
    return set(visible_products(member).filter(id__in=ids).values_list("id", flat=True))


COST_RIGHTS = {"cost": "margin", "unit_cost": "margin"}
register_history(HistorySource("order", _seen_orders, field_rights=COST_RIGHTS))
register_history(
    HistorySource("product", _seen_products, rights_object="product", object_types=("product", "category"))
)
register_search(
    SearchSource(
        "order", _("Orders"), "shopping-cart", search_orders, order=30, resolve=resolve_order, fetch=fetch_orders,
        list_url_name="commerce:orders", personal=True, visible=who_may("order", "view"),
    )
)  # fmt: skip
register_search(
    SearchSource(
        "product", _("Products"), "package", search_products, order=50, resolve=resolve_product, fetch=fetch_products,
        list_url_name="commerce:products", visible=who_may("product", "view"),
    )
)  # fmt: skip
conditions.register()
