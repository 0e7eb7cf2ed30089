"""The API of quotes."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from ponte.apikit.auth import scope
from ponte.apikit.naming import in_api_words
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.conditions.parameters import CONDITION_HELP, conditioned
from ponte.core.errors import Missing
from ponte.core.rights import field_access
from ponte.core.services.audit import record_view
from ponte.sales.api.quotes_schemas import (
    AcceptanceIn,
    QuoteDetailOut,
    QuoteIn,
    QuoteLayoutOut,
    QuoteOut,
    QuotePatch,
    QuoteSendIn,
    QuoteSentOut,
    RefusalIn,
)
from ponte.sales.document_links import link_url
from ponte.sales.models.quote import QuoteLayout
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_data import QuoteData, QuoteLineData, RecordData
from ponte.sales.quote_policies import get_visible_quote, visible_quotes
from ponte.sales.selectors.quotes import with_details
from ponte.sales.services.document_bin import delete_quote
from ponte.sales.services.quote_recording import record_acceptance, record_refusal
from ponte.sales.services.quote_sending import revise_quote, send_quote, withdraw_quote
from ponte.sales.services.quotes import copy_quote, create_quote, update_quote
from ponte.workplace.custom_fields.querying import (
    CUSTOM_PARAMETERS,
    CustomSort,
    custom_filtered,
    custom_slice,
    is_custom_sort,
)

router = Router(tags=["quotes"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
ORDERS = {
    "-created_at": ("-created_at", "-id"),
    "updated_at": ("updated_at", "id"),
    "-first_year": ("-first_year", "-id"),
    "valid_until": ("valid_until", "id"),
}


class QuoteFilters(Schema):
    """Which quotes, in which order."""

    customer_id: UUID | None = None
    opportunity_id: UUID | None = None
    status: QuoteStatus | None = None
    number: str | None = Field(None, max_length=60)
    updated_since: AwareDatetime | None = None
    condition: str | None = Field(None, max_length=12_000, description=CONDITION_HELP)
    sort: Literal["-created_at", "updated_at", "-first_year", "valid_until"] | CustomSort = "-created_at"


_LOOKUPS = {
    "customer_id": "party_id",
    "opportunity_id": "opportunity_id",
    "status": "status",
    "number": "number",
    "updated_since": "updated_at__gte",
}


@router.get("/quotes", auth=READ, response=Page[QuoteOut], openapi_extra=CUSTOM_PARAMETERS)
def list_quotes(request: ApiRequest, filters: Query[QuoteFilters], paging: Query[Paging]) -> HttpResponse:
    """Quotes, newest first."""
    quotes = visible_quotes(request.member)
    for name, lookup in _LOOKUPS.items():
        if (value := getattr(filters, name)) is not None:
            quotes = quotes.filter(**{lookup: value})
    quotes = custom_filtered(request, quotes, "quote")
    quotes = conditioned(request, quotes, "quote", filters.condition)
    shown = shown_fields(request, QuoteOut, paging.fields)
    if is_custom_sort(filters.sort):
        found, cursor = custom_slice(request, quotes, "quote", filters.sort, paging)
    else:
        order = ORDERS[filters.sort]
        found, cursor = slice_of(quotes, order=order, limit=paging.limit, cursor=paging.cursor)
    record_view(actor=request.actor, object_type="quote", ids=[row.id for row in found], where="API quotes")
    return json_response(
        {"items": [plain(request, row, QuoteOut, shown) for row in found], "next_cursor": cursor}
    )


@router.post("/quotes", auth=WRITE, response={201: QuoteDetailOut})
def create_a_quote(request: ApiRequest, data: QuoteIn) -> HttpResponse:
    """Begin a quote with its lines."""
    fields = data.dict(exclude={"lines", "customer_id"})
    given = QuoteData(
        **fields, party_id=data.customer_id, lines=[QuoteLineData(**one.dict()) for one in data.lines]
    )
    with in_api_words():
        quote = create_quote(actor=request.actor, data=given)
    return _reply(request, quote.id, status=201)


@router.get("/quotes/{quote_id}", auth=READ, response=QuoteDetailOut)
def get_quote(request: ApiRequest, quote_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One quote with lines and sent editions."""
    return _reply(request, quote_id, fields=sparse.fields)


@router.patch("/quotes/{quote_id}", auth=WRITE, response=QuoteDetailOut)
def update_a_quote(request: ApiRequest, quote_id: UUID, data: QuotePatch) -> HttpResponse:
    """Change the fields sent of a quote that wasn't sent yet; ``lines``, when sent, replaces all of them."""
    get_visible_quote(request.member, quote_id)
    changes = data.given()
    lines = changes.pop("lines", None)
    if (customer_id := changes.pop("customer_id", None)) is not None:
        changes["party_id"] = customer_id
    rows = None if lines is None else [QuoteLineData(**one.dict()) for one in lines]
    with in_api_words():
        update_quote(
            actor=request.actor, quote_id=quote_id, changes=changes, lines=rows, version=if_match(request)
        )
    return _reply(request, quote_id)


