"""Asking to sell over the limit of one's role."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.sales.discounts import fingerprint
from ponte.sales.models.approval import ApprovalRequest, ApprovalState
from ponte.sales.quote_policies import check_quote
from ponte.sales.selectors.approvals import standing_of, steps_for_figures
from ponte.sales.services.approval_holding import seller_of
from ponte.sales.services.approvals import open_request
from ponte.sales.services.quotes import check_open, lock_quote


@transaction.atomic
def ask_approval(*, actor: Actor, quote_id: UUID, reason: str) -> ApprovalRequest:
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
    found = standing.figures
    figures = {
        "line_discount": found.line,
        "total_discount": found.total,
        "margin": found.margin,
        "over": {name: str(limit) for name, limit in standing.over.items()},
    }
    told = {
        "edition": quote.edition,
        "line_discount": str(found.line),
        "total_discount": str(found.total),
    }
    return open_request(
        actor=actor, document=quote, fingerprint=fingerprint(quote, rows), reason=reason,
        steps=steps_for_figures(found), figures=figures, told=told,
    )  # fmt: skip
