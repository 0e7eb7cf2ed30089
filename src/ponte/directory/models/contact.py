"""How a customer is reached: e-mails, phones, addresses, social handles."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record
from ponte.directory.models.choices import AddressKind, ContactKind, Network, Validity
from ponte.directory.models.party import Party


class PartyEmail(Record):
    """One e-mail address of a customer, lower case."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="emails", db_index=False, db_constraint=False
    )  # held by triggers (ADR 0017)
    address = models.CharField(_("e-mail"), max_length=254)
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind, default=ContactKind.OTHER)
    is_primary = models.BooleanField(_("primary"), default=False)
    validity = models.CharField(_("validity"), max_length=8, choices=Validity, default=Validity.UNKNOWN)
    opted_out_at = models.DateTimeField(_("opted out"), null=True, blank=True)

    class Meta:
        verbose_name = _("E-mail")
        verbose_name_plural = _("E-mails")
        constraints = [
            models.UniqueConstraint(fields=["party", "address"], name="email_once_per_party"),
            models.UniqueConstraint(fields=["party"], condition=Q(is_primary=True), name="email_one_primary"),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def opted_out(self) -> bool:
        return self.opted_out_at is not None


class PartyPhone(Record):
    """One phone of a customer, in E.164 form ("+5511912345678")."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="phones", db_index=False, db_constraint=False
    )  # held by triggers (ADR 0017)
    number = models.CharField(_("phone"), max_length=20)
    extension = models.CharField(_("extension"), max_length=10, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind, default=ContactKind.OTHER)
    is_primary = models.BooleanField(_("primary"), default=False)
    has_whatsapp = models.BooleanField(_("has WhatsApp"), null=True, blank=True)
    validity = models.CharField(_("validity"), max_length=8, choices=Validity, default=Validity.UNKNOWN)
    opted_out_at = models.DateTimeField(_("opted out"), null=True, blank=True)

    class Meta:
        verbose_name = _("Phone")
        verbose_name_plural = _("Phones")
        constraints = [
            models.UniqueConstraint(fields=["party", "number"], name="phone_once_per_party"),
            models.UniqueConstraint(fields=["party"], condition=Q(is_primary=True), name="phone_one_primary"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def opted_out(self) -> bool:
        return self.opted_out_at is not None


class PartyAddress(Record):
    """One postal address of a customer. Brazilian ones carry CEP, IBGE city code and UF."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="addresses", db_constraint=False
    )  # held by triggers (ADR 0017)
    kind = models.CharField(_("kind"), max_length=10, choices=AddressKind, default=AddressKind.OTHER)
    is_primary = models.BooleanField(_("primary"), default=False)
    postal_code = models.CharField(
        "CEP",
        max_length=12,
        blank=True,
        help_text=_("Eight digits, or the first five when no more is known."),
    )
    street = models.CharField(_("street"), max_length=200, blank=True)
    number = models.CharField(_("number"), max_length=20, blank=True)
    complement = models.CharField(_("complement"), max_length=120, blank=True)
    district = models.CharField(_("district"), max_length=120, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    city_code = models.CharField(_("IBGE city code"), max_length=7, blank=True)
    state = models.CharField(_("state"), max_length=60, blank=True)
    country = models.CharField(_("country"), max_length=2, default="BR")
    reference = models.CharField(_("landmark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Address")
        verbose_name_plural = _("Addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(is_primary=True), name="address_one_primary"
            ),
            models.CheckConstraint(
                condition=Q(city_code="") | Q(city_code__regex=r"^[0-9]{7}$"), name="address_city_code_ibge"
            ),
        ]
        indexes = [
            models.Index(fields=["city_code", "party"], condition=~Q(city_code=""), name="address_city_code"),
        ]

    def __str__(self) -> str:
        street = ", ".join(part for part in (self.street, self.number, self.complement) if part)
        city = "/".join(part for part in (self.city, self.state) if part)
        return " - ".join(part for part in (street, self.district, city, self.postal_code) if part)


class SocialHandle(Record):
    """A customer's name on a social network, or a site of theirs."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="handles", db_index=False, db_constraint=False
    )  # held by triggers (ADR 0017)
    network = models.CharField(_("network"), max_length=12, choices=Network)
    handle = models.CharField(_("name there"), max_length=160)
    url = models.URLField(_("web address"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("Social profile")
        verbose_name_plural = _("Social profiles")
        constraints = [
            models.UniqueConstraint(fields=["party", "network", "handle"], name="handle_once_per_party"),
        ]

    def __str__(self) -> str:
        return self.handle
