"""What approval has to know of each kind of document it is asked for: who sees it, its states, its events, where word of it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ponte.core.models import Member
from ponte.events.base import DomainEvent
from ponte.events.sales_approvals import QuoteApprovalAnswered, QuoteApprovalAsked, QuoteApprovalClosed
from ponte.events.sales_contracts import (
    ContractApprovalAnswered,
    ContractApprovalClosed,
    ContractSubmitted,
)
from ponte.sales.approval_notices import ANSWERED, ASKED
from ponte.sales.contract_notices import APPROVAL
from ponte.sales.contract_policies import check_contract, visible_contracts
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, Approver
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import check_quote, visible_quotes


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of document that is approved.

    ``object`` names its rights object, the request's foreign key, the beginning of its audit acts and of its page's address.
    ``default`` answers where no step is set up; ``answer_days`` and ``valid_days`` are the deadlines nobody changed.
    """

    object: str
    visible: Callable[[Member], QuerySet[Any]]
    check: Callable[..., None]
    draft: str
    waiting: str
    approved: str
    default: Approver
    answer_days: int
    valid_days: int
    asked: Callable[..., DomainEvent]
    answered: Callable[..., DomainEvent]
    closed: Callable[..., DomainEvent]
    notices: tuple[str, str]  # to whoever is asked, back to whoever asked

    def told(self, request: ApprovalRequest) -> dict[str, str]:
        """Return what each of its events says."""
        return {
            "approval_id": str(request.id),
            f"{self.object}_id": str(request.document_id),
            "party_id": str(request.document.party_id),
        }


KINDS = {
    ApprovalKind.QUOTE: DocumentKind(
        object="quote",
        visible=visible_quotes,
        check=check_quote,
        draft=QuoteStatus.DRAFT,
        waiting=QuoteStatus.WAITING,
        approved=QuoteStatus.DRAFT,  # what holds for a quote is asked when it is sent
        default=Approver.LEADER,
        answer_days=3,
        valid_days=15,
        asked=QuoteApprovalAsked,
        answered=QuoteApprovalAnswered,
        closed=QuoteApprovalClosed,
        notices=(ASKED, ANSWERED),
    ),
    ApprovalKind.CONTRACT: DocumentKind(
        object="contract",
        visible=visible_contracts,
        check=check_contract,
        draft=ContractStatus.DRAFT,
        waiting=ContractStatus.APPROVAL,
        approved=ContractStatus.APPROVED,
        default=Approver.SALES,
        answer_days=10,
        valid_days=30,
        asked=ContractSubmitted,
        answered=ContractApprovalAnswered,
        closed=ContractApprovalClosed,
        notices=(APPROVAL, APPROVAL),
    ),
}


def kind_of(request: ApprovalRequest) -> DocumentKind:
    """Return what a request is about."""
    return KINDS[request.kind]
