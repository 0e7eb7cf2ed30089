"""What is agreed with a customer: a contract, who signs it, and every version of its text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ponte.commerce.models.choices import Billing
from ponte.core.models.base import Customisable, Record, VersionedRecord
from ponte.sales.models.contract_choices import (
    ContractKind,
    ContractStatus,
    PriceIndex,
    Renewal,
    SignatureWay,
    SignerRole,
)
from ponte.sales.models.contract_template import ContractTemplate

ALIVE = Q(deleted_at__isnull=True)
ZERO = Decimal(0)


class Contract(Customisable, VersionedRecord):
    """One agreement with one customer, or (with a ``parent``) a change of one.

    ``body`` is the text being written, with its merge fields; what was sent is kept whole in ``SealedDocument``. ``edition`` is the
    number of the text being written or last sent. ``amount`` is what is due per ``billing``, in ``currency``. ``effects`` is what an
    addendum changes on its parent once it is signed. ``provider_key`` is what the signature service calls it. ``source`` and
    ``external_id`` are of one brought in from a file: it was signed elsewhere, so that it has no sealed documents.
    """

    number = models.CharField(_("number"), max_length=60, db_collation="C")
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=ContractKind, default=ContractKind.CONTRACT)
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="addenda", null=True, blank=True, db_index=False
    )
    party = models.ForeignKey(
        "directory.Party",
        verbose_name=_("customer"),
        on_delete=models.CASCADE,
        related_name="contracts",
        db_index=False,
    )
    opportunity = models.ForeignKey(
        "sales.Opportunity",
        verbose_name=_("opportunity"),
        on_delete=models.SET_NULL,
        related_name="contracts",
        null=True,
        blank=True,
    )
    quote = models.ForeignKey(
        "sales.Quote", on_delete=models.SET_NULL, related_name="contracts", null=True, blank=True
    )
    owner = models.ForeignKey(
        "core.Member",
        verbose_name=_("person in charge"),
        on_delete=models.SET_NULL,
        related_name="contracts",
        null=True,
        blank=True,
    )
    template = models.ForeignKey(
        ContractTemplate, on_delete=models.SET_NULL, related_name="contracts", null=True, blank=True
    )
    template_edition = models.PositiveIntegerField(null=True, blank=True)
    language = models.CharField(_("language"), max_length=10, default="pt-br")
    status = models.CharField(
        _("status"), max_length=10, choices=ContractStatus, default=ContractStatus.DRAFT
    )
    edition = models.PositiveIntegerField(_("edition"), default=1)
    body = models.TextField(_("text"), blank=True)

    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="BRL")
    amount = models.DecimalField(_("value"), max_digits=14, decimal_places=2, default=ZERO)
    billing = models.CharField(_("charged"), max_length=10, choices=Billing, default=Billing.ONE_OFF)
    renewal = models.CharField(_("renewal"), max_length=10, choices=Renewal, default=Renewal.NONE)
    renewal_months = models.PositiveSmallIntegerField(_("months of a renewal"), default=12)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=30)
    price_index = models.CharField(_("index"), max_length=8, choices=PriceIndex, blank=True, default="")
    index_name = models.CharField(_("name of the index"), max_length=60, blank=True)
    readjust_on = models.DateField(_("next readjustment"), null=True, blank=True)
    effects: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)

    provider_key = models.CharField(max_length=120, blank=True)
    way = models.CharField(max_length=10, choices=SignatureWay, default=SignatureWay.PAGE)
    sign_until = models.DateField(_("to be signed until"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("reason"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=40, blank=True)
    external_id = models.CharField(_("external id"), max_length=150, blank=True, db_collation="C")
    is_demo = models.BooleanField(default=False, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Contract")
        verbose_name_plural = _("Contracts")
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="contract_external_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=ContractStatus.values), name="contract_status_known"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="contract_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(kind=ContractKind.CONTRACT, parent=None)
                | (~Q(kind=ContractKind.CONTRACT) & Q(parent__isnull=False)),
                name="contract_addendum_has_parent",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")),
                name="contract_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(fields=["party", "-created_at", "-id"], name="contract_party"),
            models.Index(fields=["parent", "id"], condition=Q(parent__isnull=False), name="contract_parent"),
            models.Index(fields=["-created_at", "-id"], condition=ALIVE, name="contract_created"),
            models.Index(
                F("status"), F("created_at").desc(), F("id").desc(), condition=ALIVE, name="contract_status"
            ),
            models.Index(F("amount").desc(), F("id").desc(), condition=ALIVE, name="contract_worth"),
            models.Index(fields=["ends_on", "id"], condition=ALIVE, name="contract_ends"),
            models.Index(
                fields=["readjust_on", "id"],
                condition=Q(deleted_at__isnull=True, status=ContractStatus.SIGNED, readjust_on__isnull=False),
                name="contract_readjust",
            ),
            models.Index(fields=["updated_at", "id"], name="contract_changed"),
            models.Index(fields=["number", "id"], name="contract_number"),
            models.Index(
                fields=["provider_key"], condition=~Q(provider_key=""), name="contract_provider_key"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def team_id(self) -> UUID | None:
        """Whose team's contract it is for "team" rights: that of whoever is in charge."""
        return self.owner.team_id if self.owner else None

    @property
    def is_addendum(self) -> bool:
        """Whether it changes another contract."""
        return self.parent_id is not None

    def is_in_force(self, today: date) -> bool:
        """Tell whether it is signed and ``today`` lies within its term."""
        began = self.starts_on is None or self.starts_on <= today
        return self.status == ContractStatus.SIGNED and began and not self.is_over(today)

    def is_over(self, today: date) -> bool:
        """Tell whether it is signed and its term has passed."""
        over = self.ends_on is not None and self.ends_on < today
        return self.status == ContractStatus.SIGNED and over


class ContractVersion(Record):
    """The text of a contract as it read after a change, merge fields filled in. Only ever added."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="texts", db_index=False)
    number = models.PositiveIntegerField()
    text = models.TextField()
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Version of a contract's text")
        verbose_name_plural = _("Versions of contracts' texts")
        constraints = [models.UniqueConstraint(fields=["contract", "number"], name="contract_text_number")]

    def __str__(self) -> str:
        return f"{self.contract_id} · {self.number}"


class ContractSigner(Record):
    """Somebody who is to sign. ``cpf``, where given, must be the one they sign with."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="signers", db_index=False)
    position = models.PositiveIntegerField(default=1)
    role = models.CharField(_("signs as"), max_length=10, choices=SignerRole, default=SignerRole.CUSTOMER)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"), blank=True)
    cpf = models.CharField("CPF", max_length=11, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    first_viewed_at = models.DateTimeField(_("first seen"), null=True, blank=True)
    last_viewed_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    views = models.PositiveIntegerField(_("times seen"), default=0)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    declined_at = models.DateTimeField(_("declined at"), null=True, blank=True)
    external_key = models.CharField(max_length=120, blank=True)
    request_key = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("Signer")
        verbose_name_plural = _("Signers")
        indexes = [models.Index(fields=["contract", "position", "id"], name="contract_signer_contract")]

    def __str__(self) -> str:
        return self.name
