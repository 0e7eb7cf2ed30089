"""What was sent to a customer and what they answered: sealed, only ever added. And the links that open it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import AnswerKind


class SealedDocument(Record):
    """One edition as it was sent. ``content`` is canonical JSON; a trigger refuses every change.

    ``sha256`` is of ``content``, ``pdf_sha256`` of the file the customer gets.
    """

    party = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="+")
    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="documents", null=True, blank=True
    )
    edition = models.PositiveIntegerField()
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Sealed document")
        verbose_name_plural = _("Sealed documents")
        constraints = [
            models.UniqueConstraint(fields=["quote", "edition"], name="sealed_document_quote_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} · {self.edition}"


class DocumentAnswer(Record):
    """That somebody accepted, declined or signed a document, with the evidence. A trigger refuses every change.

    ``evidence`` holds what was seen and said (name, CPF, address, browser, time, chosen options, hashes); ``seal`` is the
    SHA-256 of it as canonical JSON.
    """

    party = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="+")
    document = models.OneToOneField(SealedDocument, on_delete=models.CASCADE, related_name="answer")
    kind = models.CharField(max_length=10, choices=AnswerKind)
    name = models.CharField(_("name"), max_length=160, blank=True)
    cpf = models.CharField("CPF", max_length=11, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    evidence: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    seal = models.CharField(max_length=64)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Answer to a document")
        verbose_name_plural = _("Answers to documents")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class PublicLink(Record):
    """A link that opens a document without a log-in.

    Found by ``digest``, the SHA-256 of its token; ``sealed`` is the token under the installation's key, so that a member may copy the
    link again and reminders can name it.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="links", null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField(_("ends at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    first_viewed_at = models.DateTimeField(_("first seen"), null=True, blank=True)
    last_viewed_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    views = models.PositiveIntegerField(_("times seen"), default=0)

    class Meta:
        verbose_name = _("Public link")
        verbose_name_plural = _("Public links")
        indexes = [
            models.Index(fields=["quote", "-id"], condition=Q(revoked_at=None), name="public_link_quote")
        ]

    def __str__(self) -> str:
        return self.digest[:12]
