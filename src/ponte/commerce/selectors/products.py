"""Reads of products."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import PROTECT, Count, QuerySet

from ponte.commerce.models import Category, OrderLine, Product
from ponte.core.models import Member
from ponte.core.rights import field_access
from ponte.core.text import search_query
from ponte.workplace.custom_fields.searching import may_search_all, within_weights
from ponte.workplace.search.candidates import matching


def matching_products(products: QuerySet[Product], text: str, member: Member) -> QuerySet[Product]:
    """Return the products found by words of name, SKU, category or custom fields the member may read.

    None for a text nothing can be found by.
    """
    query = search_query(text)
    if query is None:
        return products.none()
    return matching(products, readable_products(query, member))


def readable_products(tsquery: str, member: Member) -> str:
    """Return a text query that doesn't look into custom fields where one of them is hidden from the member."""
    open_to = may_search_all(field_access(member, "product"), "product")
    return within_weights(tsquery, "ABCD" if open_to else "ABD")


def in_category(products: QuerySet[Product], category: Category) -> QuerySet[Product]:
    """Return the products of a category and those below it."""
    return products.filter(category__path__startswith=category.path)


def used_products(ids: Collection[UUID]) -> set[UUID]:
    """Return those of the products that something refers to which would be nothing without them: they may not be deleted.

    Asks whatever any module protects a product by: lines of orders, quotes and opportunities, parts of bundles.
    """
    found: set[UUID] = set()
    for relation in Product._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
            found |= set(rows.order_by().values_list(relation.field.attname, flat=True).distinct())
    return found


def list_categories() -> list[Category]:
    """Return the whole tree, parents before their children, each with its ``depth``; some hundreds of rows."""
    rows = list(Category.objects.order_by("sort_name"))
    children: dict[object, list[Category]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[Category] = []

    def walk(parent_id: object, depth: int) -> None:
        for row in children.get(parent_id, ()):
            row.depth = depth  # type: ignore[attr-defined]
            ordered.append(row)
            walk(row.id, depth + 1)

    walk(None, 0)
    return ordered


def best_sellers_with(product: Product, limit: int = 5) -> list[tuple[Product, int]]:
    """Return what was bought together with a product most often, and in how many of its last 1,000 orders."""
    orders = (
        OrderLine.objects.filter(product=product, order__deleted_at=None)
        .order_by("-id")
        .values("order_id")[:1000]
    )
    rows = (
        OrderLine.objects.filter(order_id__in=orders, product__isnull=False)
        .exclude(product=product)
        .order_by()
        .values("product_id")
        .annotate(n=Count("order_id", distinct=True))
        .order_by("-n", "product_id")[:limit]
    )
    counts = {row["product_id"]: row["n"] for row in rows}
    found = Product.objects.in_bulk(list(counts))
    return [(found[pk], number) for pk, number in counts.items()]
