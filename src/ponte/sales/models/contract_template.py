"""What contracts are made from: templates, their clauses, and every version of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ponte.core.models.base import Record, VersionedRecord


class ContractTemplate(VersionedRecord):
    """A kind of contract: title and opening text with merge fields. ``edition`` is the number of its newest version."""

    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(_("title of the contract"), max_length=160)
    language = models.CharField(_("language"), max_length=10, default="pt-br")
    opening = models.TextField(_("opening"), blank=True)
    closing = models.TextField(_("closing"), blank=True)
    edition = models.PositiveIntegerField(_("version"), default=1)
    is_default = models.BooleanField(_("used by default"), default=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("Contract template")
        verbose_name_plural = _("Contract templates")
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="contract_template_one_default"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContractClause(Record):
    """One clause of a template. ``where`` is the tree of a condition about opportunities; empty: always part of it."""

    template = models.ForeignKey(
        ContractTemplate, on_delete=models.CASCADE, related_name="clauses", db_index=False
    )
    position = models.PositiveIntegerField(default=1)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"))
    where: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("Clause")
        verbose_name_plural = _("Clauses")
        indexes = [models.Index(fields=["template", "position", "id"], name="contract_clause_template")]

    def __str__(self) -> str:
        return self.title


class ContractTemplateVersion(Record):
    """A template as it was at one time, with all its clauses. Only ever added."""

    template = models.ForeignKey(
        ContractTemplate, on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    edition = models.PositiveIntegerField()
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    member = models.ForeignKey(
        "core.Member", on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )

    class Meta:
        verbose_name = _("Version of a contract template")
        verbose_name_plural = _("Versions of contract templates")
        constraints = [
            models.UniqueConstraint(fields=["template", "edition"], name="contract_template_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} · {self.edition}"
