"""What the lines of orders, opportunities and quotes have in common when they are checked and written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.commerce.models import Product
from ponte.commerce.services.cleaning import Cleaner
from ponte.core.models.base import Record


class GivenLine(Protocol):
    """What callers give of every line."""

    @property
    def id(self) -> UUID | None: ...
    @property
    def product_id(self) -> UUID | None: ...
    @property
    def description(self) -> str: ...
    @property
    def unit_price(self) -> Decimal | None: ...


LineT = TypeVar("LineT", bound=GivenLine)
RowT = TypeVar("RowT", bound=Record)


def matched(
    cleaner: Cleaner,
    lines: Sequence[LineT],
    existing: Mapping[UUID, RowT],
    *,
    new: type[RowT],
    missing: Any,
    places: Sequence[int] | None = None,
) -> Iterator[tuple[Cleaner, LineT, RowT]]:
    """Give for each line its cleaner and its row: the one its ``id`` names, or a new one; its position is set.

    Args:
        missing: what is said of an id that names no line, or one that was named before. places: which of the given lines each was, where
            some were split.
    """
    seen: set[UUID] = set()
    for position, line in enumerate(lines, start=1):
        inner = cleaner.under(f"lines.{position - 1 if places is None else places[position - 1]}")
        row = existing.get(line.id) if line.id else None
        if line.id is not None and (row is None or line.id in seen):
            inner.refuse("id", "missing", missing)
        if line.id is not None:
            seen.add(line.id)
        row = row if row is not None else new()
        row.position = position  # type: ignore[attr-defined]
        yield inner, line, row


def products_of(lines: Sequence[GivenLine]) -> dict[UUID, Product]:
    """Return the products lines name, in one query."""
    return Product.objects.in_bulk([line.product_id for line in lines if line.product_id])


def described(cleaner: Cleaner, line: GivenLine, product: Product | None, *, empty: Any) -> str:
    """Return what a line is called; problems of its product and description go to ``cleaner``, ``empty`` where it has neither."""
    if line.product_id and product is None:
        cleaner.refuse("product_id", "missing", _("There is no such product."))
    description = cleaner.text("description", line.description, 300) or (product.name if product else "")
    if not description and not line.product_id:
        cleaner.refuse("description", "required", empty)
    return description


def priced(cleaner: Cleaner, line: GivenLine, listed: Decimal | None) -> Decimal:
    """Return the unit price given, ``listed`` where none is."""
    if line.unit_price is not None:
        return cleaner.money("unit_price", line.unit_price) or Decimal(0)
    if listed is None:
        cleaner.refuse("unit_price", "required", _("Give a unit price."))
    return listed or Decimal(0)


def write_rows(rows: Sequence[RowT], existing: Mapping[UUID, RowT], fields: Sequence[str]) -> None:
    """Save ``rows`` in few statements and remove the existing ones that aren't among them."""
    if not rows and not existing:
        return
    model: Any = type(next(iter([*rows, *existing.values()])))
    kept = {row.id for row in rows}
    model.objects.filter(id__in=[pk for pk in existing if pk not in kept]).delete()
    model.objects.bulk_update([row for row in rows if row.id in existing], fields, batch_size=200)
    model.objects.bulk_create([row for row in rows if row.id not in existing])
