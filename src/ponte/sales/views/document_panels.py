"""The panels of quotes and contracts: the newest of a customer or an opportunity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may
from ponte.directory.policies import get_party
from ponte.sales.policies import visible_opportunities

MOST = 6


@dataclass(frozen=True, kw_only=True)
class DocumentPanel:
    """What a panel shows of one kind of document.

    Attributes:
        object: its rights object. template: gets ``rows`` (document, words and tone of its status), ``has_more`` and the queries.
        visible: the documents a member may see. status: what people see of one; labels, tones: how.
    """

    object: str
    template: str
    visible: Callable[[Member], QuerySet[Any]]
    status: Callable[[Any], str]
    labels: Iterable[tuple[str, Any]]
    tones: Mapping[Any, str]

    def of_customer(self, request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
        """Answer the panel of a customer; raise ``Missing`` for one the member doesn't see."""
        party = get_party(request.member, party_id)
        rows = self.visible(request.member).filter(party_id=party.id)
        return self._answer(request, rows, f"?customer={party.id}", f"?party={party.id}")

    def of_opportunity(self, request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
        """Answer the panel of an opportunity; raise ``Missing`` for one the member doesn't see."""
        deal = visible_opportunities(request.member).filter(id=opportunity_id).first()
        if deal is None:
            raise Missing
        rows = self.visible(request.member).filter(opportunity_id=deal.id)
        return self._answer(request, rows, f"?customer={deal.party_id}", f"?opportunity={deal.id}")

    def _answer(self, request: WorkspaceRequest, rows: QuerySet[Any], more: str, new: str) -> HttpResponse:
        found, labels = list(rows.order_by("-created_at", "-id")[: MOST + 1]), dict(self.labels)
        states = [(row, self.status(row)) for row in found[:MOST]]
        context = {
            "rows": [(row, labels[state], self.tones[state]) for row, state in states],
            "has_more": len(found) > MOST,
            "more_query": more,
            "new_query": new,
            "may_create": may(request.member, self.object, "create"),
        }
        return render(request, self.template, context)
