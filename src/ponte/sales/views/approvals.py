"""What waits for a yes, quotes over the limit and contracts alike: asking, taking back, answering, on a phone too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import field_access, requires
from ponte.core.services.audit import record_view
from ponte.sales.approval_policies import may_answer, own_approvals, visible_approvals, waiting_for
from ponte.sales.contract_policies import get_visible_contract
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.contract_fields import contract_values
from ponte.sales.documents.contract_text import blocks_of, filled
from ponte.sales.forms.approvals import AnswerForm, AskForm
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, ApprovalState
from ponte.sales.models.quote import QuoteLine
from ponte.sales.quote_policies import get_visible_quote, may_quote
from ponte.sales.quote_totals import effective_discount
from ponte.sales.selectors.approvals import waiting_step, with_steps
from ponte.sales.services.approvals import answer_approval, cancel_approval
from ponte.sales.services.contract_signers import signers_of
from ponte.sales.services.discount_approval import ask_approval
from ponte.sales.views.approval_showing import shown
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_done, answer_form

MOST = 50
BLOCK = 5


@require_http_methods(["GET", "POST"])
@requires("quote", "edit")
def ask(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Ask to send a quote over the limit."""
    quote = get_visible_quote(request.member, quote_id)
    if not may_quote(request.member, "edit", quote):
        raise Denied("quote", "edit")
    form = AskForm(request.POST or None)

    def save(given: dict[str, Any]) -> None:
        ask_approval(actor=request.actor, quote_id=quote.id, reason=given["reason"])

    return answer_form(
        request, form, save, title=_("Ask for approval"), done=_("Asked. You will be told of the answer."),
        back=reverse("sales:quote", args=[quote.id]), submit_label=_("Ask for approval"),
    )  # fmt: skip


@require_POST
@requires("quote", "edit")
def cancel(request: WorkspaceRequest, quote_id: UUID) -> HttpResponse:
    """Take a request about a quote back."""
    return answer_act(
        request,
        lambda: cancel_approval(actor=request.actor, kind=ApprovalKind.QUOTE, document_id=quote_id),
        done=_("Taken back. The quote is a draft again."),
        back=reverse("sales:quote", args=[quote_id]),
    )


@require_POST
@requires("contract", "edit")
def cancel_contract(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Take a request about a contract back."""
    return answer_act(
        request,
        lambda: cancel_approval(actor=request.actor, kind=ApprovalKind.CONTRACT, document_id=contract_id),
        done=_("Taken back. The contract is a draft again."),
        back=reverse("sales:contract", args=[contract_id]),
    )


@require_GET
def pending(request: WorkspaceRequest) -> HttpResponse:
    """Show the requests that wait for the member, their own, or those answered: of what they may see."""
    which = request.GET.get("which", "")
    found = list(with_steps(_which(request, which)).order_by("-id")[: MOST + 1])
    note_views(request.actor, found, "approvals")
    sees_margin = field_access(request.member, "quote").can_read("margin")
    context = {
        "which": which,
        "rows": [shown(one, sees_margin=sees_margin) for one in found[:MOST]],
        "has_more": len(found) > MOST,
        "most": MOST,
    }
    return render(request, "sales/approvals/pending.html", context)


def _which(request: WorkspaceRequest, which: str) -> QuerySet[ApprovalRequest]:
    member = request.member
    if which == "mine":
        return own_approvals(member)
    if which == "closed":
        return visible_approvals(member).exclude(state=ApprovalState.WAITING)
    return waiting_for(member)


@require_GET
def block(request: WorkspaceRequest) -> HttpResponse:
    """Show what waits for the member, on the home page."""
    found = list(with_steps(waiting_for(request.member)).order_by("expires_at", "id")[: BLOCK + 1])
    sees_margin = field_access(request.member, "quote").can_read("margin")
    rows = [shown(one, sees_margin=sees_margin) for one in found[:BLOCK]]
    return render(request, "sales/approvals/_block.html", {"rows": rows, "has_more": len(found) > BLOCK})


@require_http_methods(["GET", "POST"])
def approval(request: WorkspaceRequest, approval_id: UUID) -> HttpResponse:
    """Show one request with what it is about, and take the answer."""
    found = with_steps(visible_approvals(request.member)).filter(id=approval_id).first()
    if found is None:
        raise Missing
    form = AnswerForm(request.POST or None, initial={"figures": found.fingerprint})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        approved = given["answer"] == "approve"
        try:
            answer_approval(
                actor=request.actor, approval_id=found.id, approved=approved, note=given["note"],
                fingerprint_seen=given["figures"],
            )  # fmt: skip
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            done = _("Approved.") if approved else _("Refused.")
            return answer_done(request, done, reverse("sales:approval", args=[found.id]))
    note_views(request.actor, [found], "approval")
    return render(
        request, "sales/approvals/approval.html", _context(request, found, form), status=422 if form.errors else 200
    )  # fmt: skip


@require_GET
def former(request: WorkspaceRequest, approval_id: UUID | None = None) -> HttpResponse:
    """Lead on from where requests stood when they were of quotes alone: notices and bookmarks name it."""
    return redirect("sales:approval", approval_id) if approval_id else redirect("sales:approvals")


def note_views(actor: Actor, found: Sequence[ApprovalRequest], where: str) -> None:
    """Keep whose documents were looked at by way of their requests."""
    for kind in ApprovalKind:
        if ids := [one.document_id for one in found if one.kind == kind]:
            record_view(actor=actor, object_type=str(kind), ids=ids, where=where)


def _context(request: WorkspaceRequest, found: ApprovalRequest, form: AnswerForm) -> dict[str, Any]:
    sees_margin = field_access(request.member, "quote").can_read("margin")
    holds = found.state in (ApprovalState.WAITING, ApprovalState.APPROVED)
    about = _of_quote(found) if found.kind == ApprovalKind.QUOTE else _of_contract(request, found)
    return {
        "one": shown(found, sees_margin=sees_margin),
        "form": form,
        "may_answer": may_answer(request.member, found, waiting_step(found)),
        "shows_content": holds,
        **(about if holds else {}),
    }


def _of_quote(found: ApprovalRequest) -> dict[str, Any]:
    lines = QuoteLine.objects.filter(quote=found.document_id).order_by("position", "id")
    return {"lines": [(line, effective_discount(line)) for line in lines]}


def _of_contract(request: WorkspaceRequest, found: ApprovalRequest) -> dict[str, Any]:
    contract = get_visible_contract(request.member, found.document_id)
    return {
        "blocks": blocks_of(filled(contract.body, contract_values(contract, load_brand()))),
        "signers": signers_of(contract),
    }
