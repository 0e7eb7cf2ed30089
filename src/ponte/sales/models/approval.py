"""How far a role may go down with prices, who says yes beyond that, and what was asked and answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.quote import Quote


def percent_field(label: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    """Return a column for a percentage that may be missing."""
    return models.DecimalField(label, max_digits=6, decimal_places=2, null=True, blank=True)


class Approver(models.TextChoices):
    """Who answers a step."""

    LEADER = "leader", _("The leader of the salesperson's team")
    ROLE = "role", _("Anyone with a role")
    MEMBER = "member", _("One person")


class ApprovalState(models.TextChoices):
    """Where a request, or one step of it, stands."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    OUTDATED = "outdated", _("Outdated: the quote changed")
    EXPIRED = "expired", _("Expired without an answer")
    CANCELLED = "cancelled", _("Taken back")


class DiscountLimit(VersionedRecord):
    """What a role may give without asking. A missing figure, or a role without a row, has no limit.

    ``line`` and ``total`` are the largest discounts, in per cent of list price, of a line and of the whole; ``margin`` is the least
    margin, in per cent of what is charged.
    """

    role = models.OneToOneField("core.Role", on_delete=models.CASCADE, related_name="discount_limit")
    line = percent_field(_("discount of a line"))
    total = percent_field(_("discount of the whole"))
    margin = percent_field(_("least margin"))
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Discount limit")
        verbose_name_plural = _("Discount limits")
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=True) | Q(line__range=(0, 100)), name="discount_limit_line"
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__range=(0, 100)), name="discount_limit_total"
            ),
        ]

    def __str__(self) -> str:
        return str(self.role_id)


class ApprovalStep(VersionedRecord):
    """One step of the way a quote over the limit takes, by ``position``.

    It is taken where the largest discount is above ``above_discount`` or the margin under ``below_margin``; with neither always.
    """

    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    above_discount = percent_field(_("above a discount of"))
    below_margin = percent_field(_("below a margin of"))
    approver = models.CharField(_("who"), max_length=8, choices=Approver, default=Approver.LEADER)
    role = models.ForeignKey("core.Role", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Step of approval")
        verbose_name_plural = _("Steps of approval")
        constraints = [
            models.CheckConstraint(
                condition=~Q(approver=Approver.ROLE) | Q(role__isnull=False), name="approval_step_role"
            ),
            models.CheckConstraint(
                condition=~Q(approver=Approver.MEMBER) | Q(member__isnull=False), name="approval_step_member"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuoteApproval(Record):
    """A request to sell over the limit. It holds for exactly the figures of ``fingerprint`` and until ``expires_at``.

    ``line_discount``, ``total_discount`` and ``margin`` (per cent) are those asked about, ``over`` says which limits they pass:
    ``{"line": "10.00", …}``. While it waits, ``expires_at`` is the last moment to answer; once approved, the last to send.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="approvals", db_index=False)
    edition = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    fingerprint = models.CharField(max_length=64, db_collation="C")
    reason = models.CharField(_("reason"), max_length=500)
    line_discount = percent_field(_("largest discount"))
    total_discount = percent_field(_("discount of the whole"))
    margin = percent_field(_("margin"))
    over: models.JSONField[Any, Any] = models.JSONField(default=dict)
    asked_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Request for approval")
        verbose_name_plural = _("Requests for approval")
        constraints = [
            models.UniqueConstraint(
                fields=["quote"], condition=Q(state=ApprovalState.WAITING), name="quote_approval_one_waits"
            ),
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="quote_approval_state"),
        ]
        indexes = [
            models.Index(fields=["quote", "-id"], name="quote_approval_quote"),
            models.Index(
                fields=["expires_at", "id"],
                condition=Q(state=ApprovalState.WAITING),
                name="quote_approval_waits",
            ),
            models.Index(fields=["-id"], name="quote_approval_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.state}"


class QuoteApprovalStep(Record):
    """One step of a request as it was when it was asked: who may answer, and what they said.

    With neither ``member`` nor ``role`` whoever may change how the business sells answers.
    """

    approval = models.ForeignKey(
        QuoteApproval, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    role = models.ForeignKey("core.Role", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    decided_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Step of a request for approval")
        verbose_name_plural = _("Steps of requests for approval")
        constraints = [
            models.UniqueConstraint(fields=["approval", "position"], name="quote_approval_step_once")
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.state}"
