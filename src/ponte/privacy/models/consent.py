"""What a customer allows: the state of now, and the history it follows from."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.core.rows import Row
from ponte.directory.models import Party
from ponte.privacy.models.choices import ConsentStatus, ContactChannel, GivenThrough, LegalBasis
from ponte.privacy.models.purpose import ConsentText


class ConsentRecord(Record):
    """One thing a customer said about one purpose, with its proof. Written once, never changed.

    ``occurred_at`` is when the customer said it, ``created_at`` when it was written here. ``evidence`` holds what
    proves it (network address, browser, page, note …).
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="consent_records", db_index=False)
    purpose = models.CharField(max_length=40)
    channels = ArrayField(models.CharField(max_length=10, choices=ContactChannel))
    status = models.CharField(max_length=10, choices=ConsentStatus)
    basis = models.CharField(max_length=20, choices=LegalBasis)
    text = models.ForeignKey(
        ConsentText, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    given_through = models.CharField(max_length=12, choices=GivenThrough)
    source = models.CharField(max_length=160, blank=True)
    evidence = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True, db_index=False
    )
    actor_label = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Consent record")
        verbose_name_plural = _("Consent records")
        indexes = [
            models.Index(F("party"), F("occurred_at").desc(), F("id").desc(), name="consent_record_party")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.status}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse to change a record: proof is only ever added."""
        if not self._state.adding:
            raise TypeError("consent records are never changed")
        super().save(*args, **kwargs)


class Permission(Record):
    """What a customer said last about one purpose on one channel; ``record`` is the proof."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="permissions", db_index=False)
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=ContactChannel)
    status = models.CharField(max_length=10, choices=ConsentStatus)
    basis = models.CharField(max_length=20, choices=LegalBasis)
    since = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    record = models.ForeignKey(ConsentRecord, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("Permission")
        verbose_name_plural = _("Permissions")
        constraints = [
            models.UniqueConstraint(fields=["party", "purpose", "channel"], name="permission_once"),
            models.CheckConstraint(condition=Q(status__in=ConsentStatus.values), name="permission_status"),
        ]
        indexes = [
            models.Index(fields=["purpose", "channel", "status", "party"], name="permission_purpose"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.status}"


class PreferenceLink(Row):
    """Which link to their preference page a customer's is now; a higher ``serial`` ends the former links."""

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="preference_link"
    )
    serial = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("Preference link")
        verbose_name_plural = _("Preference links")

    def __str__(self) -> str:
        return str(self.party_id)
