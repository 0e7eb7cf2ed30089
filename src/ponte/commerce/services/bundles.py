"""Composing bundles: which products they are made of, and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.line_words import quantity_text
from ponte.commerce.models import BundlePart, Product
from ponte.commerce.policies import check_product
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.products import lock_product
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, check_version, step_versions
from ponte.core.services import audit
from ponte.core.services.audit import Changes
from ponte.core.services.events import publish
from ponte.events.commerce import ProductUpdated

MOST_PARTS = 50
COMPOSED = "product.composed"
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartData:
    """How much of which product is in one bundle."""

    product_id: UUID | None
    quantity: Decimal = Decimal(1)


@transaction.atomic
def set_bundle(
    *,
    actor: Actor,
    product_id: UUID,
    parts: Sequence[PartData],
    percent: Decimal | None = None,
    version: int | None = None,
) -> Product:
    """Make these the parts of a product, in this order; none left makes it a plain product again.

    Args:
        percent: what is taken off the sum of the parts' prices; None: the product's own price holds.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: what can't be accepted (``parts.0.product_id`` …): bundles in bundles,
        the product itself, a product that stands twice.
    """
    check_product(actor, "edit")
    book = BundleBook({product_id, *(one.product_id for one in parts if one.product_id)})
    product = book.known.get(product_id) or lock_product(product_id)
    check_version(product, version)
    cleaner = Cleaner()
    book.compose(cleaner, product, parts, percent)
    cleaner.done()
    for changed, changes in book.write():
        audit.record(actor=actor, act=COMPOSED, target=changed, changes=changes)
        publish(ProductUpdated(product_id=str(changed.id), fields=sorted(changes)), actor=actor)
    return product


class BundleBook:
    """Products that bundles are made of, locked and fetched once however many bundles are composed."""

    def __init__(self, ids: Iterable[UUID]) -> None:
        # all locked in the order of their ids: nobody makes a part a bundle, or removes it, meanwhile
        rows = Product.objects.select_for_update().filter(id__in=set(ids)).order_by("id")
        self.known = {row.id: row for row in rows}
        self._held: dict[UUID, list[BundlePart]] = {}
        self._inside: dict[UUID, set[UUID]] = {}
        parts = BundlePart.objects.filter(Q(bundle__in=self.known) | Q(product__in=self.known))
        for part in parts.select_related("product").order_by("position", "id"):
            self._held.setdefault(part.bundle_id, []).append(part)
            self._inside.setdefault(part.product_id, set()).add(part.bundle_id)
        self._changed: dict[UUID, tuple[Product, Changes]] = {}

    def parts_of(self, product: Product) -> list[BundlePart]:
        """Return what a product of the book is made of now."""
        return self._held.get(product.id, [])

    def compose(
        self, cleaner: Cleaner, product: Product, parts: Sequence[PartData], percent: Decimal | None
    ) -> None:
        """Make these the parts of a product, to be written by ``write``; problems go to ``cleaner``, and then nothing is made."""
        rows = self._clean(cleaner, product, parts)
        value = cleaner.money("percent", percent) if rows else None
        if value is not None and value > HUNDRED:
            cleaner.refuse("percent", "range", _("A discount is at most 100 per cent."))
        if cleaner.problems:
            return
        before = {"parts": parts_in_words(self.parts_of(product)), "bundle_percent": product.bundle_percent}
        for part in self.parts_of(product):
            self._inside[part.product_id].discard(product.id)
        for part in rows:
            self._inside.setdefault(part.product_id, set()).add(product.id)
        self._held[product.id] = rows
        product.is_bundle, product.bundle_percent = bool(rows), value
        changes = audit.diff(before, {"parts": parts_in_words(rows), "bundle_percent": value})
        if changes:
            self._changed[product.id] = (product, changes)

    def write(self) -> list[tuple[Product, Changes]]:
        """Save what differs, in a fixed number of statements; return it with what changed. Part of the caller's act."""
        products = [product for product, _changes in self._changed.values()]
        if products:
            BundlePart.objects.filter(bundle__in=self._changed).delete()
            BundlePart.objects.bulk_create(part for one in products for part in self._held[one.id])
            step_versions(products)
            Product.objects.bulk_update(products, ["is_bundle", "bundle_percent", *NEXT])
        return list(self._changed.values())

    def _clean(self, cleaner: Cleaner, product: Product, parts: Sequence[PartData]) -> list[BundlePart]:
        if len(parts) > MOST_PARTS:
            cleaner.refuse("parts", "too_many", _("A bundle has at most 50 parts."))
            return []
        if parts and self._inside.get(product.id):
            text = _("This product is a part of another bundle. A bundle can't be inside a bundle.")
            cleaner.refuse("parts", "nested", text)
        rows, seen = [], set[Any]()
        for place, one in enumerate(parts):
            inner = cleaner.under(f"parts.{place}")
            quantity = inner.quantity("quantity", one.quantity)
            part = self.known.get(one.product_id) if one.product_id else None
            if (refusal := _refusal(product, part, seen)) is not None:
                inner.refuse("product_id", *refusal)
            elif part is not None:
                seen.add(part.id)
                rows.append(BundlePart(bundle=product, product=part, quantity=quantity, position=place + 1))
        return rows


def parts_in_words(parts: Sequence[BundlePart]) -> list[str]:
    """Return parts, fetched with their products, as short texts."""
    return [f"{quantity_text(row.quantity)} × {row.product.name}" for row in parts]


def _refusal(product: Product, part: Product | None, seen: set[Any]) -> tuple[str, Any] | None:
    if part is None:
        return "missing", _("There is no such product.")
    if part.id == product.id:
        return "itself", _("A bundle can't contain itself.")
    if part.is_bundle:
        return "nested", _("This product is a bundle. Choose the products it is made of instead.")
    if part.id in seen:
        return "twice", _("This product stands twice. Give the whole quantity once.")
    return None
