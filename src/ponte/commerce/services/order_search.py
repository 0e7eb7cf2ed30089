"""The words orders are found by besides their numbers: texts of custom fields, which a role may hide."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from ponte.commerce.models import Order, OrderWords
from ponte.core.text import search_document
from ponte.workplace.custom_fields.searching import searched_texts

_WRITE = """
INSERT INTO commerce_orderwords (order_id, lexemes)
SELECT made.id, made.document::tsvector FROM unnest(%s::uuid[], %s::text[]) AS made(id, document) ORDER BY made.id
ON CONFLICT (order_id) DO UPDATE SET lexemes = excluded.lexemes
"""


def index_orders(order_ids: Collection[UUID]) -> None:
    """Write the words of these orders, in two statements at most."""
    if not order_ids:
        return
    rows = Order.objects.filter(id__in=order_ids).values_list("id", "custom")
    texts = {order_id: searched_texts("order", custom) for order_id, custom in rows}
    documents = {order_id: search_document(names=told) for order_id, told in texts.items() if told}
    OrderWords.objects.filter(order__in=[one for one in order_ids if not documents.get(one)]).delete()
    documents = {order_id: document for order_id, document in documents.items() if document}
    if documents:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(documents), list(documents.values())])
