"""A contract's approval: asked for, given or refused with a note. What was approved is the text as it read then."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Q
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
from ponte.sales.contract_policies import check_approver, check_contract, may_approve
from ponte.sales.contract_settings import load_contract_settings
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.content import sha256
from ponte.sales.documents.contract_fields import contract_values, missing_labels
from ponte.sales.documents.contract_text import filled, missing_in
from ponte.sales.models.contract import Contract, ContractApproval
from ponte.sales.models.contract_choices import ContractStatus, Decision
from ponte.sales.services.contracts import audit_contract, lock_contract, save_contract

MOST_NOTE = 1000
TODAY = {"today": "-", "today_in_words": "-"}  # the day it goes out is no change of what was approved


@transaction.atomic
def submit_contract(*, actor: Actor, contract_id: UUID, version: int | None = None) -> ContractApproval:
    """Ask for a contract's approval; whoever may give it is told.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it isn't a draft, has no text, no signer, or fields nothing is known for.
    """
    contract = lock_contract(contract_id)
    check_contract(actor, "edit", contract)
    check_version(contract, version)
    if contract.status != ContractStatus.DRAFT:
        raise Invalid.on("status", "not_draft", gettext_lazy("Only a draft can be put up for approval."))
    text = check_complete(contract)
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
    _tell_approvers(actor, contract)
    return approval


@transaction.atomic
def decide_contract(
    *, actor: Actor, contract_id: UUID, approved: bool, note: str = "", version: int | None = None
) -> Contract:
    """Approve a contract that waits for it, or refuse it, which makes it a draft again.

    Raises:
        Missing, Denied, Conflict: as everywhere; Denied also where somebody else approves contracts. Invalid: it doesn't wait for
        approval, or it is refused without a word.
    """
    contract = lock_contract(contract_id)
    check_approver(actor, contract)
    check_version(contract, version)
    approval = contract.approvals.filter(decision="").order_by("-id").first()
    if contract.status != ContractStatus.APPROVAL or approval is None:
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


def approvers() -> Iterable[Member]:
    """Return the active members who approve contracts, at most 20."""
    told = load_contract_settings()
    rows = Member.objects.filter(is_active=True).select_related("role").order_by("sort_name", "id")
    if told.approver_ids or told.approver_role_id:
        rows = rows.filter(Q(id__in=told.approver_ids) | Q(role_id=told.approver_role_id))
        return rows[:20]
    return [member for member in rows[:500] if may_approve(member, told)][:20]


def _tell_approvers(actor: Actor, contract: Contract) -> None:
    for member in approvers():
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
