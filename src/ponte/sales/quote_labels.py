"""What tells number and page of quotes, for who may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse_lazy

from ponte.core.models import Member
from ponte.sales.models.quote import Quote
from ponte.sales.quote_policies import visible_quotes
from ponte.workplace.custom_fields.objects import Named


def quote_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return number and page of quotes, those the member may see."""
    rows = visible_quotes(member) if member else Quote.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "number")
    return {key: Named(number, reverse_lazy("sales:quote", args=[key])) for key, number in found}
