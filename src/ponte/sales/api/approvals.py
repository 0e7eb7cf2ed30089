"""The API of discount limits and approval."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
    ApprovalOut,
    ApprovalView,
    ApproveIn,
    DiscountLimitIn,
    DiscountLimitOut,
    QuoteApprovalAskIn,
    RefuseIn,
)
from ponte.sales.approval_policies import own_approvals, visible_approvals, waiting_for
from ponte.sales.contract_policies import get_visible_contract
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, ApprovalState, DiscountLimit
from ponte.sales.policies import check_sales_settings
from ponte.sales.quote_policies import get_visible_quote
from ponte.sales.selectors.approvals import limits_by_role, with_steps
from ponte.sales.services.approvals import answer_approval, cancel_approval
from ponte.sales.services.discount_approval import ask_approval
from ponte.sales.services.discount_limits import set_discount_limit

router = Router(tags=["approvals"])
READ, WRITE = scope("quotes:read"), scope("quotes:write")
MOST = 100
VIEWS = {"for_me": waiting_for, "mine": own_approvals, "all": visible_approvals}


class ApprovalFilters(Schema):
    """Which requests: those that wait for the token's member, those they asked or that are about what is theirs, or all they may see."""

    view: ApprovalView = "for_me"
    kind: ApprovalKind | None = None
    state: ApprovalState | None = None


@router.get("/approvals", auth=READ, response=Page[ApprovalOut])
def list_approvals(
    request: ApiRequest, filters: Query[ApprovalFilters], paging: Query[Paging]
) -> HttpResponse:
    """Requests for approval, of quotes over the limit and of contracts, newest first."""
    rows = VIEWS[filters.view](request.member)
    if filters.kind is not None:
        rows = rows.filter(**{f"{filters.kind}__isnull": False})
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    found, cursor = slice_of(with_steps(rows), order=("-id",), limit=paging.limit, cursor=paging.cursor)
    _note_view(request, found)
    shown = shown_fields(request, ApprovalOut, paging.fields)
    return json_response(
        {"items": [plain(request, one, ApprovalOut, shown) for one in found], "next_cursor": cursor}
    )


@router.get("/approvals/{approval_id}", auth=READ, response=ApprovalOut)
def get_approval(request: ApiRequest, approval_id: UUID) -> HttpResponse:
    """One request, with its steps."""
    return _reply(request, approval_id)


@router.post("/approvals/{approval_id}/approve", auth=WRITE, response=ApprovalOut)
def approve_request(request: ApiRequest, approval_id: UUID, data: ApproveIn) -> HttpResponse:
    """Say yes to the step that waits; after the last one the document may be sent."""
    return _answer(request, approval_id, data, approved=True)


@router.post("/approvals/{approval_id}/refuse", auth=WRITE, response=ApprovalOut)
def refuse_request(request: ApiRequest, approval_id: UUID, data: RefuseIn) -> HttpResponse:
    """Say no, with a note; the request ends."""
    return _answer(request, approval_id, data, approved=False)


@router.post(
    "/quote-approvals/{approval_id}/approve", auth=WRITE, response=ApprovalOut, include_in_schema=False
)
def approve_quote(request: ApiRequest, approval_id: UUID, data: ApproveIn) -> HttpResponse:
    """Say yes, by the name it had when only quotes were approved."""
    return _answer(request, approval_id, data, approved=True)


@router.post(
    "/quote-approvals/{approval_id}/refuse", auth=WRITE, response=ApprovalOut, include_in_schema=False
)
def refuse_quote(request: ApiRequest, approval_id: UUID, data: RefuseIn) -> HttpResponse:
    """Say no, by the name it had when only quotes were approved."""
    return _answer(request, approval_id, data, approved=False)


@router.get("/quote-approvals", auth=READ, response=Page[ApprovalOut], include_in_schema=False)
def list_quote_requests(
    request: ApiRequest, filters: Query[ApprovalFilters], paging: Query[Paging]
) -> HttpResponse:
    """The requests about quotes, as they were called when only quotes were approved."""
    filters.kind = ApprovalKind.QUOTE
    return list_approvals(request, filters, paging)


@router.get("/quotes/{quote_id}/approvals", auth=READ, response=list[ApprovalOut])
def list_quote_approvals(request: ApiRequest, quote_id: UUID) -> HttpResponse:
    """The requests about one quote, newest first; at most 100."""
    return _listed(request, quote=get_visible_quote(request.member, quote_id))


@router.post("/quotes/{quote_id}/approvals", auth=WRITE, response={201: ApprovalOut})
def ask_for_approval(request: ApiRequest, quote_id: UUID, data: QuoteApprovalAskIn) -> HttpResponse:
    """Ask to send a quote whose discounts or margin pass the limit of the token's member."""
    get_visible_quote(request.member, quote_id)
    made = ask_approval(actor=request.actor, quote_id=quote_id, reason=data.reason)
    return _reply(request, made.id, status=201)


@router.delete("/quotes/{quote_id}/approvals", auth=WRITE, response={204: None})
def take_approval_back(request: ApiRequest, quote_id: UUID) -> Any:
    """Take back the request that waits."""
    get_visible_quote(request.member, quote_id)
    cancel_approval(actor=request.actor, kind=ApprovalKind.QUOTE, document_id=quote_id)
    return Status(204, None)


@router.get("/contracts/{contract_id}/approvals", auth=READ, response=list[ApprovalOut])
def list_contract_approvals(request: ApiRequest, contract_id: UUID) -> HttpResponse:
    """The requests about one contract, newest first; at most 100. Ask for one with `POST /contracts/{contract_id}/submit`."""
    return _listed(request, contract=get_visible_contract(request.member, contract_id))


@router.delete("/contracts/{contract_id}/approvals", auth=WRITE, response={204: None})
def take_contract_approval_back(request: ApiRequest, contract_id: UUID) -> Any:
    """Take back the request that waits; the contract is a draft again."""
    get_visible_contract(request.member, contract_id)
    cancel_approval(actor=request.actor, kind=ApprovalKind.CONTRACT, document_id=contract_id)
    return Status(204, None)


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


def _answer(
    request: ApiRequest, approval_id: UUID, data: ApproveIn | RefuseIn, *, approved: bool
) -> HttpResponse:
    answer_approval(
        actor=request.actor, approval_id=approval_id, approved=approved, note=data.note, fingerprint_seen=data.fingerprint
    )  # fmt: skip
    return _reply(request, approval_id)


def _listed(request: ApiRequest, **about: Any) -> HttpResponse:
    found = list(with_steps(ApprovalRequest.objects.filter(**about)).order_by("-id")[:MOST])
    _note_view(request, found)
    return json_response([_plain(request, one) for one in found])


def _reply(request: ApiRequest, approval_id: UUID, *, status: int = 200) -> HttpResponse:
    found = with_steps(visible_approvals(request.member)).filter(id=approval_id).first()
    if found is None:
        raise Missing
    _note_view(request, [found])
    return json_response(_plain(request, found), status=status)


def _plain(request: ApiRequest, approval: ApprovalRequest) -> dict[str, Any]:
    return plain(request, approval, ApprovalOut, shown_fields(request, ApprovalOut, None))


def _note_view(request: ApiRequest, found: list[ApprovalRequest]) -> None:
    for kind in ApprovalKind:
        if ids := [one.document_id for one in found if one.kind == kind]:
            record_view(actor=request.actor, object_type=str(kind), ids=ids, where="API approvals")
