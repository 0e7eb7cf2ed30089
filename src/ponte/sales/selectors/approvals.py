"""Reading limits, requests for approval and what holds for a quote now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from ponte.core.models import Member, Role
from ponte.core.services.preferences import get_preference
from ponte.sales.discounts import Figures, figures_of, fingerprint, passed_limits
from ponte.sales.models.approval import (
    ApprovalState,
    ApprovalStep,
    DiscountLimit,
    QuoteApproval,
    QuoteApprovalStep,
)
from ponte.sales.models.quote import Quote, QuoteLine

KEY = "sales.approvals"
ANSWER_DAYS, VALID_DAYS, MOST_DAYS = 3, 15, 90


@dataclass(frozen=True, slots=True)
class ApprovalSettings:
    """Days to answer a request, and days an approval holds."""

    answer_days: int = ANSWER_DAYS
    valid_days: int = VALID_DAYS


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a quote stands towards the limit of whoever sends it.

    ``over`` names the limits passed; ``approval`` is the newest request about the quote. ``is_free`` tells whether it may be sent.
    """

    figures: Figures
    over: dict[str, Decimal]
    approval: QuoteApproval | None
    holds: bool  # the newest request is an approval of exactly these figures that hasn't run out

    @property
    def is_free(self) -> bool:
        return not self.over or self.holds


def load_approval_settings() -> ApprovalSettings:
    """Return the workspace's days; one query."""
    kept = get_preference(KEY) or {}
    return ApprovalSettings(kept.get("answer_days", ANSWER_DAYS), kept.get("valid_days", VALID_DAYS))


def limit_of(member: Member | None) -> DiscountLimit | None:
    """Return the limit of a member's role, None where there is none."""
    return DiscountLimit.objects.filter(role=member.role_id).first() if member else None


def standing_of(quote: Quote, lines: Sequence[QuoteLine], seller: Member | None) -> Standing:
    """Return where a quote stands when ``seller`` sends it; two queries."""
    figures = figures_of(lines)
    approval = QuoteApproval.objects.filter(quote=quote).order_by("-id").first()
    holds = (
        approval is not None
        and approval.state == ApprovalState.APPROVED
        and approval.expires_at > timezone.now()
        and approval.fingerprint == fingerprint(quote, lines)
    )
    return Standing(figures, passed_limits(figures, limit_of(seller)), approval, holds)


def steps_for(figures: Figures) -> list[ApprovalStep]:
    """Return the steps a quote of these figures has to take, in order."""
    steps = ApprovalStep.objects.select_related("role", "member").order_by("position", "id")
    return [step for step in steps if _is_needed(step, figures)]


def _is_needed(step: ApprovalStep, figures: Figures) -> bool:
    if step.above_discount is None and step.below_margin is None:
        return True
    return (step.above_discount is not None and figures.largest > step.above_discount) or (
        step.below_margin is not None and figures.margin is not None and figures.margin < step.below_margin
    )


def with_steps(approvals: QuerySet[QuoteApproval]) -> QuerySet[QuoteApproval]:
    """Return requests with all a page or an answer of the API shows, in a fixed number of queries."""
    steps = QuoteApprovalStep.objects.select_related("member", "role", "decided_by").order_by("position")
    return approvals.select_related("quote__party", "quote__owner", "asked_by").prefetch_related(
        Prefetch("steps", queryset=steps)
    )


def waiting_step(approval: QuoteApproval) -> QuoteApprovalStep | None:
    """Return the step a request waits at. Reads prefetched steps."""
    if approval.state != ApprovalState.WAITING:
        return None
    return next((step for step in approval.steps.all() if step.state == ApprovalState.WAITING), None)


def limits_by_role() -> list[tuple[Role, DiscountLimit | None]]:
    """Return every role with its limit, by name."""
    limits = {one.role_id: one for one in DiscountLimit.objects.all()}
    return [(role, limits.get(role.id)) for role in Role.objects.order_by("name", "id")]
