"""The API of discount limits and approval."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import slice_of
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging
from ponte.core.errors import Missing
from ponte.core.models import Role
from ponte.core.services.audit import record_view
from ponte.sales.api.approvals_schemas import (
    ApprovalView,
    DiscountLimitIn,
    DiscountLimitOut,
    QuoteApprovalAskIn,
    QuoteApprovalOut,
    QuoteApproveIn,
    QuoteRefuseIn,
)
from ponte.sales.approval_policies import visible_approvals, waiting_for
from ponte.sales.models.approval import ApprovalState, DiscountLimit, QuoteApproval
from ponte.sales.policies import check_sales_settings
from ponte.sales.quote_policies import get_visible_quote
from ponte.sales.selectors.approvals import limits_by_role, with_steps
from ponte.sales.services.approvals import answer_approval, ask_approval, cancel_approval
from ponte.sales.services.discount_limits import set_discount_limit

router = Router(tags=["quotes"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
MOST = 100


class ApprovalFilters(Schema):
    """Which requests: those that wait for the token's member, those they asked or sell, or all they may see."""

    view: ApprovalView = "for_me"
    state: ApprovalState | None = None


@router.get("/quote-approvals", auth=READ, response=Page[QuoteApprovalOut])
def list_approvals(
    request: ApiRequest, filters: Query[ApprovalFilters], paging: Query[Paging]
) -> HttpResponse:
    """Requests to send quotes over the limit, newest first."""
    member = request.member
    rows = waiting_for(member) if filters.view == "for_me" else visible_approvals(member)
    if filters.view == "mine":
        rows = rows.filter(Q(asked_by=member) | Q(quote__owner=member))
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    found, cursor = slice_of(with_steps(rows), order=("-id",), limit=paging.limit, cursor=paging.cursor)
    _note_view(request, found)
    shown = shown_fields(request, QuoteApprovalOut, paging.fields)
    return json_response(
        {"items": [plain(request, one, QuoteApprovalOut, shown) for one in found], "next_cursor": cursor}
    )


@router.get("/quotes/{quote_id}/approvals", auth=READ, response=list[QuoteApprovalOut])
def list_quote_approvals(request: ApiRequest, quote_id: UUID) -> HttpResponse:
    """The requests about one quote, newest first; at most 100."""
    quote = get_visible_quote(request.member, quote_id)
    found = list(with_steps(QuoteApproval.objects.filter(quote=quote)).order_by("-id")[:MOST])
    _note_view(request, found)
    return json_response([_plain(request, one) for one in found])


@router.post("/quotes/{quote_id}/approvals", auth=WRITE, response={201: QuoteApprovalOut})
def ask_for_approval(request: ApiRequest, quote_id: UUID, data: QuoteApprovalAskIn) -> HttpResponse:
    """Ask to send a quote whose discounts or margin pass the limit of the token's member."""
    get_visible_quote(request.member, quote_id)
    made = ask_approval(actor=request.actor, quote_id=quote_id, reason=data.reason)
    return _reply(request, made.id, status=201)


@router.delete("/quotes/{quote_id}/approvals", auth=WRITE, response={204: None})
def take_approval_back(request: ApiRequest, quote_id: UUID) -> Any:
    """Take back the request that waits."""
    get_visible_quote(request.member, quote_id)
    cancel_approval(actor=request.actor, quote_id=quote_id)
    return Status(204, None)


@router.post("/quote-approvals/{approval_id}/approve", auth=WRITE, response=QuoteApprovalOut)
def approve_quote(request: ApiRequest, approval_id: UUID, data: QuoteApproveIn) -> HttpResponse:
    """Say yes to the step that waits; after the last one the quote may be sent."""
    answer_approval(
        actor=request.actor, approval_id=approval_id, approved=True, note=data.note, fingerprint_seen=data.fingerprint
    )  # fmt: skip
    return _reply(request, approval_id)


@router.post("/quote-approvals/{approval_id}/refuse", auth=WRITE, response=QuoteApprovalOut)
def refuse_quote(request: ApiRequest, approval_id: UUID, data: QuoteRefuseIn) -> HttpResponse:
    """Say no, with a note; the request ends."""
    answer_approval(
        actor=request.actor, approval_id=approval_id, approved=False, note=data.note, fingerprint_seen=data.fingerprint
    )  # fmt: skip
    return _reply(request, approval_id)


@router.get("/discount-limits", auth=READ, response=list[DiscountLimitOut])
def list_discount_limits(request: ApiRequest) -> Any:
    """What each role may give; only the member's own role for those who don't run sales."""
    rows = [_limit(role, limit) for role, limit in limits_by_role()]
    if "sales" not in request.member.role.rights.get("areas", ()) and not request.member.role.rights.get(
        "all"
    ):
        rows = [one for one in rows if one["role_id"] == request.member.role_id]
    return rows


@router.put("/discount-limits/{role_id}", auth=WRITE, response=DiscountLimitOut)
def put_discount_limit(request: ApiRequest, role_id: UUID, data: DiscountLimitIn) -> Any:
    """Say what a role may give without asking."""
    check_sales_settings(request.actor)
    set_discount_limit(actor=request.actor, role_id=role_id, **data.dict())
    return _limit(Role.objects.get(id=role_id), DiscountLimit.objects.filter(role=role_id).first())


def _limit(role: Role, limit: DiscountLimit | None) -> dict[str, Any]:
    found = {name: getattr(limit, name, None) for name in ("line", "total", "margin")}
    return {"role_id": role.id, "role": role.name, **found}


def _reply(request: ApiRequest, approval_id: UUID, *, status: int = 200) -> HttpResponse:
    found = with_steps(visible_approvals(request.member)).filter(id=approval_id).first()
    if found is None:
        raise Missing
    _note_view(request, [found])
    return json_response(_plain(request, found), status=status)


def _plain(request: ApiRequest, approval: QuoteApproval) -> dict[str, Any]:
    return plain(request, approval, QuoteApprovalOut, shown_fields(request, QuoteApprovalOut, None))


def _note_view(request: ApiRequest, found: list[QuoteApproval]) -> None:
    ids = [one.quote_id for one in found]
    record_view(actor=request.actor, object_type="quote", ids=ids, where="API approvals")
