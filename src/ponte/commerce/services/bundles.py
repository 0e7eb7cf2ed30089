"""Composing bundles: which products they are made of, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.line_words import quantity_text
from ponte.commerce.models import BundlePart, Product
from ponte.commerce.policies import check_product
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.products import lock_product
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.commerce import ProductUpdated

MOST_PARTS = 50
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
    # all locked in the order of their ids: nobody makes a part a bundle, or removes it, meanwhile
    touched = {product_id, *(one.product_id for one in parts if one.product_id)}
    known = {row.id: row for row in Product.objects.select_for_update().filter(id__in=touched).order_by("id")}
    product = known.get(product_id) or lock_product(product_id)
    check_version(product, version)
    before = {"parts": parts_in_words(product), "bundle_percent": product.bundle_percent}
    cleaner = Cleaner()
    rows = _clean(cleaner, product, parts, known)
    value = cleaner.money("percent", percent) if rows else None
    if value is not None and value > HUNDRED:
        cleaner.refuse("percent", "range", _("A discount is at most 100 per cent."))
    cleaner.done()
    product.parts.all().delete()
    BundlePart.objects.bulk_create(rows)
    product.is_bundle, product.bundle_percent = bool(rows), value
    after = {"parts": parts_in_words(product), "bundle_percent": value}
    changes = audit.diff(before, after)
    if not changes:
        return product
    product.version += 1
    product.save(update_fields=["is_bundle", "bundle_percent", "version", "updated_at"])
    audit.record(actor=actor, act="product.composed", target=product, changes=changes)
    publish(ProductUpdated(product_id=str(product.id), fields=sorted(changes)), actor=actor)
    return product


def parts_in_words(product: Product) -> list[str]:
    """Return the parts as short texts."""
    rows = product.parts.select_related("product").order_by("position", "id")
    return [f"{quantity_text(row.quantity)} × {row.product.name}" for row in rows]


def _clean(
    cleaner: Cleaner, product: Product, parts: Sequence[PartData], known: Mapping[UUID, Product]
) -> list[BundlePart]:
    if len(parts) > MOST_PARTS:
        cleaner.refuse("parts", "too_many", _("A bundle has at most 50 parts."))
        return []
    if parts and BundlePart.objects.filter(product=product).exists():
        cleaner.refuse(
            "parts",
            "nested",
            _("This product is a part of another bundle. A bundle can't be inside a bundle."),
        )
    rows, seen = [], set[Any]()
    for place, one in enumerate(parts):
        inner = cleaner.under(f"parts.{place}")
        quantity = inner.quantity("quantity", one.quantity)
        part = known.get(one.product_id) if one.product_id else None
        if (refusal := _refusal(product, part, seen)) is not None:
            inner.refuse("product_id", *refusal)
        elif part is not None:
            seen.add(part.id)
            rows.append(BundlePart(bundle=product, product=part, quantity=quantity, position=place + 1))
    return rows


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
