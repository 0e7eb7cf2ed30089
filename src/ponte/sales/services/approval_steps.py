"""Who is asked at each step of a request."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ponte.core.errors import Invalid
from ponte.core.models import Member, Team
from ponte.sales.approval_kinds import kind_of
from ponte.sales.approval_policies import concerned, fits_step, named_by
from ponte.sales.four_eyes import is_named, who_answers
from ponte.sales.models.approval import (
    ApprovalKind,
    ApprovalRequest,
    ApprovalRequestStep,
    ApprovalStep,
    Approver,
)

NOBODY = {
    ApprovalKind.QUOTE: _(
        "Nobody can approve this quote (step “%(name)s”). Ask who runs sales to change the steps."
    ),
    ApprovalKind.CONTRACT: _(
        "Nobody can approve this contract (step “%(name)s”). Ask who runs sales to change the steps."
    ),
}


def make_steps(approval: ApprovalRequest, steps: Sequence[ApprovalStep]) -> list[ApprovalRequestStep]:
    """Write the steps of a request; without any the one its kind of document falls back to. Part of the caller's act.

    Raises:
        Invalid: nobody can answer one of them.
    """
    asked = steps or [ApprovalStep(approver=kind_of(approval).default)]
    rows = [_step(approval, place, step) for place, step in enumerate(asked, 1)]
    for row in rows:
        if not people_for(approval, row):
            raise Invalid.on("approval", "nobody", NOBODY[approval.kind] % {"name": row.name or "1"})
    return rows


def people_for(approval: ApprovalRequest, step: ApprovalRequestStep) -> list[Member]:
    """Return who may answer a step: named, or by role; administrators only where nobody else can."""
    fit = who_answers(fits_step(approval, step), concerned(approval))
    named = [one for one in fit if is_named(one, *named_by(step))]
    return named or fit


def _step(approval: ApprovalRequest, place: int, step: ApprovalStep) -> ApprovalRequestStep:
    row = ApprovalRequestStep(approval=approval, position=place, name=step.name)
    members: list[Member] = []
    if step.approver == Approver.NAMED:
        row.role, members = step.role, list(step.members.all())
    elif step.approver == Approver.LEADER and (leader := _leader(approval)):
        members = [leader]
    row.save(force_insert=True)
    row.members.set(members)
    return row


def _leader(approval: ApprovalRequest) -> Member | None:
    """Return who leads the salesperson's team, or one above it; never who asks. None: whoever runs sales is asked."""
    seller = approval.document.owner or approval.asked_by
    team: Team | None = seller.team if seller else None
    while team is not None:
        leader = team.leader
        if leader is not None and leader.is_active and leader.id not in concerned(approval):
            return leader
        team = team.parent
    return None
