"""What is known of a company."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.rows import Row
from ponte.directory.models.choices import CompanySize
from ponte.directory.models.party import Party


class Company(Row):
    """The half of a customer that only companies have; shares the party's id.

    The party's name is the trade name. ``cnpj`` holds 14 characters (the first twelve may be letters since July
    2026); ``cnpj_root`` its first eight, the same for the head office and its branches.
    """

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="company", db_constraint=False
    )  # held by triggers (ADR 0017)
    legal_name = models.CharField(_("legal name"), max_length=240, blank=True)
    cnpj = models.CharField("CNPJ", max_length=14, blank=True)
    cnpj_root = models.CharField(max_length=8, blank=True, editable=False)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent company"),
        on_delete=models.SET_NULL,
        related_name="subsidiaries",
        null=True,
        blank=True,
    )
    state_registration = models.CharField(_("state registration"), max_length=20, blank=True)
    municipal_registration = models.CharField(_("municipal registration"), max_length=20, blank=True)
    industry = models.CharField(_("industry"), max_length=120, blank=True)
    cnae = models.CharField("CNAE", max_length=7, blank=True)
    legal_nature = models.CharField(_("legal nature"), max_length=120, blank=True)
    size = models.CharField(_("size"), max_length=8, choices=CompanySize, blank=True)
    employees = models.PositiveIntegerField(_("employees"), null=True, blank=True)
    annual_revenue = models.DecimalField(
        _("annual revenue"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    website = models.CharField(_("website"), max_length=240, blank=True)

    class Meta:
        verbose_name = _("Company")
        verbose_name_plural = _("Companies")
        constraints = [
            models.CheckConstraint(
                condition=Q(cnpj="") | Q(cnpj__regex=r"^[0-9A-Z]{12}[0-9]{2}$"),
                name="company_cnpj_normalised",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("party")), name="company_not_own_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["cnpj_root", "cnpj"], condition=~Q(cnpj_root=""), name="company_root"),
        ]

    def __str__(self) -> str:
        return self.party.label

    @property
    def id(self) -> UUID:
        """The customer's id: company and party share it."""
        return self.party_id

    @property
    def is_headquarters(self) -> bool:
        """Whether the CNPJ is of the head office (order 0001)."""
        return self.cnpj[8:12] == "0001"
