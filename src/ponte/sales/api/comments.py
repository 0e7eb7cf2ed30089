"""The API of what is said on the public pages of quotes and contracts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In
from ponte.sales.contract_policies import get_visible_contract
from ponte.sales.quote_policies import get_visible_quote
from ponte.sales.services.document_comments import MOST_COMMENTS, comment_contract, comment_quote

router = Router()
READ, WRITE = scope("quotes:read"), scope("quotes:write")


class DocumentCommentIn(In):
    """Words for whoever opens the public page."""

    body: Annotated[str, Field(min_length=1, max_length=4000)]


class QuoteCommentOut(Schema):
    """A comment on the quote's page."""

    id: UUID
    author: str
    is_customer: bool
    body: str
    created_at: datetime


class ContractCommentOut(Schema):
    """A comment on the signers' pages; ``signer_id`` null: a colleague's."""

    id: UUID
    author: str
    signer_id: UUID | None
    body: str
    created_at: datetime


@router.get("/quotes/{quote_id}/comments", auth=READ, response=list[QuoteCommentOut], tags=["quotes"])
def list_quote_comments(request: ApiRequest, quote_id: UUID) -> Any:
    """What was written on the quote's page, oldest first; at most 200."""
    quote = get_visible_quote(request.member, quote_id)
    return list(quote.comments.order_by("id")[:MOST_COMMENTS])


@router.post("/quotes/{quote_id}/comments", auth=WRITE, response={201: QuoteCommentOut}, tags=["quotes"])
def comment_a_quote(request: ApiRequest, quote_id: UUID, data: DocumentCommentIn) -> Any:
    """Write to the customer on the quote's page."""
    quote = get_visible_quote(request.member, quote_id)
    return Status(201, comment_quote(actor=request.actor, quote_id=quote.id, body=data.body))


@router.get(
    "/contracts/{contract_id}/comments", auth=READ, response=list[ContractCommentOut], tags=["contracts"]
)
def list_contract_comments(request: ApiRequest, contract_id: UUID) -> Any:
    """What was written on the signers' pages, oldest first; at most 200."""
    contract = get_visible_contract(request.member, contract_id)
    return list(contract.comments.order_by("id")[:MOST_COMMENTS])


@router.post(
    "/contracts/{contract_id}/comments", auth=WRITE, response={201: ContractCommentOut}, tags=["contracts"]
)
def comment_a_contract(request: ApiRequest, contract_id: UUID, data: DocumentCommentIn) -> Any:
    """Write to all signers on their pages, once the contract was sent."""
    contract = get_visible_contract(request.member, contract_id)
    return Status(201, comment_contract(actor=request.actor, contract_id=contract.id, body=data.body))
