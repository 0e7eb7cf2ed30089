"""What a request for approval means for its document: it may be sent, has to wait, or the request no longer holds."""

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
from ponte.sales.approval_kinds import KINDS, kind_of
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, ApprovalState
from ponte.sales.models.contract import Contract
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


def invalidate_approvals(actor: Actor, document: Quote | Contract, fingerprint: str) -> None:
    """End requests and approvals of anything but ``fingerprint``; a document none of them is left to wait for is a draft again.

    Part of the caller's act, which saves the locked document.
    """
    waits = False
    for approval in _open(document):
        if approval.fingerprint != fingerprint:
            close_approval(actor, approval, ApprovalState.OUTDATED)
        waits |= approval.state == ApprovalState.WAITING
    if not waits:
        make_draft(document)


def close_approvals(actor: Actor, document: Quote | Contract, state: ApprovalState) -> int:
    """End the requests about a document that wait, and return how many. Part of the caller's act, which saves the locked document."""
    ended = [one for one in _open(document) if one.state == ApprovalState.WAITING]
    for approval in ended:
        close_approval(actor, approval, state)
    make_draft(document)
    return len(ended)


def make_draft(document: Quote | Contract) -> None:
    """Let a document that waited for approval be written again. Part of the caller's act, which saves it."""
    kind = KINDS[ApprovalKind.QUOTE if isinstance(document, Quote) else ApprovalKind.CONTRACT]
    if document.status == kind.waiting:
        document.status = kind.draft


def seller_of(actor: Actor, quote: Quote) -> Member | None:
    """Return whose limit counts: the one who acts; for acts of the system the quote's salesperson."""
    return actor.member or quote.owner


def close_approval(actor: Actor, approval: ApprovalRequest, state: ApprovalState) -> None:
    """End a request, or an approval that no longer holds. Part of the caller's act."""
    before, kind = approval.state, kind_of(approval)
    approval.state, approval.closed_at = state, timezone.now()
    approval.save(update_fields=["state", "closed_at", "updated_at"])
    audit_approval(actor, "approval_closed", approval, {"state": (before, state)})
    publish(kind.closed(**kind.told(approval), state=state), actor=actor)


def audit_approval(
    actor: Actor, act: str, approval: ApprovalRequest, changes: Mapping[str, tuple[Any, Any]]
) -> None:
    """Write what was done with a request into the history of its document."""
    audit.record(
        actor=actor,
        act=f"{kind_of(approval).object}.{act}",
        target=approval.document,
        changes=changes,
        subject_id=approval.document.party_id,
        personal=("reason", "note"),
    )


def _open(document: Quote | Contract) -> list[ApprovalRequest]:
    states = (ApprovalState.WAITING, ApprovalState.APPROVED)
    found = list(document.approvals.filter(state__in=states))
    for approval in found:
        setattr(approval, kind_of(approval).object, document)  # the locked one, not another copy of it
    return found
