"""How customers belong together: roles at companies, relations, tags."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models.base import Record, VersionedRecord
from ponte.core.rows import Row
from ponte.directory.models.choices import RelationKind
from ponte.directory.models.company import Company
from ponte.directory.models.party import Party
from ponte.directory.models.person import Person


class Affiliation(VersionedRecord):
    """A person's role at a company, from one day to another; open-ended while it lasts."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="affiliations", db_index=False)
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="affiliations", db_index=False
    )
    role = models.CharField(pgettext_lazy("at a company", "role"), max_length=120, blank=True)
    department = models.CharField(_("department"), max_length=120, blank=True)
    is_primary = models.BooleanField(_("main"), default=False)
    is_decision_maker = models.BooleanField(_("decides"), default=False)
    started_on = models.DateField(_("from"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("Role at a company")
        verbose_name_plural = _("Roles at companies")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "role"],
                condition=Q(ended_on__isnull=True),
                name="affiliation_current_once",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_primary=True, ended_on__isnull=True),
                name="affiliation_one_primary",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True)
                | Q(ended_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
                name="affiliation_dates_in_order",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ended_on"], name="affiliation_person"),
            models.Index(fields=["company", "ended_on", "id"], name="affiliation_company"),
        ]

    def __str__(self) -> str:
        return self.role or str(self.company_id)


class Relation(Record):
    """What one customer is to another ("Ana is parent of Bia"), read from ``origin`` to ``target``."""

    origin = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="relations_out", db_index=False)
    target = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="relations_in")
    kind = models.CharField(_("kind"), max_length=12, choices=RelationKind)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("Relation")
        verbose_name_plural = _("Relations")
        constraints = [
            models.UniqueConstraint(fields=["origin", "target", "kind"], name="relation_once"),
            models.CheckConstraint(condition=~Q(origin=F("target")), name="relation_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id}"


class Tag(VersionedRecord):
    """A word people stick on customers. ``key`` is the folded name: "VIP" and "vip" are one tag."""

    name = models.CharField(_("name"), max_length=60)
    key = models.CharField(max_length=60, unique=True, editable=False, db_collation="C")
    color = models.CharField(_("colour"), max_length=12, default="gray")

    class Meta:
        verbose_name = _("Tag")
        verbose_name_plural = _("Tags")

    def __str__(self) -> str:
        return self.name


class PartyTag(Row):
    """That a customer carries a tag."""

    id = models.BigAutoField(primary_key=True)
    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="tag_links", db_index=False, db_constraint=False
    )  # held by triggers (ADR 0017)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="party_links", db_index=False)

    class Meta:
        verbose_name = _("Tag on a customer")
        verbose_name_plural = _("Tags on customers")
        constraints = [models.UniqueConstraint(fields=["party", "tag"], name="party_tag_once")]
        indexes = [models.Index(fields=["tag", "party"], name="party_tag_parties")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.tag_id}"
