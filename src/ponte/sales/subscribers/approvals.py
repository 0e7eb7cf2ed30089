"""Word about approval: to whoever can answer, and back to who asked."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales_approvals import QuoteApprovalAnswered, QuoteApprovalAsked, QuoteApprovalClosed
from ponte.sales.approval_notices import ANSWERED, ASKED
from ponte.sales.models.approval import ApprovalState, QuoteApproval
from ponte.sales.selectors.approvals import waiting_step, with_steps
from ponte.sales.services.approval_steps import people_for

CLOSED = {
    ApprovalState.OUTDATED: _("Approval of quote %(number)s no longer holds: it changed"),
    ApprovalState.EXPIRED: _("Nobody answered in time about quote %(number)s"),
}


@subscribes(QuoteApprovalAsked, name="sales.approval_asked")
def tell_approvers(event: QuoteApprovalAsked, context: EventContext) -> None:
    """Tell who can answer the first step."""
    if approval := _approval(event.approval_id):
        _ask(approval, context)


@subscribes(QuoteApprovalAnswered, name="sales.approval_answered")
def tell_answer(event: QuoteApprovalAnswered, context: EventContext) -> None:
    """Tell the next ones where more steps follow, otherwise who asked."""
    approval = _approval(event.approval_id)
    if approval is None:
        return
    if approval.state == ApprovalState.WAITING:
        _ask(approval, context)
        return
    if event.state not in (ApprovalState.APPROVED, ApprovalState.REFUSED):
        return
    approved = event.state == ApprovalState.APPROVED
    step = next((one for one in approval.steps.all() if one.position == event.step), None)
    text = _("Approved: quote %(number)s may be sent") if approved else _("Refused: quote %(number)s")
    _tell(approval, context, text, step.note if step else "")


@subscribes(QuoteApprovalClosed, name="sales.approval_closed")
def tell_closed(event: QuoteApprovalClosed, context: EventContext) -> None:
    """Tell who asked that it no longer holds; what they took back themselves they know."""
    text = CLOSED.get(ApprovalState(event.state))
    if text and (approval := _approval(event.approval_id)):
        _tell(approval, context, text, "")


def _ask(approval: QuoteApproval, context: EventContext) -> None:
    step = waiting_step(approval)
    for member in people_for(approval, step) if step else ():
        with translation.override(member.language):
            title = gettext("Approve quote %(number)s? Discount of %(percent)s%%") % {
                "number": approval.quote.number,
                "percent": number_format(max(approval.line_discount or 0, approval.total_discount or 0)),
            }
            asker = approval.asked_by.name if approval.asked_by else "Ponte"
            body = f"{asker} · {approval.quote.party.label}: {approval.reason}"
        _notify(member, ASKED, title, body, approval, context)


def _tell(approval: QuoteApproval, context: EventContext, text: str, body: str) -> None:
    people = {one.id: one for one in (approval.asked_by, approval.quote.owner) if one is not None}
    for member in people.values():
        with translation.override(member.language):
            title = gettext(text) % {"number": approval.quote.number}
        _notify(member, ANSWERED, title, body, approval, context)


def _notify(
    member: Member, kind: str, title: str, body: str, approval: QuoteApproval, context: EventContext
) -> None:
    url = f"/quotes/approvals/{approval.id}/" if kind == ASKED else f"/quotes/{approval.quote_id}/"
    notify(member=member, kind=kind, title=title, body=body[:300], url=url, actor=context.actor)


def _approval(approval_id: str) -> QuoteApproval | None:
    rows = with_steps(QuoteApproval.objects.filter(quote__deleted_at=None, quote__party__deleted_at=None))
    return rows.filter(id=UUID(approval_id)).first()
