"""The words products are found by: A name, SKU and category, C texts of custom fields, which a role may hide."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from ponte.commerce.models import Product
from ponte.core.text import search_lexemes, weighted_document
from ponte.workplace.custom_fields.searching import searched_texts


def index_products(product_ids: Collection[UUID]) -> None:
    """Write the search column of these products, in one statement."""
    if not product_ids:
        return
    columns = ("id", "name", "sku", "category__name", "custom")
    rows = Product.objects.filter(id__in=product_ids).values_list(*columns)
    documents = [
        (pk, product_document(name, sku, category or "", searched_texts("product", custom)))
        for pk, name, sku, category, custom in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_product p SET search = d.text::tsvector"
            " FROM unnest(%s::uuid[], %s::text[]) AS d(id, text) WHERE p.id = d.id",
            [[pk for pk, _ in documents], [text for _, text in documents]],
        )


def product_document(name: str, sku: str, category: str, custom: Collection[str]) -> str:
    """Return the text of the ``tsvector`` of one product. Rows written before weights came have D alone."""
    own = weighted_document(search_lexemes(names=[name, sku], extra=[category]), ":1A")
    return f"{own} {weighted_document(search_lexemes(names=custom), ':2C')}".strip()
