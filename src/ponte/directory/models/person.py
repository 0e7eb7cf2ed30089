"""What is known of a natural person."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.rows import Row
from ponte.directory.models.choices import Education, Gender, IncomeBand, MaritalStatus
from ponte.directory.models.party import Party


class Person(Row):
    """The half of a customer that only people have; shares the party's id."""

    party = models.OneToOneField(
        Party, on_delete=models.CASCADE, primary_key=True, related_name="person", db_constraint=False
    )  # held by triggers (ADR 0017)
    social_name = models.CharField(_("social name"), max_length=160, blank=True)
    salutation = models.CharField(_("salutation"), max_length=40, blank=True)
    cpf = models.CharField("CPF", max_length=11, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=12, choices=Gender, blank=True)
    marital_status = models.CharField(_("marital status"), max_length=14, choices=MaritalStatus, blank=True)
    education = models.CharField(_("education"), max_length=14, choices=Education, blank=True)
    occupation = models.CharField(_("occupation"), max_length=120, blank=True)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    income_band = models.CharField(_("income"), max_length=10, choices=IncomeBand, blank=True)
    nationality = models.CharField(_("nationality"), max_length=60, blank=True)
    children = models.PositiveSmallIntegerField(_("children"), null=True, blank=True)

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("People")
        constraints = [
            models.CheckConstraint(
                condition=Q(cpf="") | Q(cpf__regex=r"^[0-9]{11}$"), name="person_cpf_normalised"
            )
        ]

    def __str__(self) -> str:
        return self.party.label

    @property
    def id(self) -> UUID:
        """The customer's id: person and party share it."""
        return self.party_id
