"""Taking a chunk of imported orders or products back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from ponte.commerce.models import Order, Product, ProductExternalId
from ponte.commerce.policies import visible_orders
from ponte.commerce.selectors.products import used_products
from ponte.commerce.services.bulk import BATCH, finish_orders
from ponte.commerce.services.order_bulk import bin_orders
from ponte.commerce.services.order_fields import FIELDS, PERSONAL
from ponte.commerce.services.order_search import index_orders
from ponte.commerce.services.product_search import index_products
from ponte.commerce.services.products import FIELDS as PRODUCT_FIELDS
from ponte.commerce.services.products import delete_products
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, step_versions
from ponte.core.models import Member
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.core.text import sort_key
from ponte.events.commerce import ProductsImported
from ponte.workplace.custom_fields.reverting import take_back_custom
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import (
    CHANGED,
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
# an order goes with its lines and payments, whichever import brought them
_PARTS = ("order.lines_imported", "order.payments_imported")


class OrderUndo(RecordUndo[Order]):
    """Orders go into the bin."""

    model = Order
    object_type = "order"
    apart_from = _PARTS

    def visible(self, member: Member) -> QuerySet[Order]:
        return visible_orders(member)

    def column_of(self, name: str) -> str:
        return name

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Order]) -> None:
        ids = [order.id for order in rows]
        bin_orders(actor=context.actor, order_ids=ids, deleted=True)
        Order.objects.filter(id__in=ids).update(external_id="")

    def write(self, context: ImportContext, rows: Sequence[Order], moved: Moved) -> None:
        for order in rows:
            order.version += 1
        Order.objects.bulk_update(rows, [*ORDER_COLUMNS, "custom", "version"], batch_size=BATCH)
        index_orders([order.id for order in rows])
        record_each(
            actor=context.actor,
            act=f"order.{UNDO_ACT}",
            object_type="order",
            changes=_named(moved),
            subjects={order.id: order.party_id for order in rows},
            impersonal=set(ORDER_COLUMNS) - set(PERSONAL),
        )
        finish_orders(
            actor=context.actor, source=context.source, act=f"orders.{UNDO_ACT}", object_type="order", ids=sorted(moved),
            orders=rows, former_parties=[back["party_id"][0] for back in moved.values() if "party_id" in back],
        )  # fmt: skip


undo_orders = OrderUndo()


def _named(moved: Moved) -> Moved:
    """Return changes named as the audit log names them; ids of other systems keep their name."""
    return {one: {_NAMES.get(name, name): pair for name, pair in back.items()} for one, back in moved.items()}


def undo_products(chunk: DoneChunk, context: ImportContext, *, look: bool) -> Reversal:
    """Remove the products a chunk made that nothing needs since, and give changed ones their values back."""
    reversal = Reversal(left=left_all(chunk.unreadable, UNREADABLE))
    found = Product.objects.filter(id__in=[*chunk.created, *chunk.changes]).order_by("id")
    rows = {row.id: row for row in (found if look else found.select_for_update())}
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
    step_versions(products)
    for product in products:
        product.sort_name = sort_key(product.name)
    Product.objects.bulk_update(products, [*PRODUCT_FIELDS, "sort_name", "custom", *NEXT], batch_size=BATCH)
    index_products(list(moved))
    record_each(
        actor=context.actor,
        act=f"product.{UNDO_ACT}",
        object_type="product",
        changes=_named(moved),
    )
    ids = [str(one) for one in moved]
    publish(ProductsImported(source=context.source, product_ids=ids), actor=context.actor)
