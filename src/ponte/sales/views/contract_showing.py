"""What the page of a contract shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from ponte.core.requests import WorkspaceRequest
from ponte.sales.approval_policies import may_answer
from ponte.sales.contract_policies import may_contract
from ponte.sales.document_links import link_url
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.contract_fields import contract_values, index_name, missing_labels
from ponte.sales.documents.contract_text import blocks_of, filled, missing_in
from ponte.sales.models.approval import ApprovalRequest, ApprovalRequestStep, ApprovalState
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractKind, ContractStatus, SignatureWay
from ponte.sales.models.document import SealedDocument
from ponte.sales.selectors.approvals import holds, waiting_step
from ponte.sales.selectors.contracts import STATUS_TONES, STATUSES, shown_status
from ponte.sales.services.contract_links import links_of
from ponte.sales.services.contract_reading import fingerprint_of
from ponte.sales.services.contracts import OPEN_STATES
from ponte.sales.views.approval_showing import shown
from ponte.workplace.custom_fields.showing import sections_of

STEPS = (
    ContractStatus.DRAFT,
    ContractStatus.APPROVAL,
    ContractStatus.APPROVED,
    ContractStatus.OUT,
    ContractStatus.SIGNED,
)


def page_context(request: WorkspaceRequest, contract: Contract) -> dict[str, Any]:
    """Return what the template needs; a fixed number of queries."""
    status = shown_status(contract)
    may_edit = may_contract(request.member, "edit", contract)
    is_open = contract.status in OPEN_STATES
    values = contract_values(contract, load_brand())
    documents = list(contract.documents.all())
    approvals = list(contract.approvals.all())
    waiting = waiting_of(approvals)
    labels = dict(STATUSES)
    return {
        "contract": contract,
        "status": status,
        "status_label": labels[status],
        "tone": STATUS_TONES[status],
        "steps": _steps(contract),
        "blocks": blocks_of(filled(contract.body, values)),
        "missing": missing_labels(missing_in(contract.body, values)) if is_open else [],
        "index": index_name(contract),
        "signers": _signers(request, contract, documents, shows_links=may_edit),
        "documents": documents,
        "comments": contract.comments.order_by("id") if contract.sent_at else (),
        "final": next((one for one in documents if one.stage == SealedDocument.Stage.SIGNED), None),
        "approvals": [shown(one, sees_margin=False) for one in approvals],
        "waiting": shown(waiting, sees_margin=False) if waiting else None,
        "cancel_url": reverse("sales:contract_approval_cancel", args=[contract.id]),
        "may_answer": waiting is not None and may_answer(request.member, waiting, waiting_step(waiting)),
        "refused": _refused(contract, approvals),
        "addenda": [(one, labels[shown_status(one)], STATUS_TONES[shown_status(one)]) for one in contract.addenda.all()],
        "custom_sections": sections_of(request.member, "contract", contract.custom),
        "custom_object": "contract",
        "row_id": contract.id,
        **_acts(request, contract, documents, may_edit=may_edit),
        **_sending(contract, approvals, values, may_edit=may_edit),
    }  # fmt: skip


def waiting_of(approvals: Sequence[ApprovalRequest]) -> ApprovalRequest | None:
    """Return the request for approval that waits, of all, the newest first."""
    return next((one for one in approvals if one.state == ApprovalState.WAITING), None)


def _refused(contract: Contract, approvals: Sequence[ApprovalRequest]) -> ApprovalRequestStep | None:
    """Return the step whose no made the contract the draft it is."""
    if (
        not approvals
        or contract.status != ContractStatus.DRAFT
        or approvals[0].state != ApprovalState.REFUSED
    ):
        return None
    return next((step for step in approvals[0].steps.all() if step.state == ApprovalState.REFUSED), None)


def _sending(
    contract: Contract, approvals: Sequence[ApprovalRequest], values: dict[str, str], *, may_edit: bool
) -> dict[str, bool]:
    """Whether it may go out, or has to be asked for first: also anew, where an approval no longer holds."""
    is_approved = contract.status == ContractStatus.APPROVED
    is_held = is_approved and bool(approvals) and holds(approvals[0], fingerprint_of(contract, values))
    is_draft = contract.status == ContractStatus.DRAFT
    return {
        "may_send": may_edit and is_held,
        "may_submit": may_edit and (is_draft or (is_approved and not is_held)),
        "is_stale": is_approved and not is_held,
    }


def _acts(
    request: WorkspaceRequest, contract: Contract, documents: list[SealedDocument], *, may_edit: bool
) -> dict[str, bool]:
    status = contract.status
    return {
        "may_edit": may_edit,
        "may_write": may_edit and status in OPEN_STATES,
        "may_remind": may_edit
        and shown_status(contract) == ContractStatus.OUT
        and (settings.PONTE_SENDS_MAIL or contract.way == SignatureWay.PROVIDER),
        "may_reopen": may_edit and status in (ContractStatus.OUT, ContractStatus.DECLINED),
        "may_cancel": may_edit
        and status not in (ContractStatus.SIGNED, ContractStatus.CANCELLED, ContractStatus.ENDED)
        and bool(documents),
        "may_end": may_edit and status == ContractStatus.SIGNED and contract.kind == ContractKind.CONTRACT,
        "may_amend": may_edit
        and contract.kind == ContractKind.CONTRACT
        and contract.is_in_force(timezone.localdate()),
        "may_delete": not documents and may_contract(request.member, "delete", contract),
        "shows_signatures": status not in OPEN_STATES,
    }


def _signers(
    request: WorkspaceRequest, contract: Contract, documents: list[SealedDocument], *, shows_links: bool
) -> list[dict[str, Any]]:
    has_links = (
        shows_links
        and contract.way == SignatureWay.PAGE
        and contract.status in (ContractStatus.OUT, ContractStatus.SIGNED)
    )
    links = links_of(contract) if has_links else {}
    base = request.build_absolute_uri("/")
    sealed = next(
        (
            one
            for one in documents
            if one.edition == contract.edition and one.stage == SealedDocument.Stage.SENT
        ),
        None,
    )
    answers = {one.signer_id: one for one in sealed.signatures.all()} if sealed else {}
    return [
        {
            "signer": one,
            "answer": answers.get(one.id),
            "url": link_url(links[one.id], base=base) if one.id in links else "",
        }
        for one in contract.signers.all()
    ]  # fmt: skip


def _steps(contract: Contract) -> list[tuple[str, str]]:
    """The way of a contract with what is done, now and to come; none for what left the way."""
    if contract.status not in STEPS:
        return []
    now = STEPS.index(ContractStatus(contract.status))
    return [
        (str(one.label), "done" if place < now else "now" if place == now else "next")
        for place, one in enumerate(STEPS)
    ]
