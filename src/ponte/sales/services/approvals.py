"""Selling over the limit: asked with a reason, answered step by step, bound to the figures that were asked about."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.services.events import publish
from ponte.events.sales_approvals import QuoteApprovalAnswered, QuoteApprovalAsked
from ponte.sales.approval_policies import may_answer
from ponte.sales.discounts import fingerprint
from ponte.sales.models.approval import ApprovalState, QuoteApproval
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.quote_policies import check_quote, visible_quotes
from ponte.sales.selectors.approvals import (
    load_approval_settings,
    standing_of,
    steps_for,
    waiting_step,
)
from ponte.sales.services.approval_holding import (
    audit_approval,
    close_approval,
    close_approvals,
    seller_of,
)
from ponte.sales.services.approval_steps import make_steps
from ponte.sales.services.quotes import check_open, lock_quote, save_quote


@transaction.atomic
def ask_approval(*, actor: Actor, quote_id: UUID, reason: str) -> QuoteApproval:
    """Ask to send a quote whose discounts or margin pass the limit of the asker's role; the quote waits.

    Raises:
        Missing, Denied: as everywhere. Invalid: nothing needs approval, it is asked already, it has no reason, or nobody can
        answer.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    check_open(quote)
    cleaner = Cleaner()
    reason = cleaner.text("reason", reason, 500, required=True)
    cleaner.done()
    rows = list(quote.lines.order_by("position", "id"))
    standing = standing_of(quote, rows, seller_of(actor, quote))
    if standing.is_free:
        raise Invalid.on("quote", "free", _("This quote needs no approval: it can be sent."))
    if standing.approval is not None and standing.approval.state == ApprovalState.WAITING:
        raise Invalid.on("quote", "waiting", _("Approval was asked for already."))
    days = load_approval_settings().answer_days
    approval = QuoteApproval.objects.create(
        quote=quote,
        edition=quote.edition,
        fingerprint=fingerprint(quote, rows),
        reason=reason,
        line_discount=standing.figures.line,
        total_discount=standing.figures.total,
        margin=standing.figures.margin,
        over={name: str(limit) for name, limit in standing.over.items()},
        asked_by=actor.member,
        expires_at=timezone.now() + timedelta(days=days),
    )
    make_steps(approval, steps_for(standing.figures))
    quote.status = QuoteStatus.WAITING
    save_quote(quote)
    changes = {
        "status": ("draft", "waiting"),
        "reason": (None, reason),
        "over": (None, sorted(standing.over)),
    }
    audit_approval(actor, "quote.approval_asked", approval, changes)
    publish(
        QuoteApprovalAsked(
            approval_id=str(approval.id),
            quote_id=str(quote.id),
            party_id=str(quote.party_id),
            edition=quote.edition,
            line_discount=str(approval.line_discount),
            total_discount=str(approval.total_discount),
        ),
        actor=actor,
    )
    return approval


@transaction.atomic
def answer_approval(
    *, actor: Actor, approval_id: UUID, approved: bool, note: str = "", fingerprint_seen: str = ""
) -> QuoteApproval:
    """Answer the step a request waits at. The last step approved lets the quote be sent; one refusal ends the request.

    Args:
        note: why; required to refuse.
        fingerprint_seen: the figures the answer is about, where the caller was shown them: others are refused.

    Raises:
        Missing: no such request, or its quote isn't visible. Denied: the step isn't theirs to answer. Invalid: it no longer waits,
        or a refusal without a note.
    """
    approval = _locked(approval_id)
    quote = approval.quote
    member = actor.member
    if member is not None and not visible_quotes(member).filter(id=quote.id).exists():
        raise Missing
    step = waiting_step(approval)
    if step is None or approval.expires_at <= timezone.now():
        raise Invalid.on("state", "closed", _("This request no longer waits for an answer."))
    if member is None or not may_answer(member, approval, step):
        raise Denied("quote", "approve")
    if fingerprint_seen and fingerprint_seen != approval.fingerprint:
        raise Invalid.on("state", "changed", _("The quote changed meanwhile. Look at it again."))
    cleaner = Cleaner()
    step.note = cleaner.text("note", note, 500, required=not approved)
    cleaner.done()
    step.state = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
    step.decided_by, step.decided_at = member, timezone.now()
    step.save()
    if not approved or waiting_step(approval) is None:
        _end(approval, step.state)
    changes = {"state": ("waiting", step.state), "note": (None, step.note)}
    act = "quote.approval_given" if approved else "quote.approval_refused"
    audit_approval(actor, act, approval, changes)
    publish(
        QuoteApprovalAnswered(
            approval_id=str(approval.id),
            quote_id=str(quote.id),
            party_id=str(quote.party_id),
            step=step.position,
            approved=approved,
            state=approval.state,
        ),
        actor=actor,
    )
    return approval


@transaction.atomic
def cancel_approval(*, actor: Actor, quote_id: UUID) -> None:
    """Take back the request that waits; the quote is written again.

    Raises:
        Missing, Denied: as everywhere. Invalid: nothing waits.
    """
    quote = lock_quote(quote_id)
    check_quote(actor, "edit", quote)
    if close_approvals(actor, quote, ApprovalState.CANCELLED) == 0:
        raise Invalid.on("state", "closed", _("This request no longer waits for an answer."))
    save_quote(quote)


def expire_approvals(*, limit: int = 500) -> int:
    """End requests nobody answered in time, and return how many."""
    due = QuoteApproval.objects.filter(state=ApprovalState.WAITING, expires_at__lte=timezone.now())
    ended = 0
    for approval_id, quote_id in due.order_by("expires_at", "id").values_list("id", "quote_id")[:limit]:
        with transaction.atomic():
            quote = Quote.objects.select_for_update().filter(id=quote_id).first()
            approval = QuoteApproval.objects.filter(id=approval_id, state=ApprovalState.WAITING).first()
            if quote is None or approval is None:
                continue
            close_approval(Actor.system("approvals"), approval, ApprovalState.EXPIRED)
            if quote.status == QuoteStatus.WAITING:
                quote.status = QuoteStatus.DRAFT
                save_quote(quote)
            ended += 1
    return ended


def _locked(approval_id: UUID) -> QuoteApproval:
    found = QuoteApproval.objects.filter(id=approval_id).values_list("quote_id", flat=True).first()
    if found is None:
        raise Missing
    quote = lock_quote(found)  # quotes are locked first everywhere
    approval = QuoteApproval.objects.prefetch_related("steps").get(id=approval_id)
    approval.quote = quote
    return approval


def _end(approval: QuoteApproval, state: str) -> None:
    approval.state, approval.closed_at = state, timezone.now()
    if state == ApprovalState.APPROVED:
        approval.expires_at = timezone.now() + timedelta(days=load_approval_settings().valid_days)
    approval.save()
    approval.quote.status = QuoteStatus.DRAFT
    save_quote(approval.quote)
