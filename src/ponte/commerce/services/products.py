"""Adding, changing and removing products and services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import ProductData
from ponte.commerce.models import (
    Billing,
    BundlePart,
    Category,
    Complement,
    IntervalKind,
    OrderLine,
    Product,
    ProductExternalId,
    ProductKind,
)
from ponte.commerce.policies import check_product
from ponte.commerce.selectors.products import used_products
from ponte.commerce.services.categories import ensure_categories
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.product_search import index_products
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.text import sort_key
from ponte.events.commerce import ProductCreated, ProductDeleted, ProductUpdated
from ponte.workplace.custom_fields.values import CustomRow, check_custom

FIELDS = (
    "kind", "sku", "name", "description", "category_id", "price", "cost", "billing", "interval_kind", "interval_days",
    "is_active",
)  # fmt: skip
MAX_DAYS = 3650
MAX_COMPLEMENTS = 50


@transaction.atomic
def create_product(*, actor: Actor, data: ProductData) -> Product:
    """Add a product or service.

    Raises:
        Denied: the role doesn't let them. Invalid: fields that can't be accepted, a SKU or external id that is taken.
    """
    check_product(actor, "create")
    product = Product(is_demo=data.is_demo)
    custom = check_custom("product", data.custom, actor=actor)
    _write(product, clean_product(data, product, custom), custom)
    product.save(force_insert=True)
    _link(product, data)
    index_products([product.id])
    changes = {
        name: (None, getattr(product, name)) for name in FIELDS if getattr(product, name) not in (None, "")
    } | custom.changes
    audit.record(actor=actor, act="product.created", target=product, changes=changes)
    publish(ProductCreated(product_id=str(product.id)), actor=actor)
    return product


@transaction.atomic
def update_product(
    *, actor: Actor, product_id: UUID, changes: dict[str, Any], version: int | None = None
) -> Product:
    """Change the given fields (names of ``ProductData``) and leave the others alone.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: fields that can't be accepted.
    """
    check_product(actor, "edit")
    product = lock_product(product_id)
    check_version(product, version)
    data = _merged(product, changes)
    before = {name: getattr(product, name) for name in FIELDS}
    custom = check_custom("product", data.custom, actor=actor, stored=product.custom, record_id=product.id)
    _write(product, clean_product(data, product, custom), custom)
    differences = audit.diff(before, {name: getattr(product, name) for name in FIELDS}) | custom.changes
    relinked = _link(product, data, only=set(changes))
    if not differences and not relinked:
        return product
    product.version += 1
    product.save()
    index_products([product.id])
    audit.record(actor=actor, act="product.updated", target=product, changes={**differences, **relinked})
    publish(ProductUpdated(product_id=str(product.id), fields=sorted({*differences, *relinked})), actor=actor)
    return product


@transaction.atomic
def delete_product(*, actor: Actor, product_id: UUID, version: int | None = None) -> None:
    """Remove a product that was never sold or offered and is in no bundle. Raises ``Invalid`` otherwise: deactivate it instead."""
    check_product(actor, "delete")
    product = lock_product(product_id)
    check_version(product, version)
    if OrderLine.objects.filter(product=product).exists():
        raise Invalid.on(
            "", "in_use", _("Orders have this product. Deactivate it instead: it won't be offered any more.")
        )
    if BundlePart.objects.filter(product=product).exists():
        raise Invalid.on("", "in_use", _("Bundles contain this product. Take it out of them first."))
    if used_products([product.id]):
        raise Invalid.on(
            "",
            "in_use",
            _("This product was offered to customers. Deactivate it instead: it won't be offered any more."),
        )
    audit.record(actor=actor, act="product.deleted", target=product, changes={"name": (product.name, None)})
    publish(ProductDeleted(product_id=str(product.id)), actor=actor)
    product.delete()


def delete_products(*, actor: Actor, product_ids: Sequence[UUID]) -> None:
    """Remove many products that nothing needs (``used_products``; the caller has looked and holds them); one event each."""
    if not product_ids:
        return
    gone = dict(Product.objects.filter(id__in=product_ids).values_list("id", "name"))
    changes = {product_id: {"name": (name, None)} for product_id, name in gone.items()}
    audit.record_each(actor=actor, act="product.deleted", object_type="product", changes=changes)
    for product_id in gone:
        publish(ProductDeleted(product_id=str(product_id)), actor=actor)
    Product.objects.filter(id__in=list(gone)).delete()


def lock_product(product_id: UUID) -> Product:
    """Return a product locked for change; raise ``Missing``."""
    product = Product.objects.select_for_update().filter(id=product_id).first()
    if product is None:
        raise Missing
    return product


def clean_product(data: ProductData, product: Product, custom: CustomRow) -> dict[str, Any]:
    """Return the checked values of ``FIELDS``; raise ``Invalid`` with every problem, those of ``custom`` too."""
    cleaner = Cleaner(problems=custom.problems)
    values = {**plain_values(cleaner, data), "category_id": _category(cleaner, data)}
    taken = Product.objects.filter(sku=values["sku"]).exclude(id=product.id)
    if values["sku"] and taken.exists():
        cleaner.refuse("sku", "taken", _("Another product has this SKU."))
    cleaner.done()
    return values


def plain_values(cleaner: Cleaner, data: ProductData) -> dict[str, Any]:
    """Return what can be checked without a look at the database; problems go to ``cleaner``."""
    values: dict[str, Any] = {
        "kind": cleaner.choice("kind", data.kind, ProductKind),
        "sku": cleaner.text("sku", data.sku, 60),
        "name": cleaner.text("name", data.name, 200, required=True),
        "description": cleaner.text("description", data.description, 20_000),
        "price": cleaner.money("price", data.price),
        "cost": cleaner.money("cost", data.cost),
        "billing": cleaner.choice("billing", data.billing, Billing),
        "interval_kind": cleaner.choice("interval_kind", data.interval_kind, IntervalKind, blank=True),
        "interval_days": cleaner.positive("interval_days", data.interval_days, MAX_DAYS),
        "is_active": bool(data.is_active),
    }
    if bool(values["interval_kind"]) != bool(values["interval_days"]):
        cleaner.refuse("interval_days", "required", _("Say both what comes due and after how many days."))
    return values


def _category(cleaner: Cleaner, data: ProductData) -> UUID | None:
    if data.category_id is not None:
        if not Category.objects.filter(id=data.category_id).exists():
            cleaner.refuse("category_id", "missing", _("There is no such category."))
        return data.category_id
    if data.category.strip():
        found = ensure_categories(paths=[data.category], is_demo=data.is_demo)
        return found[data.category].id if data.category in found else None
    return None


def _merged(product: Product, changes: dict[str, Any]) -> ProductData:
    known = {one.name for one in fields(ProductData)}
    unknown = set(changes) - known
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    current = {name: getattr(product, name) for name in FIELDS}
    if "category" in changes and "category_id" not in changes:
        current["category_id"] = None
    return ProductData(**{**current, "is_demo": product.is_demo, **changes})


def _write(product: Product, values: dict[str, Any], custom: CustomRow) -> None:
    product.custom = custom.values
    for name, value in values.items():
        setattr(product, name, value)
    product.sort_name = sort_key(product.name)


def _link(product: Product, data: ProductData, only: set[str] | None = None) -> dict[str, tuple[Any, Any]]:
    """Write complements and external ids; return what changed. ``only``: the fields that were given."""
    changed: dict[str, tuple[Any, Any]] = {}
    if only is None or "complement_ids" in only:
        before = sorted(str(one) for one in product.complement_links.values_list("other_id", flat=True))
        _set_complements(product, data)
        after = sorted({str(one) for one in data.complement_ids})
        if before != after:
            changed["complement_ids"] = (before, after)
    if only is None or "external_ids" in only:
        known = dict(product.external_ids.values_list("source", "value"))
        _set_external_ids(product, asdict(data)["external_ids"])
        if known != dict(data.external_ids):
            changed["external_ids"] = (known, dict(data.external_ids))
    return {name: pair for name, pair in changed.items() if pair[0] or pair[1]}


def _set_complements(product: Product, data: ProductData) -> None:
    wanted = set(data.complement_ids)
    if product.id in wanted or len(wanted) > MAX_COMPLEMENTS:
        raise Invalid.on("complement_ids", "invalid", _("Choose up to 50 other products."))
    known = set(Product.objects.filter(id__in=wanted).values_list("id", flat=True))
    if wanted - known:
        raise Invalid.on("complement_ids", "missing", _("There is no such product."))
    product.complement_links.exclude(other_id__in=wanted).delete()
    Complement.objects.bulk_create(
        [Complement(product=product, other_id=one) for one in sorted(wanted)], ignore_conflicts=True
    )


def _set_external_ids(product: Product, given: dict[str, str]) -> None:
    cleaner = Cleaner("external_ids.")
    values = {
        cleaner.text(source, source, 40, required=True): cleaner.text(source, value, 150, required=True)
        for source, value in given.items()
    }
    for source, value in values.items():
        holder = (
            ProductExternalId.objects.filter(source=source, value=value).exclude(product=product).exists()
        )
        if holder:
            cleaner.refuse(source, "taken", _("Another product has this external id."))
    cleaner.done()
    kept = [f"{source}:{value}" for source, value in values.items()]
    for row in product.external_ids.all():
        if str(row) in kept:
            values.pop(row.source)
        else:
            row.delete()
    ProductExternalId.objects.bulk_create(
        [ProductExternalId(product=product, source=source, value=value) for source, value in values.items()]
    )
