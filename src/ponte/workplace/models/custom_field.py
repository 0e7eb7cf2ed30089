"""What a business adds to the records by itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import VersionedRecord


class FieldKind(models.TextChoices):
    """What a custom field holds."""

    TEXT = "text", _("Text")
    LONG_TEXT = "long_text", _("Long text")
    NUMBER = "number", _("Number")
    MONEY = "money", _("Money")
    DATE = "date", _("Date")
    CHOICE = "choice", _("Choice")
    MULTI_CHOICE = "multi_choice", _("Several choices")
    BOOLEAN = "boolean", _("Yes or no")
    LINK = "link", _("Link")
    REFERENCE = "reference", _("Another record")


class IndexState(models.TextChoices):
    """Where the index of a field stands; built and dropped in the background."""

    NONE = "none", _("None")
    BUILDING = "building", _("Being built")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")


class CustomField(VersionedRecord):
    """A field that a business added to people, companies, products, orders or tasks.

    ``key`` names it for programs and never changes. Values stand in the records' ``custom`` under ``slot``: the key at
    first, a new one after each change of type, so that the old values stay recoverable. ``choices`` holds
    ``{"value", "label", "tone", "archived"}`` each, in order; ``target`` names what a reference points at.
    A field that ``is_printed`` stands on the document the customer gets, where the object has one (``CustomObject.is_printable``).
    ``previous`` remembers the slots of former types: ``{"slot", "kind", "until"}``. A field in the bin
    (``deleted_at``) keeps its values for 30 days.
    """

    object = models.CharField(max_length=40)
    key = models.CharField(max_length=40, db_collation="C")
    slot = models.CharField(max_length=60, db_collation="C", editable=False)
    label = models.CharField(_("name"), max_length=80)
    help_text = models.CharField(_("help"), max_length=240, blank=True)
    kind = models.CharField(_("type"), max_length=12, choices=FieldKind)
    section = models.CharField(_("section"), max_length=60, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_required = models.BooleanField(_("required"), default=False)
    is_unique = models.BooleanField(_("unique"), default=False)
    is_searched = models.BooleanField(_("found by search"), default=False)
    is_indexed = models.BooleanField(_("indexed"), default=False)
    is_printed = models.BooleanField(_("printed"), default=False, db_default=False)
    index_state = models.CharField(max_length=8, choices=IndexState, default=IndexState.NONE, editable=False)
    default: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    choices: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    target = models.CharField(_("kind of record"), max_length=40, blank=True)
    converting_to = models.JSONField(null=True, blank=True, editable=False)
    previous: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("Custom field")
        verbose_name_plural = _("Custom fields")
        constraints = [
            models.UniqueConstraint(fields=["object", "key"], name="custom_field_key"),
            models.UniqueConstraint(fields=["object", "slot"], name="custom_field_slot"),
            models.CheckConstraint(condition=Q(kind__in=FieldKind.values), name="custom_field_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def right(self) -> str:
        """The name roles, API problems and the audit log know it by."""
        return f"custom.{self.key}"

    @property
    def input_name(self) -> str:
        """Its name in forms, lists and addresses of lists."""
        return f"custom_{self.key}"

    @property
    def labels(self) -> dict[str, str]:
        """The words of each choice, archived ones included."""
        return {choice["value"]: choice["label"] for choice in self.choices}

    @property
    def tones(self) -> dict[str, str]:
        """The colour of each choice."""
        return {choice["value"]: choice.get("tone") or "neutral" for choice in self.choices}
