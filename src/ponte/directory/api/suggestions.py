"""The API of suggested values: those of standardisation and those of public registers, and the look-ups themselves."""

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
from ponte.apikit.schemas import Out, Page, Paging
from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.rights import require
from ponte.core.services.audit import record_view
from ponte.directory.adapters.registers import SHAPES
from ponte.directory.adapters.registers.transport import LookupFailed
from ponte.directory.models import Suggestion
from ponte.directory.policies import get_party
from ponte.directory.register_words import failure_words
from ponte.directory.selectors.registers import active_for
from ponte.directory.selectors.suggestions import decidable
from ponte.directory.services.enriching import REGISTERS, accept_found, ask, codes_of, suggest_found
from ponte.directory.services.found_bulk import start_filling
from ponte.directory.services.suggestions import accept_suggestions, dismiss_suggestions

router = Router(tags=["Data quality"])
READ, WRITE = scope("customers:read"), scope("customers:write")


class SuggestionOut(Out):
    """A better value for a field of a customer. ``source`` names the public register, empty for rules of standardisation."""

    id: UUID
    customer_id: UUID
    kind: str
    rule: str
    field: str
    before: str
    after: str
    source: str


class SuggestionFilters(Schema):
    """Whose and by which rule ("name_case", "email", "phone", "address", "cep", "state", "cnpj")."""

    customer_id: UUID | None = None
    kind: Literal["person", "company"] | None = None
    rule: str | None = None


class LookupOut(Schema):
    """What came of asking a register: whether it knows the number, the company's status, how many suggestions there are."""

    known: bool
    status: str
    suggestions: int
    source: str


@router.get("/data-quality/suggestions", auth=READ, response=Page[SuggestionOut])
def list_suggestions(
    request: ApiRequest, filters: Query[SuggestionFilters], paging: Query[Paging]
) -> HttpResponse:
    """Open suggestions you may decide on, the oldest first. To accept many by rule: ``POST /lists/{key}/actions/standardise``."""
    require(request.member, "customer", "edit")
    given = {"party_id": filters.customer_id, "kind": filters.kind, "rule": filters.rule}
    rows = decidable(request.member).filter(
        **{name: value for name, value in given.items() if value is not None}
    )
    found, cursor = slice_of(rows, order=("id",), limit=paging.limit, cursor=paging.cursor)
    record_view(
        actor=request.actor,
        object_type="customer",
        ids=sorted({row.party_id for row in found}),
        where="API: data quality",
    )
    return json_response({"items": [_suggestion(row) for row in found], "next_cursor": cursor})


def _suggestion(row: Suggestion) -> dict[str, object]:
    names = ("kind", "rule", "field", "before", "after", "source")
    return {
        "id": str(row.id),
        "customer_id": str(row.party_id),
        **{name: getattr(row, name) for name in names},
    }


@router.post("/data-quality/suggestions/{suggestion_id}/accept", auth=WRITE, response={204: None})
def accept_suggestion(request: ApiRequest, suggestion_id: UUID) -> Status[None]:
    """Write the suggested value; 409 when the field was changed since it was suggested."""
    row = _mine(request, suggestion_id)
    if row.rule in REGISTERS and row.source:
        done: object = accept_found(actor=request.actor, suggestion_ids=[row.id])
    else:
        done = accept_suggestions(actor=request.actor, suggestion_ids=[row.id]).party_ids
    if not done:
        raise Conflict(current_version=row.party.version, given_version=row.party.version - 1)
    return Status(204, None)


@router.post("/data-quality/suggestions/{suggestion_id}/dismiss", auth=WRITE, response={204: None})
def dismiss_suggestion(request: ApiRequest, suggestion_id: UUID) -> Status[None]:
    """Say that what is stored is right: it isn't suggested again until it changes."""
    dismiss_suggestions(actor=request.actor, suggestion_ids=[_mine(request, suggestion_id).id])
    return Status(204, None)


class FillingOut(Schema):
    """What was started: how many customers have a suggestion for an empty field."""

    run_id: UUID
    customers: int


@router.post("/data-quality/suggestions/fill-empty", auth=WRITE, response={202: FillingOut})
def fill_empty(request: ApiRequest) -> HttpResponse:
    """Accept in the background whatever registers say of empty fields; nothing that is stored is replaced."""
    require(request.member, "customer", "edit")
    run = start_filling(actor=request.actor)
    out = FillingOut(run_id=run.id, customers=run.total or 0)
    return json_response(out.model_dump(mode="json"), status=202)


def _mine(request: ApiRequest, suggestion_id: UUID) -> Suggestion:
    row = decidable(request.member).filter(id=suggestion_id).select_related("party").first()
    if row is None:
        raise Missing("suggestion")
    return row


@router.post("/data-quality/customers/{party_id}/look-up/{what}", auth=WRITE, response=LookupOut)
def look_customer_up(request: ApiRequest, party_id: UUID, what: Literal["cnpj", "cep"]) -> HttpResponse:
    """Ask the public register configured for this; what it says and the record doesn't become suggestions."""
    party = get_party(request.member, party_id, "edit")
    source, codes = active_for(request.member).get(what), codes_of(party, what)
    if source is None:
        raise Missing("register")
    if not codes:
        raise Invalid.on(what, "required", failure_words("no_code"))
    try:
        answers = ask(source, codes)
    except LookupFailed as failure:
        raise Invalid.on("", f"register_{failure.code}", failure_words(failure.code)) from failure
    answer = suggest_found(actor=request.actor, party_id=party.id, source=source, answers=answers)
    label = SHAPES[source.shape].label
    out = LookupOut(known=answer.known, status=answer.status, suggestions=answer.count, source=label)
    return json_response(out.model_dump(mode="json"))
