"""The identity graph: what a customer is recognised by, and disputes about it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.directory.models.choices import ClaimStatus, IdentityKind
from ponte.directory.models.party import Party


class Identity(Record):
    """One normalised mark that belongs to one customer alone: an e-mail, a phone, a document, an external id.

    ``value`` is canonical (see ``ponte.directory.selectors.identities``): Brazilian mobiles carry the ninth
    digit, WhatsApp ids are the phone's number, external ids are ``source:id``. So one equality finds the customer.
    """

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="identities", db_constraint=False
    )  # held by triggers (ADR 0017)
    kind = models.CharField(max_length=10, choices=IdentityKind)
    value = models.CharField(max_length=320, db_collation="C")
    source = models.CharField(max_length=40, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Identity")
        verbose_name_plural = _("Identities")
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], include=["party"], name="identity_kind_value"),
            models.CheckConstraint(condition=~Q(value=""), name="identity_value_given"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class IdentityClaim(Record):
    """A second customer claims an identity that another holds: a person decides, nothing moves by itself."""

    kind = models.CharField(max_length=10, choices=IdentityKind)
    value = models.CharField(max_length=320, db_collation="C")
    holder = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="disputed_identities")
    claimant = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="identity_claims")
    status = models.CharField(max_length=8, choices=ClaimStatus, default=ClaimStatus.OPEN)
    source = models.CharField(max_length=40, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Identity claim")
        verbose_name_plural = _("Identity claims")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value", "claimant"], condition=Q(status="open"), name="claim_open_once"
            ),
            models.CheckConstraint(condition=~Q(holder=models.F("claimant")), name="claim_between_two"),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(status="open"), name="claim_open")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"
