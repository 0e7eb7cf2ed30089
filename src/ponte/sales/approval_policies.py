"""Who may answer a request for approval. Whoever does also sees the quote; ``four_eyes`` says who never answers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.sales import four_eyes
from ponte.sales.models.approval import ApprovalState, QuoteApproval, QuoteApprovalStep
from ponte.sales.quote_policies import visible_quotes

MOST_OWN = 50


def visible_approvals(member: Member) -> QuerySet[QuoteApproval]:
    """Return the requests about quotes the member may see."""
    return QuoteApproval.objects.filter(quote__in=visible_quotes(member))


def reaches(member: Member, step: QuoteApprovalStep) -> bool:
    """Tell whether a step is the member's to answer: by name, by role, or because they run sales or the whole workspace."""
    return four_eyes.reaches(member, *named_by(step))


def named_by(step: QuoteApprovalStep) -> tuple[tuple[UUID, ...], UUID | None]:
    """Return whom a step asks: members, or a role."""
    return ((step.member_id,), None) if step.member_id else ((), step.role_id)


def concerned(approval: QuoteApproval) -> tuple[UUID | None, ...]:
    """Return who asked and who sells what is asked about: they don't answer while anybody else can."""
    return approval.asked_by_id, approval.quote.owner_id


def may_answer(member: Member, approval: QuoteApproval, step: QuoteApprovalStep | None) -> bool:
    """Tell whether ``step``, the one that waits, is the member's to answer. They see the quote already."""
    return step is not None and four_eyes.may_answer_as(
        member, fits_step(approval, step, seen_by=member), concerned(approval)
    )


def fits_step(
    approval: QuoteApproval, step: QuoteApprovalStep, *, seen_by: Member | None = None
) -> four_eyes.Fits:
    """Return who may answer a step: whom it reaches and who sees the quote, as ``seen_by`` is known to."""

    def fits(member: Member) -> bool:
        sees = member == seen_by or visible_quotes(member).filter(id=approval.quote_id).exists()
        return reaches(member, step) and sees

    return fits


def waiting_for(member: Member) -> QuerySet[QuoteApproval]:
    """Return the requests whose waiting step the member may answer."""
    mine = Q(member=member) | Q(member=None, role=member.role_id)
    if may_area(member, "sales"):
        mine |= Q(member=None, role=None)
    if four_eyes.has_every_right(member):
        mine = Q()
    first = QuoteApprovalStep.objects.filter(mine, state=ApprovalState.WAITING)
    # steps that wait behind another one are not asked yet
    ahead = QuoteApprovalStep.objects.filter(state=ApprovalState.WAITING).order_by("approval", "position")
    first = first.filter(id__in=ahead.distinct("approval").values("id"))
    rows = visible_approvals(member).filter(
        state=ApprovalState.WAITING, id__in=first.values("approval"), quote__deleted_at=None
    )
    own = Q(asked_by=member) | Q(quote__owner__isnull=False, quote__owner=member)
    return rows.exclude(own & ~Q(id__in=_alone(member, rows.filter(own))))


def _alone(member: Member, own: QuerySet[QuoteApproval]) -> list[UUID]:
    """Return which of the member's own requests nobody else can answer: none but those of the only administrator."""
    others = Member.objects.filter(is_active=True, role__rights__all=True).exclude(id=member.id)
    if not four_eyes.has_every_right(member) or others.exists():
        return []
    waiting = own.select_related("quote").prefetch_related("steps").order_by("id")[:MOST_OWN]
    return [one.id for one in waiting if may_answer(member, one, _waiting_step(one))]


def _waiting_step(approval: QuoteApproval) -> QuoteApprovalStep | None:
    steps = sorted(approval.steps.all(), key=lambda step: step.position)
    return next((step for step in steps if step.state == ApprovalState.WAITING), None)
