"""The signature service a workspace may use, and what it told us."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.sales.models.contract import Contract


class SignatureService(VersionedRecord):
    """Where contracts are sent to be signed elsewhere; one at most. Its secrets are kept under the installation's key.

    ``hook_digest`` is the SHA-256 of the token in the address the service calls; ``sealed_hook`` the token itself.
    """

    slot = models.PositiveSmallIntegerField(default=1, unique=True, editable=False)
    url = models.CharField(_("address"), max_length=300)
    sealed_token = models.BinaryField()
    sealed_secret = models.BinaryField()
    hook_digest = models.CharField(max_length=64)
    sealed_hook = models.BinaryField()
    is_active = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("Signature service")
        verbose_name_plural = _("Signature services")

    def __str__(self) -> str:
        return self.url


class ProviderEvent(Record):
    """One message of the signature service, as it came; ``digest`` is of its bytes, so that a repeated one is the same."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=40)
    document_key = models.CharField(max_length=120, blank=True, db_index=True)
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="provider_events", null=True, blank=True
    )
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("Message of the signature service")
        verbose_name_plural = _("Messages of the signature service")

    def __str__(self) -> str:
        return f"{self.name} {self.document_key}"