@router.delete("/quotes/{quote_id}", auth=WRITE, response={204: None})
def delete_a_quote(request: ApiRequest, quote_id: UUID) -> Any:
    """Put a quote that was never sent into the bin."""
    delete_quote(actor=request.actor, quote_id=quote_id, version=if_match(request))
    return Status(204, None)


@router.post("/quotes/{quote_id}/send", auth=WRITE, response=QuoteSentOut)
def send_a_quote(request: ApiRequest, quote_id: UUID, data: QuoteSendIn) -> HttpResponse:
    """Seal the edition being written and open it to the customer by a link."""
    base = request.build_absolute_uri("/")
    sent = send_quote(
        actor=request.actor,
        quote_id=quote_id,
        channel=data.channel,
        message=data.message,
        base=base,
        version=if_match(request),
    )
    document = sent.document
    return json_response(
        {
            "edition": document.edition,
            "sha256": document.sha256,
            "pdf_sha256": document.pdf_sha256,
            "link": link_url(sent.link, base=base),
            "mailed": sent.mailed,
        }
    )


@router.post("/quotes/{quote_id}/revise", auth=WRITE, response=QuoteDetailOut)
def revise_a_quote(request: ApiRequest, quote_id: UUID) -> HttpResponse:
    """Begin the next edition; the one sent before can no longer be accepted."""
    revise_quote(actor=request.actor, quote_id=quote_id, version=if_match(request))
    return _reply(request, quote_id)


@router.post("/quotes/{quote_id}/withdraw", auth=WRITE, response=QuoteDetailOut)
def withdraw_a_quote(request: ApiRequest, quote_id: UUID) -> HttpResponse:
    """Take a quote back; its link stops working."""
    withdraw_quote(actor=request.actor, quote_id=quote_id, version=if_match(request))
    return _reply(request, quote_id)


@router.post("/quotes/{quote_id}/record-acceptance", auth=WRITE, response=QuoteDetailOut)
def record_an_acceptance(request: ApiRequest, quote_id: UUID, data: AcceptanceIn) -> HttpResponse:
    """Put down that the customer accepted by phone, e-mail, on paper …: the opportunity is won, the order placed. Repeating changes nothing."""
    given = data.dict(exclude={"chosen"})
    told = RecordData(**given, chosen=None if data.chosen is None else [str(one) for one in data.chosen])
    record_acceptance(actor=request.actor, quote_id=quote_id, data=told, version=if_match(request))
    return _reply(request, quote_id)


@router.post("/quotes/{quote_id}/record-refusal", auth=WRITE, response=QuoteDetailOut)
def record_a_refusal(request: ApiRequest, quote_id: UUID, data: RefusalIn) -> HttpResponse:
    """Put down that the customer declined by phone, e-mail, on paper … Repeating changes nothing."""
    told = RecordData(**data.dict())
    record_refusal(actor=request.actor, quote_id=quote_id, data=told, version=if_match(request))
    return _reply(request, quote_id)


@router.post("/quotes/{quote_id}/copy", auth=WRITE, response={201: QuoteDetailOut})
def copy_a_quote(request: ApiRequest, quote_id: UUID) -> HttpResponse:
    """Begin a new quote like this one."""
    made = copy_quote(actor=request.actor, quote_id=quote_id)
    return _reply(request, made.id, status=201)


@router.get("/quotes/{quote_id}/editions/{edition}/pdf", auth=READ, response={200: None})
def get_quote_pdf(request: ApiRequest, quote_id: UUID, edition: int) -> HttpResponse:
    """The file of an edition that was sent, as ``application/pdf``."""
    quote = get_visible_quote(request.member, quote_id)
    document = quote.documents.filter(edition=edition).first() if 0 < edition < 2**31 else None
    if document is None:
        raise Missing
    record_view(actor=request.actor, object_type="quote", ids=[quote.id], where="API quote PDF")
    return HttpResponse(bytes(document.pdf), content_type="application/pdf")


@router.get("/quote-layouts", auth=READ, response=list[QuoteLayoutOut])
def list_quote_layouts(request: ApiRequest) -> Any:
    """The layouts quotes may be printed with."""
    return list(QuoteLayout.objects.order_by("name", "id"))


def _reply(
    request: ApiRequest, quote_id: UUID, *, status: int = 200, fields: str | None = None
) -> HttpResponse:
    quote = with_details(visible_quotes(request.member)).filter(id=quote_id).first()
    if quote is None:
        raise Missing
    body = plain(request, quote, QuoteDetailOut, shown_fields(request, QuoteDetailOut, fields))
    if not field_access(request.member, "quote").can_read("margin"):
        for line in body.get("lines", ()):
            line.pop("unit_cost", None)
    response = json_response(body, status=status)
    response["ETag"] = f'"{quote.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/quotes/{quote_id}"
    record_view(actor=request.actor, object_type="quote", ids=[quote.id], where="API quote")
    return response
