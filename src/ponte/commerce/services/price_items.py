"""The prices in a list: written one by one, or brought as a table of SKU, quantity and price."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import PriceList, PriceListItem, Product
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.price_lists import check_price_settings, lock_price_list, tell_price_list
from ponte.core.actors import Actor
from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import Invalid
from ponte.core.text import sort_key

MOST_ITEMS, MOST_TOLD = 20_000, 20
ONE = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemData:
    """The price of a product from ``min_quantity`` units on. ``id`` changes the row there is."""

    product_id: UUID | None
    price: Decimal | None
    min_quantity: Decimal = ONE
    id: UUID | None = None


@transaction.atomic
def set_price_items(
    *,
    actor: Actor,
    price_list_id: UUID,
    items: Sequence[ItemData],
    remove: Sequence[UUID] = (),
    replace: bool = False,
) -> int:
    """Write prices into a list: those of the same product and quantity are overwritten, ``remove`` are taken out.

    With ``replace`` every price not given goes. Returns how many prices were written.

    Raises:
        Denied, Missing: as everywhere. Invalid: what can't be accepted (``items.0.price`` …).
    """
    check_price_settings(actor)
    price_list = lock_price_list(price_list_id)
    if len(items) > MOST_ITEMS:
        raise Invalid.on("items", "too_many", _("A list has at most 20,000 prices."))
    cleaner = Cleaner()
    known = set(Product.objects.filter(id__in={one.product_id for one in items}).values_list("id", flat=True))
    rows: dict[tuple[UUID, Decimal], PriceListItem] = {}
    for place, one in enumerate(items):
        row = _row(cleaner.under(f"items.{place}"), price_list, one, known)
        key = (row.product_id, row.min_quantity)
        if key in rows:
            cleaner.refuse(
                f"items.{place}.min_quantity", "twice", _("This product and quantity stand twice.")
            )
        rows[key] = row
    cleaner.done()
    moved = [
        one.id for one in items if one.id
    ]  # a row whose product or quantity changed leaves its old place
    gone = PriceListItem.objects.filter(price_list=price_list)
    if not replace:
        gone = gone.filter(id__in=[*remove, *moved])
    removed = gone.delete()[0]
    PriceListItem.objects.bulk_create(
        rows.values(),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["price_list", "product", "min_quantity"],
        update_fields=["price", "updated_at"],
    )
    if price_list.items.count() > MOST_ITEMS:
        raise Invalid.on("items", "too_many", _("A list has at most 20,000 prices."))
    if rows or removed:
        price_list.version += 1
        price_list.save(update_fields=["version", "updated_at"])
        written = (None, {"written": len(rows), "removed": max(removed - len(moved), 0)})
        tell_price_list(actor, "price_list.priced", price_list, {"items": written})
    return len(rows)


def bring_price_items(*, actor: Actor, price_list_id: UUID, text: str, replace: bool = False) -> int:
    """Write prices from pasted text or a CSV file: SKU (or exact name), from how many on, price; a heading is passed over.

    Columns are parted by tab, semicolon or comma; with two columns the quantity is 1. All lines are read before any is written.

    Raises:
        Denied, Missing: as everywhere. Invalid: on "text", naming each line that can't be read (at most 20).
    """
    check_price_settings(actor)
    rows = _table(text)
    if not rows:
        raise Invalid.on("text", "required", _("Paste at least one line: SKU, from how many on, price."))
    if len(rows) > MOST_ITEMS:
        raise Invalid.on("text", "too_many", _("A list has at most 20,000 prices."))
    products = _products({cells[0] for _number, cells in rows})
    items: list[ItemData] = []
    problems: list[str] = []
    seen: set[tuple[UUID, Decimal]] = set()
    for number, cells in rows:
        item, problem = _item(cells, products)
        if (
            item is not None
            and item.product_id
            and (key := (item.product_id, item.min_quantity)) in seen | {key}
        ):
            if key in seen:
                item, problem = None, str(_("this product and quantity stand twice"))
            seen.add(key)
        if item is None:
            problems.append(str(_("Line %(n)s: %(problem)s") % {"n": number, "problem": problem}))
        else:
            items.append(item)
    if problems:
        more = (
            [str(_("and %(n)s more") % {"n": len(problems) - MOST_TOLD})] if len(problems) > MOST_TOLD else []
        )
        raise Invalid.on("text", "unreadable", "; ".join([*problems[:MOST_TOLD], *more]))
    return set_price_items(actor=actor, price_list_id=price_list_id, items=items, replace=replace)


def _row(cleaner: Cleaner, price_list: PriceList, one: ItemData, known: set[UUID]) -> PriceListItem:
    if one.product_id is None or one.product_id not in known:
        cleaner.refuse("product_id", "missing", _("There is no such product."))
    price = cleaner.money("price", one.price)
    if one.price is None:
        cleaner.refuse("price", "required", _("Give a unit price."))
    quantity = cleaner.quantity("min_quantity", one.min_quantity)
    row = PriceListItem(price_list=price_list, min_quantity=quantity, price=price or Decimal(0))
    if one.product_id is not None:
        row.product_id = one.product_id
    return row


def _table(text: str) -> list[tuple[int, list[str]]]:
    """Return the filled lines with their numbers, without a heading."""
    text = text.replace("\x00", "").lstrip("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    parted_by = "\t" if "\t" in first else ";" if ";" in first else ","
    reader = csv.reader(io.StringIO(text), delimiter=parted_by)
    rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    rows = [(number, cells) for number, cells in rows if any(cells)]
    if rows and len(rows[0][1]) > 1 and not any(char.isdigit() for char in rows[0][1][-1]):
        rows = rows[1:]
    return rows


def _products(names: set[str]) -> dict[str, UUID]:
    """Return products by SKU and, where that is nobody's, by folded name; names of several products are left out."""
    by_sku = dict(Product.objects.filter(sku__in=names - {""}).values_list("sku", "id"))
    folded = {sort_key(name) for name in names - set(by_sku)}
    found: dict[str, list[UUID]] = {}
    for pk, sort_name in Product.objects.filter(sort_name__in=folded).values_list("id", "sort_name"):
        found.setdefault(sort_name, []).append(pk)
    return by_sku | {f"={name}": ids[0] for name, ids in found.items() if len(ids) == 1}


def _item(cells: list[str], products: dict[str, UUID]) -> tuple[ItemData | None, str]:
    if len(cells) < 2 or len(cells) > 3:
        return None, str(_("it needs two or three columns"))
    product_id = products.get(cells[0]) or products.get(f"={sort_key(cells[0])}")
    if product_id is None:
        return None, str(_("no product is called “%(name)s”") % {"name": cells[0][:60]})
    quantity, price = (read_number(cells[1]) if len(cells) == 3 else ONE), read_number(cells[-1])
    if quantity is None or quantity <= 0:
        return None, str(_("“%(text)s” is no quantity") % {"text": cells[1][:20]})
    if price is None or price < 0:
        return None, str(_("“%(text)s” is no price") % {"text": cells[-1][:20]})
    return ItemData(product_id=product_id, min_quantity=quantity.quantize(Decimal("0.001")), price=price), ""


def read_number(text: str) -> Decimal | None:
    """Return a number as Brazilians write it, None where it is none."""
    try:
        return parse_decimal(text, style="br")
    except (Unreadable, ArithmeticError):
        return None
