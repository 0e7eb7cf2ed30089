"""How requests for approval are shown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from ponte.commerce.line_words import quantity_text
from ponte.sales.discounts import LINE, MARGIN, TOTAL
from ponte.sales.models.approval import (
    ApprovalKind,
    ApprovalRequest,
    ApprovalRequestStep,
    ApprovalState,
    ApprovalStep,
    Approver,
)
from ponte.sales.selectors.approvals import Standing, waiting_step

TONES = {
    ApprovalState.WAITING: "yellow",
    ApprovalState.APPROVED: "green",
    ApprovalState.REFUSED: "red",
    ApprovalState.OUTDATED: "neutral",
    ApprovalState.EXPIRED: "orange",
    ApprovalState.CANCELLED: "neutral",
}


def percent(value: Decimal | None) -> str:
    """Return a percentage as its reader writes it, without needless zeros."""
    if value is None:
        return "—"
    return f"{quantity_text(value)}%"


def shown(approval: ApprovalRequest, *, sees_margin: bool) -> dict[str, Any]:
    """Return a request as templates show it. Steps, document and people are read already."""
    step = waiting_step(approval)
    is_quote = approval.kind == ApprovalKind.QUOTE
    return {
        "row": approval,
        "is_quote": is_quote,
        "tone": TONES[ApprovalState(approval.state)],
        "steps": [(one, TONES[ApprovalState(one.state)], who(one)) for one in approval.steps.all()],
        "waits_for": who(step) if step else "",
        "is_late": approval.state == ApprovalState.APPROVED and approval.expires_at <= timezone.now(),
        **(_figures(approval, sees_margin=sees_margin) if is_quote else {}),
    }


def _figures(approval: ApprovalRequest, *, sees_margin: bool) -> dict[str, Any]:
    over = {name: percent(Decimal(limit)) for name, limit in approval.over.items()}
    return {
        "line": percent(approval.line_discount),
        "total": percent(approval.total_discount),
        "margin": percent(approval.margin) if sees_margin else "",
        "over_line": over.get(LINE, ""),
        "over_total": over.get(TOTAL, ""),
        "over_margin": over.get(MARGIN, "") if sees_margin else "",
        "has_low_margin": MARGIN in over,
    }


def shown_standing(standing: Standing, *, sees_margin: bool) -> dict[str, Any]:
    """Return where a quote stands towards the reader's limit, as its page shows it."""
    over, figures = standing.over, standing.figures
    return {
        "is_free": standing.is_free,
        "is_over": bool(over),
        "holds": standing.holds,
        "line": percent(figures.line) if LINE in over else "",
        "line_limit": percent(over.get(LINE)),
        "total": percent(figures.total) if TOTAL in over else "",
        "total_limit": percent(over.get(TOTAL)),
        "has_low_margin": MARGIN in over,
        "margin": percent(figures.margin) if MARGIN in over and sees_margin else "",
        "margin_limit": percent(over.get(MARGIN)) if sees_margin else "",
    }


def who(step: ApprovalRequestStep | ApprovalStep) -> str:
    """Return who answers a step, in words; empty for whoever runs sales. Reads prefetched members."""
    names = [one.name for one in step.members.all()]
    if step.role is not None:
        names.append(step.role.name)
    return ", ".join(names)


def who_approves(step: ApprovalStep) -> str:
    """Return who answers a step that is set up, in words."""
    named = who(step) if step.approver == Approver.NAMED else ""
    if step.approver == Approver.NAMED and not named:
        return str(Approver.SALES.label)  # whoever was named is gone
    return named or str(step.get_approver_display())
