"""How far a role may go down with prices, who says yes to more and to contracts, and what was asked and answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.contract import Contract
from ponte.sales.models.quote import Quote


def percent_field(label: Any) -> models.DecimalField[Decimal | None, Decimal | None]:
    """Return a column for a percentage that may be missing."""
    return models.DecimalField(label, max_digits=6, decimal_places=2, null=True, blank=True)


class ApprovalKind(models.TextChoices):
    """What is approved before it is given to the customer."""

    QUOTE = "quote", _("Quotes over the limit")
    CONTRACT = "contract", _("Contracts")


class Approver(models.TextChoices):
    """Who answers a step."""

    LEADER = "leader", _("The leader of the salesperson's team")
    NAMED = "named", _("People or a role")
    SALES = "sales", _("Whoever runs sales")


class ApprovalState(models.TextChoices):
    """Where a request, or one step of it, stands."""

    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    OUTDATED = "outdated", _("Outdated: it changed")
    EXPIRED = "expired", _("Expired without an answer")
    CANCELLED = "cancelled", _("Taken back")


WAITS = Q(state=ApprovalState.WAITING)


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
    """One step of the way a kind of document takes, by ``position``.

    A quote over the limit takes it where the largest discount is above ``above_discount`` or the margin under ``below_margin``, a
    contract where it is worth more than ``above_amount`` a year; with none of them always. NAMED: any of ``members``, anyone with ``role``.
    """

    kind = models.CharField(max_length=8, choices=ApprovalKind, default=ApprovalKind.QUOTE)
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveIntegerField(default=1)
    above_discount = percent_field(_("above a discount of"))
    below_margin = percent_field(_("below a margin of"))
    above_amount: models.DecimalField[Decimal | None, Decimal | None] = models.DecimalField(
        _("above a value of"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    approver = models.CharField(_("who"), max_length=8, choices=Approver, default=Approver.LEADER)
    role = models.ForeignKey("core.Role", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    members = models.ManyToManyField("core.Member", related_name="+", blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Step of approval")
        verbose_name_plural = _("Steps of approval")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ApprovalKind.values), name="approval_step_kind"),
            models.CheckConstraint(condition=Q(approver__in=Approver.values), name="approval_step_approver"),
        ]

    def __str__(self) -> str:
        return self.name


class ApprovalRequest(Record):
    """A request for a yes to a quote over the limit, or to a contract. It holds for exactly what ``fingerprint`` says and until ``expires_at``.

    ``fingerprint`` is of a quote's figures (``discounts.fingerprint``) or of a contract's text. Of quotes: ``line_discount``,
    ``total_discount`` and ``margin`` (per cent) are those asked about, ``over`` says which limits they pass: ``{"line": "10.00", …}``.
    While it waits, ``expires_at`` is the last moment to answer; once approved, the last to send.
    """

    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="approvals", null=True, blank=True, db_index=False
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="approvals", null=True, blank=True, db_index=False
    )
    edition = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    fingerprint = models.CharField(max_length=64, db_collation="C")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
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
            models.UniqueConstraint(fields=["quote"], condition=WAITS, name="approval_quote_waits_once"),
            models.UniqueConstraint(
                fields=["contract"], condition=WAITS, name="approval_contract_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(quote__isnull=False, contract=None) | Q(quote=None, contract__isnull=False),
                name="approval_of_one_document",
            ),
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="approval_state_known"),
        ]
        indexes = [
            models.Index(fields=["quote", "-id"], name="approval_quote"),
            models.Index(fields=["contract", "-id"], name="approval_contract"),
            models.Index(fields=["expires_at", "id"], condition=WAITS, name="approval_waits"),
            models.Index(fields=["-id"], name="approval_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.state}"

    @property
    def kind(self) -> ApprovalKind:
        """What it is about."""
        return ApprovalKind.CONTRACT if self.quote_id is None else ApprovalKind.QUOTE

    @property
    def document(self) -> Quote | Contract:
        """The quote or contract it is about."""
        found = self.contract if self.quote_id is None else self.quote
        assert found is not None  # the database holds it: one of both
        return found

    @property
    def document_id(self) -> UUID:
        """The id of the quote or contract it is about."""
        found = self.quote_id or self.contract_id
        assert found is not None
        return found


class ApprovalRequestStep(Record):
    """One step of a request as it was when it was asked: who may answer, and what they said.

    With neither ``members`` nor ``role`` whoever may change how the business sells answers.
    """

    approval = models.ForeignKey(
        ApprovalRequest, on_delete=models.CASCADE, related_name="steps", db_index=False
    )
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80, blank=True)
    members = models.ManyToManyField("core.Member", related_name="+", blank=True)
    role = models.ForeignKey("core.Role", on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    state = models.CharField(max_length=10, choices=ApprovalState, default=ApprovalState.WAITING)
    decided_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("note"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Step of a request for approval")
        verbose_name_plural = _("Steps of requests for approval")
        constraints = [models.UniqueConstraint(fields=["approval", "position"], name="approval_step_once")]

    def __str__(self) -> str:
        return f"{self.position} {self.state}"
