"""Reading limits, requests for approval and what holds for a quote now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from ponte.commerce.models.choices import Billing
from ponte.core.models import Member, Role
from ponte.core.services.preferences import get_preference
from ponte.core.tenancy.scope import current_workspace
from ponte.sales.approval_kinds import KINDS
from ponte.sales.discounts import Figures, figures_of, fingerprint, passed_limits
from ponte.sales.models.approval import (
    WAITS,
    ApprovalKind,
    ApprovalRequest,
    ApprovalRequestStep,
    ApprovalState,
    ApprovalStep,
    DiscountLimit,
)
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote, QuoteLine
from ponte.sales.quote_totals import PERIODS_A_YEAR

KEY = "sales.approvals"
MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class ApprovalSettings:
    """Days to answer a request, and days an approval holds."""

    answer_days: int
    valid_days: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a quote stands towards the limit of whoever sends it.

    ``over`` names the limits passed; ``approval`` is the newest request about the quote. ``is_free`` tells whether it may be sent.
    """

    figures: Figures
    over: dict[str, Decimal]
    approval: ApprovalRequest | None
    holds: bool  # the newest request is an approval of exactly these figures that hasn't run out

    @property
    def is_free(self) -> bool:
        return not self.over or self.holds


def load_approval_settings(kind: ApprovalKind) -> ApprovalSettings:
    """Return the workspace's days for a kind of document; one query."""
    kept, usual = get_preference(settings_key(kind)) or {}, KINDS[kind]
    return ApprovalSettings(
        kept.get("answer_days", usual.answer_days), kept.get("valid_days", usual.valid_days)
    )


def settings_key(kind: ApprovalKind) -> str:
    """Return where the days of a kind are kept."""
    return KEY if kind == ApprovalKind.QUOTE else f"{KEY}.{kind}"


def limit_of(member: Member | None) -> DiscountLimit | None:
    """Return the limit of a member's role, None where there is none."""
    return DiscountLimit.objects.filter(role=member.role_id).first() if member else None


def standing_of(quote: Quote, lines: Sequence[QuoteLine], seller: Member | None) -> Standing:
    """Return where a quote stands when ``seller`` sends it; two queries."""
    figures = figures_of(lines)
    approval = newest_request(quote)
    over = passed_limits(figures, limit_of(seller))
    return Standing(figures, over, approval, holds(approval, fingerprint(quote, lines)))


def newest_request(document: Quote | Contract) -> ApprovalRequest | None:
    """Return the last request about a document."""
    return document.approvals.order_by("-id").first()


def waiting_request(document: Quote | Contract) -> ApprovalRequest | None:
    """Return the request about a document that waits for an answer."""
    return document.approvals.filter(WAITS).first()


def holds(approval: ApprovalRequest | None, told: str) -> bool:
    """Tell whether a request is a yes to exactly what the fingerprint ``told`` says, and hasn't run out."""
    return (
        approval is not None
        and approval.state == ApprovalState.APPROVED
        and approval.expires_at > timezone.now()
        and approval.fingerprint == told
    )


def steps_of(kind: ApprovalKind) -> QuerySet[ApprovalStep]:
    """Return the steps a kind of document may have to take, in order, with whom they name."""
    members = Prefetch("members", queryset=Member.objects.order_by("sort_name", "id"))
    rows = ApprovalStep.objects.filter(kind=kind).select_related("role").prefetch_related(members)
    return rows.order_by("position", "id")


def steps_for_figures(figures: Figures) -> list[ApprovalStep]:
    """Return the steps a quote of these figures has to take, in order."""
    return [step for step in steps_of(ApprovalKind.QUOTE) if _is_needed(step, figures)]


def steps_for_contract(contract: Contract) -> list[ApprovalStep]:
    """Return the steps a contract has to take, in order. Worth in another currency can't be compared: all are taken."""
    is_comparable = contract.currency == current_workspace().currency
    worth = contract.amount * PERIODS_A_YEAR.get(Billing(contract.billing), 1)
    return [
        step
        for step in steps_of(ApprovalKind.CONTRACT)
        if step.above_amount is None or not is_comparable or worth > step.above_amount
    ]


def _is_needed(step: ApprovalStep, figures: Figures) -> bool:
    if step.above_discount is None and step.below_margin is None:
        return True
    return (step.above_discount is not None and figures.largest > step.above_discount) or (
        step.below_margin is not None and figures.margin is not None and figures.margin < step.below_margin
    )


def with_steps(approvals: QuerySet[ApprovalRequest], *, documents: bool = True) -> QuerySet[ApprovalRequest]:
    """Return requests with all a page or an answer of the API shows, in a fixed number of queries.

    ``documents``: with what they are about, too; contracts without their text.
    """
    members = Prefetch("members", queryset=Member.objects.order_by("sort_name", "id"))
    steps = ApprovalRequestStep.objects.select_related("role", "decided_by").prefetch_related(members)
    rows = approvals.select_related("asked_by").prefetch_related(
        Prefetch("steps", queryset=steps.order_by("position"))
    )
    if not documents:
        return rows
    related = [f"{name}__{one}" for name in ("quote", "contract") for one in ("party", "owner")]
    return rows.select_related(*related).defer("contract__body")


def waiting_step(approval: ApprovalRequest) -> ApprovalRequestStep | None:
    """Return the step a request waits at. Reads prefetched steps."""
    if approval.state != ApprovalState.WAITING:
        return None
    return next((step for step in approval.steps.all() if step.state == ApprovalState.WAITING), None)


def limits_by_role() -> list[tuple[Role, DiscountLimit | None]]:
    """Return every role with its limit, by name."""
    limits = {one.role_id: one for one in DiscountLimit.objects.all()}
    return [(role, limits.get(role.id)) for role in Role.objects.order_by("name", "id")]
