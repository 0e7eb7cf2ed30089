"""What tells number and page of contracts, for who may see them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse_lazy

from ponte.core.models import Member
from ponte.sales.contract_policies import visible_contracts
from ponte.sales.models.contract import Contract
from ponte.workplace.custom_fields.objects import Named


def contract_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return number and page of contracts, those the member may see."""
    rows = visible_contracts(member) if member else Contract.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "number")
    return {key: Named(number, reverse_lazy("sales:contract", args=[key])) for key, number in found}
