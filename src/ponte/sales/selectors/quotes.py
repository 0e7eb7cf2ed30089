"""Reads of quotes."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from ponte.sales.models.document import SealedDocument
from ponte.sales.models.quote import Quote, QuoteLine


def with_details(quotes: QuerySet[Quote]) -> QuerySet[Quote]:
    """Return ``quotes`` with everything a quote's page or answer shows, in a fixed number of queries."""
    lines = QuoteLine.objects.select_related("product").order_by("position", "id")
    documents = SealedDocument.objects.defer("pdf", "content").select_related("answer__member", "member")
    return quotes.select_related("party", "owner", "opportunity", "layout", "order").prefetch_related(
        Prefetch("lines", lines), Prefetch("documents", documents.order_by("-edition"))
    )
