"""Many products at once, by external id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.data import BulkRow, Policy, ProductData, RowResult
from ponte.commerce.models import Category, Product, ProductExternalId
from ponte.commerce.policies import check_product
from ponte.commerce.services.bulk import BATCH, Ledger, apply_values, audit_changes, clean_id
from ponte.commerce.services.bulk_custom import check_bulk_custom, set_custom
from ponte.commerce.services.categories import ensure_categories
from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.product_search import index_products
from ponte.commerce.services.products import FIELDS, plain_values
from ponte.core.actors import Actor
from ponte.core.concurrency import NEXT, step_versions
from ponte.core.errors import FieldProblem
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.text import sort_key
from ponte.events.commerce import ProductsImported
from ponte.workplace.custom_fields.values import CustomRow

_KNOWN = {one.name for one in fields(ProductData)} - {"complement_ids", "external_ids"}


@transaction.atomic
def upsert_products(
    *, actor: Actor, rows: Sequence[BulkRow], source: str, policy: Policy = "update", is_demo: bool = False
) -> list[RowResult]:
    """Create or update products known to ``source`` by external id (a new one may be found by its SKU).

    ``values`` are fields of ``ProductData`` except links; ``category`` is a path and is created when missing. Some ten
    statements a call, whatever its length; one audit entry and one event. A repeated id updates what came before it.

    Raises ``Denied`` unless the actor may create and edit products.
    """
    check_product(actor, "create")
    check_product(actor, "edit")
    ledger = Ledger(len(rows))
    categories = ensure_categories(
        paths=[str(row.values.get("category") or "") for row in rows], is_demo=is_demo
    )
    known, by_sku = _existing(source, rows)
    custom = check_bulk_custom("product", rows, _holders(rows, known, by_sku), actor=actor, policy=policy)
    new: dict[str, Product] = {}
    changed: dict[Any, Product] = {}
    links: list[ProductExternalId] = []
    for index, row in enumerate(rows):
        checked = custom[row.external_id]
        values = _clean(ledger, index, row, categories, checked)
        if values is None:
            continue
        holder = known.get(row.external_id) or new.get(row.external_id)
        if holder is None and (holder := by_sku.get(values.get("sku") or "")) is not None:
            links.append(ProductExternalId(product=holder, source=source, value=row.external_id))
            known[row.external_id] = holder
        if holder is None:
            holder = new[row.external_id] = _new(row, values, is_demo)
            set_custom(holder, checked)
            links.append(ProductExternalId(product=holder, source=source, value=row.external_id))
            if holder.sku:
                by_sku[holder.sku] = holder
            ledger.answers[index] = RowResult("created", holder.id)
        else:
            is_new = row.external_id in new
            _update(ledger, index, holder, values, policy, by_sku, changed, is_new=is_new, custom=checked)
    _write(new, changed, links)
    audit_changes(actor, ledger, "product")
    _announce(actor, source, ledger)
    return ledger.results()


def _existing(source: str, rows: Sequence[BulkRow]) -> tuple[dict[str, Product], dict[str, Product]]:
    wanted = {row.external_id for row in rows}
    links = ProductExternalId.objects.filter(source=source, value__in=wanted).values_list(
        "value", "product_id"
    )
    ids = dict(links)
    products = {
        one.id: one
        for one in Product.objects.select_for_update().filter(id__in=set(ids.values())).order_by("id")
    }
    skus = {str(row.values.get("sku") or "").strip() for row in rows} - {""}
    by_sku = {one.sku: products.get(one.id, one) for one in Product.objects.filter(sku__in=skus)}
    return {value: products[pk] for value, pk in ids.items()}, by_sku


def _holders(
    rows: Sequence[BulkRow], known: dict[str, Product], by_sku: dict[str, Product]
) -> dict[str, Product]:
    found = {row.external_id: by_sku.get(str(row.values.get("sku") or "").strip()) for row in rows}
    return {key: one for key, one in found.items() if one is not None} | known


def _clean(
    ledger: Ledger, index: int, row: BulkRow, categories: dict[str, Category], custom: CustomRow
) -> dict[str, Any] | None:
    cleaner = Cleaner(problems=list(custom.problems))
    clean_id(cleaner, row)
    unknown = set(row.values) - _KNOWN
    if unknown:
        raise TypeError(f"no such fields: {', '.join(sorted(unknown))}")
    data = ProductData(**{"name": f"#{row.external_id[:8]}", **row.values})
    clean = plain_values(cleaner, data)
    values = {name: clean[name] for name in FIELDS if name in row.values and name in clean}
    if "category" in row.values:
        found = categories.get(str(row.values["category"] or ""))
        values["category_id"] = found.id if found else None
    if cleaner.problems:
        ledger.reject(index, cleaner.problems)
        return None
    return values


def _new(row: BulkRow, values: dict[str, Any], is_demo: bool) -> Product:
    product = Product(is_demo=is_demo, **values)
    if not product.name:
        product.name = str(_("Product %(code)s") % {"code": row.external_id[:8]})
    product.sort_name = sort_key(product.name)
    return product


def _update(
    ledger: Ledger, index: int, product: Product, values: dict[str, Any], policy: Policy, by_sku: dict[str, Product],
    changed: dict[Any, Product], *, is_new: bool, custom: CustomRow,
) -> None:  # fmt: skip
    rival = by_sku.get(values.get("sku") or "")
    if rival is not None and rival.id != product.id:
        ledger.reject(index, [FieldProblem("sku", "taken", _("Another product has this SKU."))])
        return
    if policy == "skip" and not is_new:
        ledger.answers[index] = RowResult("skipped", product.id)
        return
    differs = apply_values(product, values, policy)
    differs |= set_custom(product, custom)
    if differs and not is_new:
        product.sort_name = sort_key(product.name)
        changed[product.id] = product
        ledger.note(product.id, differs)
    ledger.answers[index] = RowResult("updated" if differs else "unchanged", product.id)


def _write(new: dict[str, Product], changed: dict[Any, Product], links: list[ProductExternalId]) -> None:
    Product.objects.bulk_create(new.values(), batch_size=BATCH)
    step_versions(changed.values())
    Product.objects.bulk_update(changed.values(), [*FIELDS, "sort_name", "custom", *NEXT], batch_size=BATCH)
    ProductExternalId.objects.bulk_create(links, batch_size=BATCH)
    index_products([*(one.id for one in new.values()), *changed])


def _announce(actor: Actor, source: str, ledger: Ledger) -> None:
    ids = list(dict.fromkeys(ledger.changed()))
    if ids:
        summary = {"source": source, "count": len(ids)}
        record_bulk(actor=actor, act="product.imported", object_type="product", ids=ids, summary=summary)
        publish(ProductsImported(source=source, product_ids=[str(one) for one in ids]), actor=actor)
