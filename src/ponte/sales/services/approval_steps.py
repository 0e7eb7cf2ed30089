"""Who is asked at each step of a request."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from ponte.core.errors import Invalid
from ponte.core.models import Member, Team
from ponte.sales.approval_policies import concerned, fits_step, named_by
from ponte.sales.four_eyes import is_named, who_answers
from ponte.sales.models.approval import ApprovalStep, Approver, QuoteApproval, QuoteApprovalStep


def make_steps(approval: QuoteApproval, steps: Sequence[ApprovalStep]) -> list[QuoteApprovalStep]:
    """Write the steps of a request; without any the leader of the salesperson's team is asked. Part of the caller's act.

    Raises:
        Invalid: nobody can answer one of them.
    """
    asked = steps or [ApprovalStep(name="", approver=Approver.LEADER)]
    rows = [_step(approval, place, step) for place, step in enumerate(asked, 1)]
    QuoteApprovalStep.objects.bulk_create(rows)
    for row in rows:
        if not people_for(approval, row):
            raise Invalid.on(
                "approval",
                "nobody",
                _("Nobody can approve this quote (step “%(name)s”). Ask who runs sales to change the steps.")
                % {"name": row.name or "1"},
            )
    return rows


def people_for(approval: QuoteApproval, step: QuoteApprovalStep) -> list[Member]:
    """Return who may answer a step: named, or by role; administrators only where nobody else can."""
    fit = who_answers(fits_step(approval, step), concerned(approval))
    named = [one for one in fit if is_named(one, *named_by(step))]
    return named or fit


def _step(approval: QuoteApproval, place: int, step: ApprovalStep) -> QuoteApprovalStep:
    row = QuoteApprovalStep(approval=approval, position=place, name=step.name)
    if step.approver == Approver.MEMBER:
        row.member = step.member
    elif step.approver == Approver.ROLE:
        row.role = step.role
    else:
        row.member = _leader(approval)
    return row


def _leader(approval: QuoteApproval) -> Member | None:
    """Return who leads the salesperson's team, or one above it; never who asks. None: whoever runs sales is asked."""
    seller = approval.quote.owner or approval.asked_by
    team: Team | None = seller.team if seller else None
    while team is not None:
        leader = team.leader
        if leader is not None and leader.is_active and leader.id not in concerned(approval):
            return leader
        team = team.parent
    return None
