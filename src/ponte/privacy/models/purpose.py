"""What customers are contacted for, and the words they agree to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.privacy.models.choices import LegalBasis


class Purpose(VersionedRecord):
    """A purpose a workspace added, or how it changed one of those every workspace starts with (same ``key``).

    Purposes are named by their key everywhere and never deleted: consent once given must stay explainable.
    """

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    basis = models.CharField(_("legal basis"), max_length=20, choices=LegalBasis)
    channels = ArrayField(models.CharField(max_length=10), verbose_name=_("channels"), default=list)
    is_essential = models.BooleanField(_("essential"), default=False)
    is_public = models.BooleanField(_("on the preference page"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    valid_months = models.PositiveSmallIntegerField(_("valid for months"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        verbose_name = _("Purpose")
        verbose_name_plural = _("Purposes")
        constraints = [
            models.CheckConstraint(
                condition=~Q(is_essential=True, basis=LegalBasis.CONSENT), name="purpose_essential_no_consent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ConsentText(Record):
    """One version of the words somebody agrees to, in one language. Never changed: a new wording is a new version."""

    purpose = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    body = models.TextField(_("text"))
    actor_label = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Consent text")
        verbose_name_plural = _("Consent texts")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "version"], name="consent_text_version")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.language} v{self.version}"
