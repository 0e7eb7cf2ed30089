"""What was sent to a customer and what they answered: sealed, only ever added. And the links that open it."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.sales.models.contract import Contract, ContractSigner
from ponte.sales.models.quote import Quote
from ponte.sales.models.quote_choices import AnswerKind, AnswerMeans


class SealedDocument(Record):
    """One edition of a quote or contract as it was sent. ``content`` is canonical JSON; a trigger refuses every change.

    ``sha256`` is of ``content``, ``pdf_sha256`` of the file the customer gets. Of a contract there are further stages of one
    edition: with the signatures of all (``signed``), and as the signature service gave it back (``provider``). A quote that was sent elsewhere
    is sealed when its answer is put down (``recorded``): nobody got this file.
    """

    class Stage(models.TextChoices):
        """What a file of an edition is."""

        SENT = "sent", _("As sent")
        SIGNED = "signed", _("With all signatures")
        PROVIDER = "provider", _("From the signature service")
        RECORDED = "recorded", _("As recorded with its answer")

    party = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="+")
    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="documents", null=True, blank=True
    )
    contract = models.ForeignKey(
        Contract, on_delete=models.CASCADE, related_name="documents", null=True, blank=True, db_index=False
    )
    stage = models.CharField(max_length=8, choices=Stage, default=Stage.SENT, db_default=Stage.SENT)
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
            models.UniqueConstraint(
                fields=["contract", "edition", "stage"], name="sealed_document_contract_edition"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} · {self.edition}"


class Evidence(Record):
    """That somebody accepted, declined or signed something. A trigger refuses every change.

    ``evidence`` holds what was seen and said (name, CPF, address, browser, time, hashes …); ``seal`` is the SHA-256 of it as
    canonical JSON.
    """

    party = models.ForeignKey("directory.Party", on_delete=models.CASCADE, related_name="+")
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
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class DocumentAnswer(Evidence):
    """The one answer to an edition of a quote: given on its page, or elsewhere and put down by ``member``.

    ``told_on`` is the day of one given elsewhere, ``note`` what the member adds. A file that shows it is named in ``evidence`` with its hash.
    """

    means = models.CharField(
        _("how"), max_length=10, choices=AnswerMeans, default=AnswerMeans.PAGE, db_default=AnswerMeans.PAGE
    )
    told_on = models.DateField(_("day"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, db_default="")
    document = models.OneToOneField(SealedDocument, on_delete=models.CASCADE, related_name="answer")

    class Meta:
        verbose_name = _("Answer to a document")
        verbose_name_plural = _("Answers to documents")

    @property
    def is_recorded(self) -> bool:
        """Whether a member put it down for the customer."""
        return self.means != AnswerMeans.PAGE


class Signature(Evidence):
    """What one signer said about one edition of a contract: signed, or declined."""

    document = models.ForeignKey(
        SealedDocument, on_delete=models.CASCADE, related_name="signatures", db_index=False
    )
    signer = models.ForeignKey(ContractSigner, on_delete=models.CASCADE, related_name="signatures")

    class Meta:
        verbose_name = _("Signature")
        verbose_name_plural = _("Signatures")
        constraints = [
            models.UniqueConstraint(fields=["document", "signer"], name="signature_document_signer")
        ]


class PublicLink(Record):
    """A link that opens a quote, or a contract for one of its signers, without a log-in.

    Found by ``digest``, the SHA-256 of its token; ``sealed`` is the token under the installation's key, so that a member may copy the
    link again and reminders can name it.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="links", null=True, blank=True)
    signer = models.ForeignKey(
        ContractSigner, on_delete=models.CASCADE, related_name="links", null=True, blank=True, db_index=False
    )
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
            models.Index(fields=["quote", "-id"], condition=Q(revoked_at=None), name="public_link_quote"),
            models.Index(
                fields=["signer", "-id"], condition=Q(signer__isnull=False), name="public_link_signer"
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]
