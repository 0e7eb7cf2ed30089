"""Territories: who sells where and to whom."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord
from ponte.core.rows import Row


class Territory(VersionedRecord):
    """A part of the market, in a tree.

    A customer belongs to the deepest territory that fits and whose territories above fit too; of neighbours the first by
    ``position``. A territory fits where one of the places named holds (any place when none is named) and the
    condition, where there is one, does. ``path`` holds the ids from the root down to itself.

    Attributes:
        states: UFs.
        cities: as written, "Campinas/SP" or "Campinas" in any state.
        postal_ranges: pairs of eight digits, both ends included.
        condition: about "customer" in the condition language; None for everybody.
    """

    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="children", null=True, blank=True
    )
    path = models.TextField(editable=False)
    position = models.PositiveIntegerField(default=0)
    states = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    cities = ArrayField(models.CharField(max_length=125), default=list, blank=True)
    postal_ranges: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    condition: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    members: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "core.Member", through="sales.TerritoryMember", related_name="territories"
    )

    class Meta:
        verbose_name = _("Territory")
        verbose_name_plural = _("Territories")
        indexes = [models.Index(fields=["position", "id"], name="sales_territory_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """How many territories stand above it."""
        return self.path.count("/")


class TerritoryMember(Record):
    """A member who sells in a territory."""

    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="seats", db_index=False)
    member = models.ForeignKey("core.Member", on_delete=models.CASCADE, related_name="territory_seats")

    class Meta:
        verbose_name = _("Member of a territory")
        verbose_name_plural = _("Members of territories")
        constraints = [
            models.UniqueConstraint(fields=["territory", "member"], name="sales_territory_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.territory_id} {self.member_id}"


class TerritoryPlacement(Row):
    """Which territory a customer is in. ``is_fixed`` ones were set by hand and stay whatever the rules say."""

    party = models.OneToOneField(
        "directory.Party", on_delete=models.CASCADE, related_name="territory_placement", primary_key=True
    )
    territory = models.ForeignKey(
        Territory, on_delete=models.CASCADE, related_name="placements", db_index=False
    )
    is_fixed = models.BooleanField(default=False)
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("Customer's territory")
        verbose_name_plural = _("Customers' territories")
        indexes = [models.Index(fields=["territory", "party"], name="sales_placement_territory")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.territory_id}"


class TerritoryRun(Record):
    """One pass over all customers: a preview that only counts, or an assignment that also writes.

    ``cursor`` is the last customer done; ``counts`` maps territory ids ("" for none) to how many customers are in them
    [before, after]; ``moves`` names a few customers who change, ``moved`` and ``given`` count them all.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    is_preview = models.BooleanField(default=True)
    gives_owners = models.BooleanField(default=False)
    cursor = models.UUIDField(null=True, blank=True)
    seen = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    given = models.PositiveIntegerField(default=0)
    counts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    moves: models.JSONField[Any, Any] = models.JSONField(default=list)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("Assignment of territories")
        verbose_name_plural = _("Assignments of territories")
        constraints = [
            models.UniqueConstraint(
                fields=["is_preview"], condition=Q(state="running"), name="sales_territory_run_alone"
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.created_at:%Y-%m-%d %H:%M}"
