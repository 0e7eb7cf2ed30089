"""Reads of contracts."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from ponte.sales.models.approval import ApprovalRequest
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.document import SealedDocument, Signature
from ponte.sales.selectors.approvals import with_steps

IN_FORCE, OVERDUE = "in_force", "overdue"
STATUSES = [
    *ContractStatus.choices,
    (IN_FORCE, pgettext_lazy("contract", "In force")),
    (OVERDUE, pgettext_lazy("contract", "Time for signing over")),
]
STATUS_TONES = {
    ContractStatus.DRAFT: "neutral",
    ContractStatus.APPROVAL: "yellow",
    ContractStatus.APPROVED: "blue",
    ContractStatus.OUT: "blue",
    ContractStatus.SIGNED: "green",
    IN_FORCE: "green",
    OVERDUE: "orange",
    ContractStatus.DECLINED: "red",
    ContractStatus.CANCELLED: "neutral",
    ContractStatus.ENDED: "neutral",
}


def shown_status(contract: Contract, today: date | None = None) -> str:
    """Return the status people see: a signed contract is in force within its term and ended after it."""
    day = today or timezone.localdate()
    if contract.is_in_force(day):
        return IN_FORCE
    if contract.is_over(day):
        return str(ContractStatus.ENDED)
    if contract.status == ContractStatus.OUT and contract.sign_until and contract.sign_until < day:
        return OVERDUE
    return str(contract.status)


def with_details(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """Return ``contracts`` with everything a contract's page or answer shows, in a fixed number of queries."""
    documents = SealedDocument.objects.defer("pdf", "content").order_by("-edition", "-id")
    approvals = with_steps(ApprovalRequest.objects.all(), documents=False).order_by("-id")
    return contracts.select_related(
        "party", "owner", "opportunity", "quote", "template", "parent"
    ).prefetch_related(
        Prefetch("signers", ContractSigner.objects.order_by("position", "id")),
        Prefetch(
            "documents", documents.prefetch_related(Prefetch("signatures", Signature.objects.order_by("id")))
        ),
        Prefetch("approvals", approvals),
        Prefetch("addenda", Contract.objects.filter(deleted_at=None).order_by("-id")),
    )
