"""Taking a chunk of imported orders or products back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ponte.commerce.models import Order, Product, ProductExternalId
from ponte.commerce.policies import editable_orders, visible_orders
from ponte.commerce.selectors.products import used_products
from ponte.commerce.services.bulk import BATCH, finish_orders
from ponte.commerce.services.order_bulk import bin_orders
from ponte.commerce.services.order_fields import FIELDS, PERSONAL
from ponte.commerce.services.product_search import index_products
from ponte.commerce.services.products import FIELDS as PRODUCT_FIELDS
from ponte.commerce.services.products import delete_products
from ponte.core.actors import Actor
from ponte.core.rights import filter_owned
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.core.text import sort_key
from ponte.events.commerce import ProductsImported
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.reversal import (
    CHANGED,
    FOREIGN,
    GONE,
    IN_USE,
    UNDO_ACT,
    UNREADABLE,
    DoneChunk,
    Left,
    Reversal,
    changed_since,
    left_all,
    take_back,
)
from ponte.workplace.importing.targets import ImportContext

_NAMES = {"party_id": "party", "owner_id": "owner", "category_id": "category"}
ORDER_COLUMNS = [_NAMES.get(name, name) for name in FIELDS]
Moved = dict[UUID, dict[str, tuple[Any, Any]]]
# an order goes with its lines and payments, whichever import brought them
_PARTS = ("order.lines_imported", "order.payments_imported")


def undo_orders(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Put the orders a chunk made into the bin and give changed ones their values back."""
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    actor = context.actor
    locked = Order.objects.filter(id__in=[*chunk.created, *chunk.changes], deleted_at=None)
    rows = {row.id: row for row in locked.select_for_update().order_by("id")}
    _judge_created(actor, chunk, rows, reversal)
    if reversal.removed and not look:
        bin_orders(actor=actor, order_ids=reversal.removed, deleted=True)
        # what was undone may be imported again: the id of the other system is free for a new order
        Order.objects.filter(id__in=reversal.removed).update(external_id="")
    changed, former = _restored_orders(actor, chunk, rows, reversal)
    if changed and not look:
        _write_orders(context, [rows[one] for one in changed], changed, former)
    return reversal


def _judge_created(actor: Actor, chunk: DoneChunk, rows: Mapping[UUID, Order], reversal: Reversal) -> None:
    living = [one for one in chunk.created if one in rows]
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    mine = set(living)
    if actor.member is not None:
        reach = filter_owned(
            visible_orders(actor.member), actor.member, "order", "delete", owner="owner", team="owner__team"
        )
        mine = set(reach.filter(id__in=living).values_list("id", flat=True))
    reversal.left |= left_all(set(living) - mine, FOREIGN)
    changed = changed_since("order", mine, chunk, apart_from=_PARTS)
    reversal.left |= left_all(changed, CHANGED)
    reversal.removed = [one for one in living if one in mine - changed]


