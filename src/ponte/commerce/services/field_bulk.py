"""Giving many products or orders the same value of one field, and taking that back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.commerce.models import Billing, Category, Order, Product, ProductKind
from ponte.commerce.policies import check_product
from ponte.commerce.services.order_search import index_orders
from ponte.commerce.services.product_search import index_products
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.audit import Changes, record_each
from ponte.core.services.events import publish
from ponte.events.commerce import OrdersEdited, ProductsEdited

SETTABLE = ("kind", "billing", "is_active", "category_id")


@transaction.atomic
def set_product_field(
    *, actor: Actor, product_ids: Sequence[UUID], field: str, value: Any
) -> dict[UUID, Any]:
    """Give products the same value; returns what those that changed had before. A constant number of statements.

    Args:
        field: one of ``SETTABLE``. value: a category's id (None for none), true or false, a kind, a billing.

    Raises:
        Denied: the role doesn't let them. Invalid: no such value. ValueError: no field that can be set so.
    """
    check_product(actor, "edit")
    _check_value(field, value)
    before = {key: old for key, old in _locked(product_ids, field).items() if old != value}
    _write(actor, field, dict.fromkeys(before, value), before)
    return before


@transaction.atomic
def put_back_product_field(*, actor: Actor, field: str, value: Any, before: Mapping[UUID, Any]) -> int:
    """Take ``set_product_field`` back; products changed by others since keep what they have. Returns how many."""
    check_product(actor, "edit")
    mine = {key: before[key] for key, now in _locked(list(before), field).items() if now == value}
    if field == "category_id":
        alive = {
            None,
            *Category.objects.filter(id__in=set(mine.values()) - {None}).values_list("id", flat=True),
        }
        mine = {key: old for key, old in mine.items() if old in alive}
    _write(actor, field, mine, dict.fromkeys(mine, value))
    return len(mine)


def note_product_edits(*, actor: Actor, changes: Mapping[UUID, Changes]) -> None:
    """Write what changed about many products: an entry each and one event."""
    record_each(actor=actor, act="product.updated", object_type="product", changes=changes)
    fields = sorted({name for pairs in changes.values() for name in pairs})
    publish(ProductsEdited(product_ids=[str(one) for one in changes], fields=fields), actor=actor)


def note_order_edits(*, actor: Actor, changes: Mapping[UUID, Changes]) -> None:
    """Write what changed about many orders: an entry each, sealed with the customer's key, and one event."""
    index_orders(list(changes))
    subjects = dict(Order.objects.filter(id__in=list(changes)).values_list("id", "party_id"))
    record_each(actor=actor, act="order.updated", object_type="order", changes=changes, subjects=subjects)
    fields = sorted({name for pairs in changes.values() for name in pairs})
    party_ids = [str(one) for one in sorted(set(subjects.values()))]
    publish(
        OrdersEdited(order_ids=[str(one) for one in changes], party_ids=party_ids, fields=fields), actor=actor
    )


def _check_value(field: str, value: Any) -> None:
    if field not in SETTABLE:
        raise ValueError(f"{field} can't be set on many products")
    if field == "category_id":
        known = value is None or Category.objects.filter(id=value).exists()
    else:
        known = (
            value
            in {"kind": ProductKind.values, "billing": Billing.values, "is_active": (True, False)}[field]
        )
    if not known:
        raise Invalid.on(field, "unknown", _("Choose one from the list."))


def _locked(product_ids: Sequence[UUID], field: str) -> dict[UUID, Any]:
    rows = Product.objects.filter(id__in=list(product_ids)).order_by("id").select_for_update(of=("self",))
    return dict(rows.values_list("id", field))


def _write(actor: Actor, field: str, values: Mapping[UUID, Any], before: Mapping[UUID, Any]) -> None:
    if not values:
        return
    by_value: defaultdict[Any, list[UUID]] = defaultdict(list)
    for key, value in values.items():
        by_value[value].append(key)
    for value, ids in by_value.items():
        rows = Product.objects.filter(id__in=ids)
        rows.update(**{field: value}, version=F("version") + 1, updated_at=timezone.now())
    if field == "category_id":
        index_products(list(values))
    note_product_edits(
        actor=actor, changes={key: {field: (before[key], value)} for key, value in values.items()}
    )
