"""What a request for approval means for its quote: it may be sent, has to wait, or the request no longer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales_approvals import QuoteApprovalClosed
from ponte.sales.discounts import fingerprint
from ponte.sales.models.approval import ApprovalState, QuoteApproval
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.models.quote_choices import QuoteStatus
from ponte.sales.selectors.approvals import standing_of


def check_sendable(actor: Actor, quote: Quote, rows: Sequence[QuoteLine]) -> None:
    """Raise ``Invalid`` where the quote passes the sender's limit and no approval of exactly these figures holds.

    Part of the caller's act, with the quote locked.
    """
    standing = standing_of(quote, rows, seller_of(actor, quote))
    if standing.is_free:
        return
    if quote.status == QuoteStatus.WAITING:
        raise Invalid.on("approval", "waiting", _("This quote waits for approval and can't be sent yet."))
    raise Invalid.on(
        "approval", "required", _("This quote passes your discount limit. Ask for approval before sending it.")
    )  # fmt: skip


def invalidate_approvals(actor: Actor, quote: Quote, rows: Sequence[QuoteLine]) -> None:
    """End requests and approvals of other figures than the quote's; without any that waits it is a draft again.

    Part of the caller's act, which saves the locked quote.
    """
    told = fingerprint(quote, rows)
    for approval in _open(quote):
        if approval.fingerprint != told:
            close_approval(actor, approval, ApprovalState.OUTDATED)
    if quote.status == QuoteStatus.WAITING and not _waits(quote):
        quote.status = QuoteStatus.DRAFT


def close_approvals(actor: Actor, quote: Quote, state: ApprovalState) -> int:
    """End the requests about a quote that wait, and return how many. Part of the caller's act, which saves the locked quote."""
    ended = [one for one in _open(quote) if one.state == ApprovalState.WAITING]
    for approval in ended:
        close_approval(actor, approval, state)
    if quote.status == QuoteStatus.WAITING:
        quote.status = QuoteStatus.DRAFT
    return len(ended)


def seller_of(actor: Actor, quote: Quote) -> Member | None:
    """Return whose limit counts: the one who acts; for acts of the system the quote's salesperson."""
    return actor.member or quote.owner


def close_approval(actor: Actor, approval: QuoteApproval, state: ApprovalState) -> None:
    """End a request, or an approval that no longer holds. Part of the caller's act."""
    before = approval.state
    approval.state, approval.closed_at = state, timezone.now()
    approval.save(update_fields=["state", "closed_at", "updated_at"])
    audit_approval(actor, "quote.approval_closed", approval, {"state": (before, state)})
    told = QuoteApprovalClosed(
        approval_id=str(approval.id),
        quote_id=str(approval.quote_id),
        party_id=str(approval.quote.party_id),
        state=state,
    )
    publish(told, actor=actor)


def audit_approval(
    actor: Actor, act: str, approval: QuoteApproval, changes: Mapping[str, tuple[Any, Any]]
) -> None:
    """Write what was done with a request into the history of its quote."""
    audit.record(
        actor=actor,
        act=act,
        target=approval.quote,
        changes=changes,
        subject_id=approval.quote.party_id,
        personal=("reason", "note"),
    )


def _open(quote: Quote) -> list[QuoteApproval]:
    states = (ApprovalState.WAITING, ApprovalState.APPROVED)
    return list(QuoteApproval.objects.filter(quote=quote, state__in=states))


def _waits(quote: Quote) -> bool:
    return QuoteApproval.objects.filter(quote=quote, state=ApprovalState.WAITING).exists()