def _restored_orders(
    actor: Actor, chunk: DoneChunk, rows: Mapping[UUID, Order], reversal: Reversal
) -> tuple[Moved, set[UUID]]:
    """Put values of changed orders back in memory; returns what changed, and the customers they were of until now."""
    reach = set(chunk.changes)
    if actor.member is not None:
        reach = set(editable_orders(actor.member).filter(id__in=reach).values_list("id", flat=True))
    moved: Moved = {}
    former: set[UUID] = set()
    there: dict[tuple[Any, Any], bool] = {}
    open_to = {one: rows[one] for one in reach if one in rows}
    custom, kept_custom = take_back_custom("order", open_to, chunk.changes, actor=actor)
    for order_id, changes in chunk.changes.items():
        order = rows.get(order_id)
        if order is None or order_id not in reach:
            reversal.left[order_id] = Left(GONE if order is None else FOREIGN)
            continue
        former.add(order.party_id)
        back, others = take_back(order, changes, there)
        back |= custom.get(order_id, {})
        others += kept_custom.get(order_id, [])
        if others:
            reversal.left[order_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(order_id)
        if back:
            moved[order_id] = back
    return moved, former


def _write_orders(context: ImportContext, orders: list[Order], moved: Moved, former: set[UUID]) -> None:
    for order in orders:
        order.version += 1
    Order.objects.bulk_update(orders, [*ORDER_COLUMNS, "custom", "version"], batch_size=BATCH)
    record_each(
        actor=context.actor,
        act=f"order.{UNDO_ACT}",
        object_type="order",
        changes={
            one: {_NAMES.get(name, name): pair for name, pair in back.items()} for one, back in moved.items()
        },
        subjects={order.id: order.party_id for order in orders},
        impersonal=set(ORDER_COLUMNS) - set(PERSONAL),
    )
    finish_orders(
        actor=context.actor, source=context.source, act=f"orders.{UNDO_ACT}", object_type="order",
        ids=sorted(moved), orders=orders, former_parties=former,
    )  # fmt: skip


def undo_products(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Remove the products a chunk made that nothing needs since, and give changed ones their values back."""
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    locked = Product.objects.filter(id__in=[*chunk.created, *chunk.changes])
    rows = {row.id: row for row in locked.select_for_update().order_by("id")}
    living = [one for one in chunk.created if one in rows]
    reversal.left |= left_all((one for one in chunk.created if one not in rows), GONE)
    used = used_products(living)
    changed = changed_since("product", set(living) - used, chunk)
    reversal.left |= left_all(used, IN_USE) | left_all(changed, CHANGED)
    reversal.removed = [one for one in living if one not in used | changed]
    moved = _restored_products(context.actor, chunk, rows, reversal)
    if look:
        return reversal
    delete_products(actor=context.actor, product_ids=reversal.removed)
    _write_products(context, chunk, [rows[one] for one in moved], moved)
    return reversal


def _restored_products(
    actor: Actor, chunk: DoneChunk, rows: Mapping[UUID, Product], reversal: Reversal
) -> Moved:
    skus = {str(pairs["sku"][0]) for pairs in chunk.changes.values() if "sku" in pairs} - {"", "None"}
    taken = dict(Product.objects.filter(sku__in=skus).values_list("sku", "id"))
    moved: Moved = {}
    there: dict[tuple[Any, Any], bool] = {}
    custom, kept_custom = take_back_custom("product", rows, chunk.changes, actor=actor)
    for product_id, changes in chunk.changes.items():
        product = rows.get(product_id)
        if product is None:
            reversal.left[product_id] = Left(GONE)
            continue
        clash = "sku" in changes and taken.get(changes["sku"][0], product_id) != product_id
        wanted = {name: pair for name, pair in changes.items() if not (clash and name == "sku")}
        back, others = take_back(product, wanted, there)
        others += [*(["sku"] if clash else []), *kept_custom.get(product_id, [])]
        back |= custom.get(product_id, {})
        if others:
            reversal.left[product_id] = Left(CHANGED, tuple(others))
        elif back:
            reversal.restored.append(product_id)
        if back:
            moved[product_id] = back
    return moved


def _write_products(context: ImportContext, chunk: DoneChunk, products: list[Product], moved: Moved) -> None:
    born = chunk.births
    if born is not None:
        mine = [*chunk.changes, *chunk.touched]
        ProductExternalId.objects.filter(product_id__in=mine, id__gte=born[0], id__lt=born[1]).delete()
    if not products:
        return
    for product in products:
        product.version += 1
        product.sort_name = sort_key(product.name)
    Product.objects.bulk_update(
        products, [*PRODUCT_FIELDS, "sort_name", "custom", "version"], batch_size=BATCH
    )
    index_products(list(moved))
    record_each(
        actor=context.actor,
        act=f"product.{UNDO_ACT}",
        object_type="product",
        changes={
            one: {_NAMES.get(name, name): pair for name, pair in back.items()} for one, back in moved.items()
        },
    )
    ids = [str(one) for one in moved]
    publish(ProductsImported(source=context.source, product_ids=ids), actor=context.actor)
