"""A yes before a document goes out: asked for with a reason, answered step by step, bound to exactly what was asked about.

Quotes over somebody's limit (``discount_approval``) and contracts (``contract_approval``) ask here and are answered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.services.events import publish
from ponte.events.sales_contracts import ContractDecided
from ponte.sales.approval_kinds import KINDS, kind_of
from ponte.sales.approval_policies import may_answer
from ponte.sales.models.approval import (
    WAITS,
    ApprovalKind,
    ApprovalRequest,
    ApprovalState,
    ApprovalStep,
)
from ponte.sales.models.contract import Contract
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.quote import Quote
from ponte.sales.selectors.approvals import load_approval_settings, waiting_step, with_steps
from ponte.sales.services.approval_documents import HANDLING, handling_of
from ponte.sales.services.approval_holding import (
    audit_approval,
    close_approval,
    close_approvals,
)
from ponte.sales.services.approval_steps import make_steps

MOST_NOTE = 1000


def open_request(
    *,
    actor: Actor,
    document: Quote | Contract,
    fingerprint: str,
    reason: str,
    steps: Sequence[ApprovalStep],
    figures: dict[str, Any] | None = None,
    told: dict[str, Any] | None = None,
) -> ApprovalRequest:
    """Ask for a yes to a locked document; it waits from now on. Part of the caller's act, which has checked who asks and what for.

    Args:
        figures: further columns of the request. told: what its event says besides.

    Raises:
        Invalid: nobody can answer one of the steps.
    """
    kind_name = ApprovalKind.QUOTE if isinstance(document, Quote) else ApprovalKind.CONTRACT
    kind, before = KINDS[kind_name], document.status
    approval = ApprovalRequest.objects.create(
        **{kind.object: document},
        edition=document.edition,
        fingerprint=fingerprint,
        reason=reason,
        asked_by=actor.member,
        expires_at=timezone.now() + timedelta(days=load_approval_settings(kind_name).answer_days),
        **(figures or {}),
    )
    make_steps(approval, steps)
    document.status = kind.waiting
    handling_of(approval).save(document)
    changes: dict[str, tuple[Any, Any]] = {"status": (str(before), str(kind.waiting))}
    if reason:
        changes["reason"] = (None, reason)
    if figures:
        changes["over"] = (None, sorted(figures["over"]))
    audit_approval(actor, "approval_asked", approval, changes)
    publish(kind.asked(**kind.told(approval), **(told or {})), actor=actor)
    return approval


@transaction.atomic
def answer_approval(
    *, actor: Actor, approval_id: UUID, approved: bool, note: str = "", fingerprint_seen: str = ""
) -> ApprovalRequest:
    """Answer the step a request waits at. The last step approved lets the document be sent; one refusal ends the request.

    Args:
        note: why; required to refuse.
        fingerprint_seen: what the answer is about, where the caller was shown it: anything else is refused.

    Raises:
        Missing: no such request, or its document isn't visible. Denied: the step isn't theirs to answer; acts of the system may.
        Invalid: it no longer waits, what was asked about changed, or a refusal without a note.
    """
    approval = _locked(approval_id)
    kind, member = kind_of(approval), actor.member
    if member is not None and not kind.visible(member).filter(id=approval.document_id).exists():
        raise Missing
    step = waiting_step(approval)
    if step is None or approval.expires_at <= timezone.now():
        raise Invalid.on("state", "closed", _("This request no longer waits for an answer."))
    if member is not None and not may_answer(member, approval, step):
        raise Denied(kind.object, "approve")
    if fingerprint_seen and fingerprint_seen != approval.fingerprint:
        raise Invalid.on("state", "changed", _("It changed meanwhile. Look at it again."))
    cleaner = Cleaner()
    step.note = cleaner.text("note", note, MOST_NOTE, required=not approved)
    cleaner.done()
    if approved:
        _check_unchanged(approval)
    step.state = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    step.decided_by, step.decided_at = member, timezone.now()
    step.save()
    if not approved or waiting_step(approval) is None:
        _end(actor, approval, ApprovalState(step.state))
    changes = {"state": ("waiting", step.state), "note": (None, step.note)}
    audit_approval(actor, "approval_given" if approved else "approval_refused", approval, changes)
    answered = kind.answered(
        **kind.told(approval), step=step.position, approved=approved, state=approval.state
    )
    publish(answered, actor=actor)
    return approval


@transaction.atomic
def cancel_approval(*, actor: Actor, kind: ApprovalKind, document_id: UUID) -> None:
    """Take back the request that waits; the document is written again.

    Raises:
        Missing, Denied: as everywhere. Invalid: nothing waits.
    """
    document = HANDLING[kind].lock(document_id)
    KINDS[kind].check(actor, "edit", document)
    if close_approvals(actor, document, ApprovalState.CANCELLED) == 0:
        raise Invalid.on("state", "closed", _("This request no longer waits for an answer."))
    HANDLING[kind].save(document)


def expire_approvals(*, limit: int = 500) -> int:
    """End requests nobody answered in time, and approvals of contracts that weren't sent in time; return how many."""
    ended = 0
    for approval_id in _due().order_by("expires_at", "id").values_list("id", flat=True)[:limit]:
        with transaction.atomic():
            ended += _expire(approval_id)
    return ended


def _due() -> QuerySet[ApprovalRequest]:
    later = ApprovalRequest.objects.filter(contract=OuterRef("contract"), id__gt=OuterRef("id"))
    unsent = Q(state=ApprovalState.APPROVED, contract__status=ContractStatus.APPROVED) & ~Exists(later)
    rows = ApprovalRequest.objects.filter(WAITS | unsent, expires_at__lte=timezone.now())
    return rows.filter(quote__deleted_at=None, contract__deleted_at=None)  # in the bin nothing runs out


def _expire(approval_id: UUID) -> bool:
    try:
        approval = _locked(approval_id)
    except Missing:
        return False
    if not _due().filter(id=approval_id).exists():
        return False  # answered in this moment
    kind, document = kind_of(approval), approval.document
    close_approval(Actor.system("approvals"), approval, ApprovalState.EXPIRED)
    if document.status in (kind.waiting, kind.approved):
        document.status = kind.draft
        handling_of(approval).save(document)
    return True


def _locked(approval_id: UUID) -> ApprovalRequest:
    found = ApprovalRequest.objects.filter(id=approval_id).first()
    if found is None:
        raise Missing
    document = handling_of(found).lock(found.document_id)  # documents are locked first everywhere
    approval = with_steps(ApprovalRequest.objects.all()).get(id=approval_id)
    setattr(approval, kind_of(approval).object, document)
    return approval


def _check_unchanged(approval: ApprovalRequest) -> None:
    """Refuse a yes to what no longer reads as it was asked about: it couldn't be sent."""
    if handling_of(approval).reads(approval.document) != approval.fingerprint:
        message = _("What was asked about changed meanwhile. It has to be asked for again.")
        raise Invalid.on("state", "changed", message)


def _end(actor: Actor, approval: ApprovalRequest, state: ApprovalState) -> None:
    kind, document = kind_of(approval), approval.document
    approval.state, approval.closed_at = state, timezone.now()
    if state == ApprovalState.APPROVED:
        approval.expires_at = timezone.now() + timedelta(
            days=load_approval_settings(approval.kind).valid_days
        )
    approval.save()
    document.status = kind.approved if state == ApprovalState.APPROVED else kind.draft
    handling_of(approval).save(document)
    if approval.kind == ApprovalKind.CONTRACT:
        publish(ContractDecided(**kind.told(approval), decision=state), actor=actor)
