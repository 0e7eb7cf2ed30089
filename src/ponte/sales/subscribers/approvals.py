"""Word about approval: to whoever can answer, and back to who asked."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.utils import translation
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from ponte.core.models import Member
from ponte.core.services.notifications import notify
from ponte.core.subscriptions import EventContext, subscribes
from ponte.events.sales_approvals import QuoteApprovalAnswered, QuoteApprovalAsked, QuoteApprovalClosed
from ponte.events.sales_contracts import (
    ContractApprovalAnswered,
    ContractApprovalClosed,
    ContractSubmitted,
)
from ponte.sales.approval_kinds import kind_of
from ponte.sales.models.approval import ApprovalKind, ApprovalRequest, ApprovalState
from ponte.sales.selectors.approvals import waiting_step, with_steps
from ponte.sales.services.approval_steps import people_for

ASKED = {
    ApprovalKind.QUOTE: _("Approve quote %(number)s? Discount of %(percent)s%%"),
    ApprovalKind.CONTRACT: _("Contract %(number)s of %(name)s waits for your approval"),
}
TOLD = {
    (ApprovalKind.QUOTE, ApprovalState.APPROVED): _("Approved: quote %(number)s may be sent"),
    (ApprovalKind.QUOTE, ApprovalState.REFUSED): _("Refused: quote %(number)s"),
    (ApprovalKind.QUOTE, ApprovalState.OUTDATED): _("Approval of quote %(number)s no longer holds: it changed"),
    (ApprovalKind.QUOTE, ApprovalState.EXPIRED): _("Nobody answered in time about quote %(number)s"),
    (ApprovalKind.CONTRACT, ApprovalState.APPROVED): _("Contract %(number)s was approved"),
    (ApprovalKind.CONTRACT, ApprovalState.REFUSED): _("Contract %(number)s was not approved"),
    (ApprovalKind.CONTRACT, ApprovalState.OUTDATED): _("Approval of contract %(number)s no longer holds: it changed"),
    (ApprovalKind.CONTRACT, ApprovalState.EXPIRED): _("The time ran out for the approval of contract %(number)s"),
}  # fmt: skip


@subscribes(QuoteApprovalAsked, name="sales.approval_asked")
def tell_approvers(event: QuoteApprovalAsked, context: EventContext) -> None:
    """Tell who can answer the first step about a quote."""
    _ask(event.approval_id, context)


@subscribes(ContractSubmitted, name="sales.contract_approval_asked")
def tell_contract_approvers(event: ContractSubmitted, context: EventContext) -> None:
    """Tell who can answer the first step about a contract."""
    _ask(event.approval_id, context)


@subscribes(QuoteApprovalAnswered, name="sales.approval_answered")
def tell_answer(event: QuoteApprovalAnswered, context: EventContext) -> None:
    """Tell the next ones where more steps follow, otherwise who asked."""
    _answered(event, context)


@subscribes(ContractApprovalAnswered, name="sales.contract_approval_answered")
def tell_contract_answer(event: ContractApprovalAnswered, context: EventContext) -> None:
    """Tell the next ones where more steps follow, otherwise who asked."""
    _answered(event, context)


@subscribes(QuoteApprovalClosed, name="sales.approval_closed")
def tell_closed(event: QuoteApprovalClosed, context: EventContext) -> None:
    """Tell who asked that it no longer holds; what they took back themselves they know."""
    _tell(event.approval_id, context, event.state)


@subscribes(ContractApprovalClosed, name="sales.contract_approval_closed")
def tell_contract_closed(event: ContractApprovalClosed, context: EventContext) -> None:
    """Tell who asked that it no longer holds; what they took back themselves they know."""
    _tell(event.approval_id, context, event.state)


def _answered(event: QuoteApprovalAnswered | ContractApprovalAnswered, context: EventContext) -> None:
    if event.state == ApprovalState.WAITING:
        _ask(event.approval_id, context)
    elif event.state in (ApprovalState.APPROVED, ApprovalState.REFUSED):
        _tell(event.approval_id, context, event.state, step=event.step)


def _ask(approval_id: str, context: EventContext) -> None:
    approval = _approval(approval_id)
    step = waiting_step(approval) if approval else None
    if approval is None or step is None:
        return
    document = approval.document
    percent = max(approval.line_discount or 0, approval.total_discount or 0)
    asker = approval.asked_by.name if approval.asked_by else "Ponte"
    reason = approval.reason or document.title
    for member in people_for(approval, step):
        with translation.override(member.language):
            title = gettext(ASKED[approval.kind]) % {
                "number": document.number,
                "name": document.party.label,
                "percent": number_format(percent),
            }
            body = f"{asker} · {document.party.label}: {reason}"
        _notify(member, approval, title, body, context, is_asked=True)


def _tell(approval_id: str, context: EventContext, state: str, *, step: int = 0) -> None:
    approval = _approval(approval_id)
    text = TOLD.get((approval.kind, ApprovalState(state))) if approval else None
    if approval is None or text is None:
        return
    document = approval.document
    note = next((one.note for one in approval.steps.all() if one.position == step), "")
    people = {one.id: one for one in (approval.asked_by, document.owner) if one is not None}
    for member in people.values():
        with translation.override(member.language):
            title = gettext(text) % {"number": document.number}
        _notify(member, approval, title, note, context, is_asked=False)


def _notify(
    member: Member, approval: ApprovalRequest, title: str, body: str, context: EventContext, *, is_asked: bool
) -> None:
    kind = kind_of(approval)
    url = f"/approvals/{approval.id}/" if is_asked else f"/{kind.object}s/{approval.document_id}/"
    notice = kind.notices[0 if is_asked else 1]
    notify(member=member, kind=notice, title=title, body=body[:300], url=url, actor=context.actor)


def _approval(approval_id: str) -> ApprovalRequest | None:
    rows = with_steps(ApprovalRequest.objects.filter(id=UUID(approval_id)))
    living = Q()
    for name in ("quote", "contract"):
        living &= Q(**{f"{name}__deleted_at": None, f"{name}__party__deleted_at": None})
    return rows.filter(living).first()
