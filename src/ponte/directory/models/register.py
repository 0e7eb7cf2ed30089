"""Public registers customers' data are looked up in, and the customers of a background look-up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.directory.models.party import Party


class RegisterSource(VersionedRecord):
    """Where companies (by CNPJ) or addresses (by CEP) are looked up; none: nothing is asked of anybody.

    ``shape`` names the provider's way of answering, ``sealed_key`` an access key, ``per_minute`` the most requests a minute.
    """

    class What(models.TextChoices):
        """What is looked up."""

        CNPJ = "cnpj", _("Companies by CNPJ")
        CEP = "cep", _("Addresses by CEP")

    what = models.CharField(max_length=4, choices=What, unique=True)
    shape = models.CharField(max_length=20)
    url = models.CharField(_("address"), max_length=300)
    sealed_key = models.BinaryField(null=True)
    per_minute = models.PositiveSmallIntegerField(default=20)
    is_active = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("Public register")
        verbose_name_plural = _("Public registers")

    def __str__(self) -> str:
        return self.shape


class RegisterLookup(Record):
    """One customer of a background look-up: when it is tried next, how often it was, and what came of it."""

    class State(models.TextChoices):
        """Where the look-up of one customer stands."""

        WAITING = "waiting"
        FOUND = "found"
        NOTHING = "nothing"
        FAILED = "failed"

    run = models.ForeignKey(
        "core.BackgroundRun", on_delete=models.CASCADE, related_name="lookups", db_index=False
    )
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="lookups")
    what = models.CharField(max_length=4)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    error = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("Look-up in a register")
        verbose_name_plural = _("Look-ups in registers")
        constraints = [models.UniqueConstraint(fields=["run", "party"], name="lookup_once")]
        indexes = [models.Index(fields=["run", "state", "not_before"], name="lookup_next")]

    def __str__(self) -> str:
        return f"{self.what} {self.state}"
