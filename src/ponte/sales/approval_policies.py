"""Who may answer a request for approval. Whoever does also sees the document; ``four_eyes`` says who never answers."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.sales import four_eyes
from ponte.sales.approval_kinds import KINDS, kind_of
from ponte.sales.models.approval import ApprovalRequest, ApprovalRequestStep, ApprovalState

MOST_OWN = 50


def visible_approvals(member: Member) -> QuerySet[ApprovalRequest]:
    """Return the requests about documents the member may see."""
    seen = Q()
    for kind in KINDS.values():  # asked for each request: a list of all one sees would be read whole
        seen |= Q(Exists(kind.visible(member).filter(id=OuterRef(f"{kind.object}_id"))))
    return ApprovalRequest.objects.filter(seen)


def own_approvals(member: Member) -> QuerySet[ApprovalRequest]:
    """Return the requests the member made, or that are about what they sell or are in charge of."""
    return visible_approvals(member).filter(_concerns(member))


def named_by(step: ApprovalRequestStep) -> tuple[tuple[UUID, ...], UUID | None]:
    """Return whom a step asks: members, a role. Reads prefetched members."""
    return tuple(one.id for one in step.members.all()), step.role_id


def concerned(approval: ApprovalRequest) -> tuple[UUID | None, ...]:
    """Return who asked and whose document it is: they don't answer while anybody else can."""
    return approval.asked_by_id, approval.document.owner_id


def may_answer(member: Member, approval: ApprovalRequest, step: ApprovalRequestStep | None) -> bool:
    """Tell whether ``step``, the one that waits, is the member's to answer. They see the document already."""
    return step is not None and four_eyes.may_answer_as(
        member, fits_step(approval, step, seen_by=member), concerned(approval)
    )


def fits_step(
    approval: ApprovalRequest, step: ApprovalRequestStep, *, seen_by: Member | None = None
) -> four_eyes.Fits:
    """Return who may answer a step: whom it reaches and who sees the document, as ``seen_by`` is known to."""
    named, visible = named_by(step), kind_of(approval).visible

    def fits(member: Member) -> bool:
        if not four_eyes.reaches(member, *named):
            return False
        return member == seen_by or visible(member).filter(id=approval.document_id).exists()

    return fits


def waiting_for(member: Member) -> QuerySet[ApprovalRequest]:
    """Return the requests whose waiting step the member may answer."""
    mine = Q(members=member) | Q(role=member.role_id)
    if may_area(member, "sales"):
        mine |= Q(members=None, role=None)
    if four_eyes.has_every_right(member):
        mine = Q()
    first = ApprovalRequestStep.objects.filter(mine, state=ApprovalState.WAITING)
    # steps that wait behind another one are not asked yet
    ahead = ApprovalRequestStep.objects.filter(state=ApprovalState.WAITING).order_by("approval", "position")
    first = first.filter(id__in=ahead.distinct("approval").values("id"))
    rows = visible_approvals(member).filter(state=ApprovalState.WAITING, id__in=first.values("approval"))
    own = _concerns(member)
    return rows.exclude(own & ~Q(id__in=_alone(member, rows.filter(own))))


def _concerns(member: Member) -> Q:
    """Asked by the member, or about what is theirs; never unknown, so that it can be excluded."""
    own = Q(asked_by__isnull=False, asked_by=member)
    for kind in KINDS.values():
        own |= Q(**{f"{kind.object}__owner__isnull": False, f"{kind.object}__owner": member})
    return own


def _alone(member: Member, own: QuerySet[ApprovalRequest]) -> list[UUID]:
    """Return which of the member's own requests nobody else can answer: none but those of the only administrator."""
    others = Member.objects.filter(is_active=True, role__rights__all=True).exclude(id=member.id)
    if not four_eyes.has_every_right(member) or others.exists():
        return []
    rows = own.select_related("quote", "contract").prefetch_related("steps__members")
    waiting = rows.order_by("id")[:MOST_OWN]
    return [one.id for one in waiting if may_answer(member, one, _waiting_step(one))]


def _waiting_step(approval: ApprovalRequest) -> ApprovalRequestStep | None:
    steps = sorted(approval.steps.all(), key=lambda step: step.position)
    return next((step for step in steps if step.state == ApprovalState.WAITING), None)
