"""The words products are found by."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from ponte.commerce.models import Product
from ponte.core.text import search_document


def index_products(product_ids: Collection[UUID]) -> None:
    """Write the search column of these products, in one statement."""
    if not product_ids:
        return
    rows = Product.objects.filter(id__in=product_ids).values_list("id", "name", "sku", "category__name")
    documents = [
        (pk, search_document(names=[name, sku], extra=[category or ""])) for pk, name, sku, category in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_product p SET search = d.text::tsvector"
            " FROM unnest(%s::uuid[], %s::text[]) AS d(id, text) WHERE p.id = d.id",
            [[pk for pk, _ in documents], [text for _, text in documents]],
        )
