"""What is done to a contract besides editing: approval, sending, taking back, cancelling, ending, its files."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.audit import record_view
from ponte.sales.approval_policies import may_answer
from ponte.sales.contract_policies import get_visible_contract, may_contract
from ponte.sales.documents.contract_content import contract_content
from ponte.sales.documents.contract_printing import contract_pdf
from ponte.sales.forms.approvals import SubmitForm
from ponte.sales.forms.contract import ContractSendForm, EndForm, NoteForm, ReasonForm
from ponte.sales.models.approval import WAITS
from ponte.sales.models.contract import Contract
from ponte.sales.models.document import SealedDocument
from ponte.sales.selectors.approvals import waiting_step, with_steps
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.contract_sending import (
    cancel_contract,
    end_contract,
    reopen_contract,
    send_contract,
)
from ponte.sales.services.contract_signers import signers_of
from ponte.sales.services.contracts import compose_contract
from ponte.sales.services.document_bin import delete_contract, restore_contract
from ponte.sales.services.signature_services import active_service
from ponte.ui.htmx import go_to, toast
from ponte.workplace.admin.answers import answer_act, answer_form


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def submit(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Ask for approval."""
    contract = editable(request, contract_id)
    return answer_form(
        request,
        SubmitForm(request.POST if request.method == "POST" else None),
        lambda given: submit_contract(actor=request.actor, contract_id=contract.id, reason=given["reason"]),
        title=_("Ask for approval"),
        done=_("Asked. You will be told of the answer."),
        back=url_of(contract.id),
        submit_label=_("Ask for approval"),
    )


@require_http_methods(["GET", "POST"])
@requires("contract", "view")
def approve(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Approve, with a note."""
    return _decide(request, contract_id, approved=True)


@require_http_methods(["GET", "POST"])
@requires("contract", "view")
def refuse(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Refuse, saying what is to be changed."""
    return _decide(request, contract_id, approved=False)


def _decide(request: WorkspaceRequest, contract_id: UUID, *, approved: bool) -> HttpResponse:
    contract = get_visible_contract(request.member, contract_id)
    waiting = with_steps(contract.approvals.filter(WAITS)).first()
    if waiting is not None and not may_answer(request.member, waiting, waiting_step(waiting)):
        raise Denied("contract", "approve")
    form = NoteForm(request.POST if request.method == "POST" else None, required=not approved)
    return answer_form(
        request,
        form,
        lambda given: decide_contract(
            actor=request.actor, contract_id=contract.id, approved=approved, note=given["note"]
        ),
        title=_("Approve contract") if approved else _("Refuse contract"),
        done=_("Approved. It can go out now.") if approved else _("Refused. It is a draft again."),
        back=url_of(contract.id),
        submit_label=_("Approve") if approved else _("Refuse"),
    )


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def send(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Seal the contract and give it to its signers."""
    contract = editable(request, contract_id)
    form = ContractSendForm(
        request.POST if request.method == "POST" else None,
        initial={"sign_until": contract.sign_until},
        has_addresses=contract.signers.exclude(email="").exists(),
        has_service=active_service() is not None,
    )

    def save(given: dict[str, Any]) -> None:
        base = request.build_absolute_uri("/")
        send_contract(actor=request.actor, contract_id=contract.id, base=base, **given)

    return answer_form(
        request, form, save, title=_("Send to be signed"), done=_("It is out. Each signer has a link of their own."),
        back=url_of(contract.id), submit_label=_("Send"),
    )  # fmt: skip


@require_POST
@requires("contract", "edit")
def reopen(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Take it back and write the next edition."""
    return answer_act(
        request,
        lambda: reopen_contract(actor=request.actor, contract_id=contract_id),
        done=_("It is a draft again. The links no longer work."),
        back=url_of(contract_id),
    )


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def cancel(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Give it up."""
    contract = editable(request, contract_id)
    return answer_form(
        request,
        ReasonForm(request.POST if request.method == "POST" else None),
        lambda given: cancel_contract(actor=request.actor, contract_id=contract.id, reason=given["reason"]),
        title=_("Cancel contract"),
        done=_("The contract is cancelled. Its links no longer work."),
        back=url_of(contract.id),
        submit_label=_("Cancel contract"),
    )


@require_http_methods(["GET", "POST"])
@requires("contract", "edit")
def end(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """End a signed contract."""
    contract = editable(request, contract_id)
    return answer_form(
        request,
        EndForm(request.POST if request.method == "POST" else None),
        lambda given: end_contract(actor=request.actor, contract_id=contract.id, **given),
        title=_("End contract"),
        done=_("The contract is ended."),
        back=url_of(contract.id),
        submit_label=_("End contract"),
    )


@require_POST
@requires("contract", "edit")
def compose(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Write the text anew from the template."""
    return answer_act(
        request,
        lambda: compose_contract(actor=request.actor, contract_id=contract_id),
        done=_("The text was written anew from the template."),
        back=url_of(contract_id),
    )


@require_POST
@requires("contract", "delete")
def delete(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Put a contract into the bin; the toast offers to undo."""

    def act() -> None:
        delete_contract(actor=request.actor, contract_id=contract_id)

    back = reverse("sales:contracts")
    if request.htmx:
        act()
        return toast(
            go_to(back), _("Contract deleted"), undo_url=reverse("sales:contract_restore", args=[contract_id])
        )
    return answer_act(request, act, done=_("Contract deleted"), back=back, leave=True)


@require_POST
@requires("contract", "delete")
def restore(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Take a contract out of the bin."""
    restore_contract(actor=request.actor, contract_id=contract_id)
    return redirect("sales:contract", contract_id)


@require_GET
@requires("contract", "view")
def pdf(request: WorkspaceRequest, contract_id: UUID) -> HttpResponse:
    """Give the contract as it reads now, as a draft."""
    contract = get_visible_contract(request.member, contract_id)
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="contract PDF")
    content = contract_content(contract, signers_of(contract))
    return pdf_response(
        contract_pdf(content, at=timezone.now(), is_draft=True), f"contrato-{contract.number}-rascunho"
    )


@require_GET
@requires("contract", "view")
def file(request: WorkspaceRequest, contract_id: UUID, edition: int, stage: str) -> HttpResponse:
    """Give a sealed file of an edition: as sent, or with all signatures."""
    contract = get_visible_contract(request.member, contract_id)
    document = contract.documents.filter(edition=edition, stage=stage).first() if edition < 2**31 else None
    if document is None:
        raise Missing
    record_view(actor=request.actor, object_type="contract", ids=[contract.id], where="contract PDF")
    return document_response(document)


def document_response(document: SealedDocument) -> HttpResponse:
    """Return a sealed contract's file."""
    number = json.loads(document.content)["number"]
    ending = "-assinado" if document.stage != SealedDocument.Stage.SENT else ""
    return pdf_response(bytes(document.pdf), f"contrato-{number}-{document.edition}{ending}")


def pdf_response(data: bytes, name: str) -> HttpResponse:
    """Return a PDF that opens in the browser."""
    response = HttpResponse(data, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def editable(request: WorkspaceRequest, contract_id: UUID) -> Contract:
    """Return a contract the member may edit."""
    contract = get_visible_contract(request.member, contract_id)
    if not may_contract(request.member, "edit", contract):
        raise Denied("contract", "edit")
    return contract


def url_of(contract_id: UUID) -> str:
    """Return the address of a contract's page."""
    return reverse("sales:contract", args=[contract_id])
