"""Who may answer a request for approval. Whoever does also sees the quote; nobody answers what they asked, nor for their own quote."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.sales.models.approval import ApprovalState, QuoteApproval, QuoteApprovalStep
from ponte.sales.quote_policies import visible_quotes


def visible_approvals(member: Member) -> QuerySet[QuoteApproval]:
    """Return the requests about quotes the member may see."""
    return QuoteApproval.objects.filter(quote__in=visible_quotes(member))


def reaches(member: Member, step: QuoteApprovalStep) -> bool:
    """Tell whether a step is the member's to answer: by name, by role, or because they run sales or the whole workspace."""
    if not member.is_active:
        return False
    if member.role.rights.get("all"):
        return True
    if step.member_id is None and step.role_id is None:
        return may_area(member, "sales")
    return member.id == step.member_id or (step.member_id is None and member.role_id == step.role_id)


def is_concerned(member: Member, approval: QuoteApproval) -> bool:
    """Tell whether the member asked, or sells what is asked about: they never answer."""
    return member.id in (approval.asked_by_id, approval.quote.owner_id)


def may_answer(member: Member, approval: QuoteApproval, step: QuoteApprovalStep | None) -> bool:
    """Tell whether ``step``, the one that waits, is the member's to answer. They see the quote already."""
    return step is not None and not is_concerned(member, approval) and reaches(member, step)


def waiting_for(member: Member) -> QuerySet[QuoteApproval]:
    """Return the requests whose waiting step the member may answer, in one query."""
    mine = Q(member=member) | Q(member=None, role=member.role_id)
    if may_area(member, "sales"):
        mine |= Q(member=None, role=None)
    if member.role.rights.get("all"):
        mine = Q()
    first = QuoteApprovalStep.objects.filter(mine, state=ApprovalState.WAITING)
    # steps that wait behind another one are not asked yet
    ahead = QuoteApprovalStep.objects.filter(state=ApprovalState.WAITING).order_by("approval", "position")
    first = first.filter(id__in=ahead.distinct("approval").values("id"))
    rows = visible_approvals(member).filter(
        state=ApprovalState.WAITING, id__in=first.values("approval"), quote__deleted_at=None
    )
    return rows.exclude(Q(asked_by=member) | Q(quote__owner__isnull=False, quote__owner=member))
