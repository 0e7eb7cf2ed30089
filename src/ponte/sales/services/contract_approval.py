"""Having a contract approved. What was approved is the text as it read then."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.sales.contract_policies import check_contract
from ponte.sales.models.approval import ApprovalRequest
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.selectors.approvals import holds, newest_request, steps_for_contract, waiting_request
from ponte.sales.services.approvals import answer_approval, open_request
from ponte.sales.services.contract_reading import text_fingerprint
from ponte.sales.services.contracts import lock_contract


@transaction.atomic
def submit_contract(
    *, actor: Actor, contract_id: UUID, reason: str = "", version: int | None = None
) -> ApprovalRequest:
    """Ask for a contract's approval, with a word to whoever gives it.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't a draft or its approval still holds, it has no text, no signer, or
        fields nothing is known for; nobody can approve it.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status not in (ContractStatus.DRAFT, ContractStatus.APPROVED):
        raise Invalid.on("status", "not_draft", _("Only a draft can be put up for approval."))
    cleaner = Cleaner()
    reason = cleaner.text("reason", reason, 500)
    cleaner.done()
    told = text_fingerprint(contract)
    if contract.status == ContractStatus.APPROVED and holds(newest_request(contract), told):
        raise Invalid.on("status", "approved", _("This contract is approved already: it can be sent."))
    return open_request(
        actor=actor, document=contract, fingerprint=told, reason=reason, steps=steps_for_contract(contract)
    )


@transaction.atomic
def decide_contract(
    *, actor: Actor, contract_id: UUID, approved: bool, note: str = "", version: int | None = None
) -> Contract:
    """Answer the step a contract's request for approval waits at; see ``answer_approval``.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it doesn't wait for approval, or it is refused without a word.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "view", contract)
    check_version(contract, version)
    request = waiting_request(contract)
    if request is None:
        raise Invalid.on("status", "not_waiting", _("This contract isn't waiting for approval."))
    answered = answer_approval(actor=actor, approval_id=request.id, approved=approved, note=note)
    assert answered.contract is not None
    return answered.contract


def check_approved(contract: Contract) -> None:
    """Raise ``Invalid`` unless a contract reads exactly as it was approved, and that still holds. Part of the caller's act."""
    if contract.status != ContractStatus.APPROVED:
        raise Invalid.on("status", "not_approved", _("Have the contract approved before it goes out."))
    told, request = text_fingerprint(contract), newest_request(contract)
    if request is None or request.fingerprint != told:
        raise Invalid.on(
            "body", "changed", _("What the text is filled in with changed since its approval. Ask for it again.")
        )  # fmt: skip
    if not holds(request, told):
        raise Invalid.on("status", "expired", _("The approval ran out. Ask for it again."))
