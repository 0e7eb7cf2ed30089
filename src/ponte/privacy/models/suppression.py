"""Addresses nothing is sent to, and contacts that were refused."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.directory.models import Party
from ponte.privacy.models.choices import ContactChannel, SuppressionReason, Verdict


class Suppression(Record):
    """An e-mail address or phone number that gets nothing, whoever's it is.

    ``channel`` empty: on no channel that uses it. ``lifted_at`` ends it; the row stays as history. An opt-out without
    a channel and ``opted_out_at`` of the same e-mails and phones are always set together.
    """

    channel = models.CharField(max_length=10, choices=ContactChannel, blank=True)
    address = models.CharField(_("address"), max_length=254)
    reason = models.CharField(_("reason"), max_length=10, choices=SuppressionReason)
    source = models.CharField(_("source"), max_length=160, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    since = models.DateTimeField()
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    actor_label = models.CharField(max_length=240, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("Suppressed address")
        verbose_name_plural = _("Suppressed addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["address", "channel", "reason"],
                condition=Q(lifted_at=None),
                name="suppression_once",
            )
        ]
        indexes = [
            models.Index(fields=["since", "id"], condition=Q(lifted_at=None), name="suppression_newest"),
        ]

    def __str__(self) -> str:
        return self.address


class ContactRefusal(Record):
    """A sender asked whether it may contact a customer and was told no."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="contact_refusals", null=True, db_index=False
    )
    purpose = models.CharField(_("purpose"), max_length=40)
    channel = models.CharField(_("channel"), max_length=10)
    address = models.CharField(_("address"), max_length=254, blank=True)
    reason = models.CharField(_("reason"), max_length=12, choices=Verdict)
    sender = models.CharField(_("sender"), max_length=160)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    actor_label = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Refused contact")
        verbose_name_plural = _("Refused contacts")
        indexes = [
            models.Index(fields=["created_at", "id"], name="refusal_newest"),
            models.Index(F("party"), F("created_at").desc(), name="refusal_party"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.reason}"
