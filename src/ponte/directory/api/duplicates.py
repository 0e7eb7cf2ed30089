"""The API of possible duplicates."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Out, Page, Paging
from ponte.core.errors import Missing
from ponte.core.rights import FieldAccess, require
from ponte.core.services.audit import record_view
from ponte.directory.api.inputs import CompanyIn, PersonIn, as_data
from ponte.directory.data import CompanyData, PartyData, PersonData
from ponte.directory.models import DuplicatePair
from ponte.directory.policies import customer_fields
from ponte.directory.selectors.duplicates import list_pairs, reason_words
from ponte.directory.services.duplicate_decisions import decide_pairs
from ponte.directory.services.entry_check import check_entry

router = Router(tags=["Duplicates"])
READ, WRITE = scope("customers:read"), scope("customers:write")


class DuplicateOut(Out):
    """Two customers that may be one. ``score`` is the probability (0 to 1), ``reasons`` say why in words."""

    id: UUID
    kind: str
    first_id: UUID
    second_id: UUID
    score: float
    reasons: list[str]
    state: str


class DuplicateFilters(Schema):
    """Which pairs: to review, put off, or told apart."""

    state: Literal["open", "later", "different"] = "open"


class DecisionIn(In):
    """What somebody decided: "different" is never suggested again, "later" waits 14 days, "open" takes it back."""

    state: Literal["open", "later", "different"]


class MatchOut(Schema):
    """A customer the new one may be."""

    id: UUID
    kind: str
    label: str
    score: float
    reasons: list[str]


class CheckOut(Schema):
    """Who may be the same customer. ``ask`` names the owners of customers one may not see that hold the same mark."""

    matches: list[MatchOut]
    ask: list[str]


@router.get("/duplicates", auth=READ, response=Page[DuplicateOut])
def list_duplicates(
    request: ApiRequest, filters: Query[DuplicateFilters], paging: Query[Paging]
) -> HttpResponse:
    """List pairs of customers you may both edit that may be one, the surest first."""
    require(request.member, "customer", "edit")
    rows = list_pairs(request.member, filters.state)
    pairs, cursor = slice_of(rows, order=("-score", "-id"), limit=paging.limit, cursor=paging.cursor)
    seen = {one for pair in pairs for one in (pair.first_id, pair.second_id)}
    record_view(actor=request.actor, object_type="customer", ids=sorted(seen), where="API: duplicates")
    access = customer_fields(request.member)
    return json_response({"items": [_shown(pair, access) for pair in pairs], "next_cursor": cursor})


@router.post("/duplicates/{pair_id}/decide", auth=WRITE, response={204: None})
def decide_duplicate(request: ApiRequest, pair_id: UUID, data: DecisionIn) -> Status[None]:
    """Say that two customers are not the same, or put the question off. To merge them: ``POST /merges``."""
    require(request.member, "customer", "edit")
    states = ("open", "later", "different")
    if not any(list_pairs(request.member, state).filter(id=pair_id).exists() for state in states):
        raise Missing("duplicate")
    decide_pairs(actor=request.actor, pair_ids=[pair_id], state=data.state)
    return Status(204, None)


@router.post("/people/check", auth=WRITE, response=CheckOut)
def check_person(request: ApiRequest, data: PersonIn) -> HttpResponse:
    """Answer who a person may be already, before adding them; nothing is written."""
    return _check(request, PersonData(**as_data(data.model_dump())), "person")


@router.post("/companies/check", auth=WRITE, response=CheckOut)
def check_company(request: ApiRequest, data: CompanyIn) -> HttpResponse:
    """Answer who a company may be already, before adding it; nothing is written."""
    return _check(request, CompanyData(**as_data(data.model_dump())), "company")


def _check(request: ApiRequest, data: PartyData, kind: str) -> HttpResponse:
    require(request.member, "customer", "create")
    found = check_entry(member=request.member, data=data, kind=kind)
    access = customer_fields(request.member)
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=[p.id for p, _verdict in found.likely],
        where="API: check",
    )
    matches = [
        {
            "id": str(party.id),
            "kind": party.kind,
            "label": party.label,
            "score": round(verdict.score, 4),
            "reasons": _words(verdict.reasons, kind, access),
        }
        for party, verdict in found.likely
    ]
    return json_response({"matches": matches, "ask": [name for name in found.ask if name]})


def _shown(pair: DuplicatePair, access: FieldAccess) -> dict[str, object]:
    return {
        "id": str(pair.id),
        "kind": pair.kind,
        "first_id": str(pair.first_id),
        "second_id": str(pair.second_id),
        "score": pair.score,
        "reasons": _words(pair.reasons, pair.kind, access),
        "state": pair.state,
    }


def _words(reasons: list[str] | tuple[str, ...], kind: str, access: FieldAccess) -> list[str]:
    return [text for text, _is_for in reason_words(reasons, kind, access)]
