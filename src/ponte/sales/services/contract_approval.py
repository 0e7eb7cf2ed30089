"""A contract's approval: asked for, given or refused with a note. What was approved is the text as it read then."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.core.services.notifications import notify
from ponte.events.sales_contracts import ContractDecided, ContractSubmitted
from ponte.sales.contract_notices import APPROVAL
from ponte.sales.contract_policies import (
    check_contract,
    check_decider,
    concerned,
    fits_contract,
    waiting_approval,
)
from ponte.sales.contract_settings import load_contract_settings
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.content import sha256
from ponte.sales.documents.contract_fields import contract_values, missing_labels
from ponte.sales.documents.contract_text import filled, missing_in
from ponte.sales.four_eyes import is_named, who_answers
from ponte.sales.models.contract import Contract, ContractApproval
from ponte.sales.models.contract_choices import ContractStatus, Decision
from ponte.sales.services.contracts import audit_contract, lock_contract, save_contract

MOST_NOTE = 1000
MOST_TOLD = 20
TODAY = {"today": "-", "today_in_words": "-"}  # the day it goes out is no change of what was approved


@transaction.atomic
def submit_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> ContractApproval:
    """Ask for a contract's approval; whoever may give it is told.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't a draft, has no text, no signer, or fields nothing is known for;
        nobody can approve it.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status != ContractStatus.DRAFT:
        raise Invalid.on("status", "not_draft", gettext_lazy("Only a draft can be put up for approval."))
    text = check_complete(contract)
    asked = approvers(contract, actor.member_id)
    if not asked:
        message = gettext_lazy(
            "Nobody can approve this contract. Ask who runs sales to name somebody else, too."
        )
        raise Invalid.on("approval", "nobody", message)
    approval = ContractApproval.objects.create(
        contract=contract, text_sha256=sha256(text), asked_by=actor.member
    )
    contract.status = ContractStatus.APPROVAL
    save_contract(contract)
    audit_contract(actor, "contract.submitted", contract, {"status": ("draft", "approval")})
    submitted = ContractSubmitted(
        contract_id=str(contract.id), party_id=str(contract.party_id), approval_id=str(approval.id)
    )
    publish(submitted, actor=actor)
    _tell_approvers(actor, contract, asked)
    return approval


@transaction.atomic
def decide_contract(
    *, actor: Actor, contract_id: UUID, approved: bool, note: str = "", version: int | None = None
) -> Contract:
    """Approve a contract that waits for it, or refuse it, which makes it a draft again.

    Raises:
        Missing, Denied, Conflict: as everywhere; Denied also where somebody else approves contracts, or it is their own (see
        ``four_eyes``). Invalid: it doesn't wait for approval, or it is refused without a word.
    """
    contract = lock_contract(contract_id)
    approval = waiting_approval(contract)
    check_decider(actor, contract, approval)
    check_version(contract, version)
    if approval is None:
        raise Invalid.on("status", "not_waiting", gettext_lazy("This contract isn't waiting for approval."))
    note = note.replace("\x00", "").strip()[:MOST_NOTE]
    if not approved and not note:
        raise Invalid.on("note", "required", gettext_lazy("Say why, so that it can be put right."))
    approval.decision = Decision.APPROVED if approved else Decision.REFUSED
    approval.decided_by, approval.decided_at, approval.note = actor.member, timezone.now(), note
    approval.save()
    contract.status = ContractStatus.APPROVED if approved else ContractStatus.DRAFT
    save_contract(contract)
    changes = {"status": ("approval", str(contract.status)), "note": (None, note)}
    audit_contract(actor, f"contract.{approval.decision}", contract, changes)
    decided = ContractDecided(
        contract_id=str(contract.id),
        party_id=str(contract.party_id),
        approval_id=str(approval.id),
        decision=approval.decision,
    )
    publish(decided, actor=actor)
    _tell_asker(actor, contract, approval)
    return contract


def check_complete(contract: Contract) -> str:
    """Return the text as it reads, the day's date aside; raise ``Invalid`` where something is missing for others to judge it."""
    values = contract_values(contract, load_brand())
    if not contract.body.strip():
        raise Invalid.on("body", "required", gettext_lazy("Write the text first, or choose a template."))
    if missing := missing_in(contract.body, values):
        names = ", ".join(missing_labels(missing))
        raise Invalid.on(
            "body", "missing_fields", _("Nothing is known for these fields of the text: %(names)s.") % {"names": names}
        )  # fmt: skip
    if not contract.signers.exists():
        raise Invalid.on("signers", "required", gettext_lazy("Say who signs."))
    return filled(contract.body, {**values, **TODAY})


def approved_text(contract: Contract) -> str:
    """Return the SHA-256 of the text that was approved last; "" for none."""
    rows = contract.approvals.filter(decision=Decision.APPROVED).order_by("-id")
    return rows.values_list("text_sha256", flat=True).first() or ""


def approvers(contract: Contract, asked_by: UUID | None) -> list[Member]:
    """Return who is asked about a contract, at most 20: named, or by role; administrators only where nobody else can."""
    told = load_contract_settings()
    fit = who_answers(fits_contract(contract), concerned(contract, asked_by))
    named = [one for one in fit if is_named(one, told.approver_ids, told.approver_role_id)]
    return (named or fit)[:MOST_TOLD]


def _tell_approvers(actor: Actor, contract: Contract, asked: Iterable[Member]) -> None:
    for member in asked:
        with translation.override(member.language):
            title = _("Contract %(number)s of %(name)s waits for your approval") % {
                "number": contract.number, "name": contract.party.label,
            }  # fmt: skip
            notify(
                member=member, kind=APPROVAL, title=title, body=contract.title,
                url=f"/contracts/{contract.id}/", actor=actor,
            )  # fmt: skip


def _tell_asker(actor: Actor, contract: Contract, approval: ContractApproval) -> None:
    member = approval.asked_by or contract.owner
    if member is None:
        return
    with translation.override(member.language):
        text = (
            _("Contract %(number)s was approved")
            if approval.decision == Decision.APPROVED
            else _("Contract %(number)s was not approved")
        )
        notify(
            member=member, kind=APPROVAL, title=text % {"number": contract.number}, body=approval.note[:300],
            url=f"/contracts/{contract.id}/", actor=actor,
        )  # fmt: skip
