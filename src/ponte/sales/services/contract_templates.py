"""Templates of contracts: their texts, clauses and order. Every change is kept as a version with all clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.commerce.services.rule_conditions import clean_where
from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.sales.documents.contract_text import wrong_fields
from ponte.sales.models.contract_template import ContractClause, ContractTemplate, ContractTemplateVersion
from ponte.sales.policies import check_sales_settings
from ponte.sales.services.contract_sources import SUBJECT

LANGUAGES = ("pt-br", "en")
MOST_TEMPLATES, MOST_CLAUSES = 100, 60
FIELDS = ("name", "title", "language", "opening", "closing", "is_default")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateData:
    """A template without its clauses."""

    name: str
    title: str = ""
    language: str = "pt-br"
    opening: str = ""
    closing: str = ""
    is_default: bool = False
    is_demo: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseData:
    """A clause. ``where`` is the tree of a condition about opportunities, empty for one that is always part of it."""

    title: str
    body: str
    where: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Writing:
    """Who writes texts, and which merge fields may stay because they were there before."""

    member: Member | None
    kept: str = ""

    def text(self, cleaner: Cleaner, name: str, text: str, *, required: bool = False) -> str:
        """Return a checked text."""
        clean = cleaner.text(name, (text or "").replace("\r\n", "\n"), 20_000, required=required)
        if wrong := wrong_fields(clean, member=self.member, kept=self.kept):
            message = _("There is no such merge field: %(names)s.") % {"names": ", ".join(wrong)}
            cleaner.refuse(name, "unknown_field", message)
        return clean


@transaction.atomic
def create_template(
    *, actor: Actor, data: TemplateData, clauses: Sequence[ClauseData] = ()
) -> ContractTemplate:
    """Add a template with its clauses.

    Raises:
        Denied: the area "sales" isn't open to them. Invalid: no name, merge fields there aren't, a condition that can't be asked.
    """
    check_sales_settings(actor)
    if ContractTemplate.objects.filter(archived_at=None).count() >= MOST_TEMPLATES:
        raise Invalid.on("name", "too_many", _("There is room for 100 templates."))
    cleaner = Cleaner()
    write = _Writing(actor.member)
    values = _clean(cleaner, data, write)
    rows = [
        _clean_clause(cleaner.under(f"clauses.{number}"), one, write) for number, one in enumerate(clauses)
    ]
    cleaner.done()
    _one_default(values, None)
    template = ContractTemplate.objects.create(is_demo=data.is_demo, edition=0, **values)
    ContractClause.objects.bulk_create(
        ContractClause(template=template, position=position, **row) for position, row in enumerate(rows, 1)
    )
    _keep(
        actor,
        template,
        "contracttemplate.created",
        {name: (None, values[name]) for name in FIELDS if values[name]},
    )
    return template


@transaction.atomic
def update_template(
    *, actor: Actor, template_id: UUID, data: TemplateData, version: int | None = None
) -> ContractTemplate:
    """Change a template's own texts; contracts made from it stay as they are.

    Raises:
        Denied, Missing, Conflict: as everywhere. Invalid: as for a new one.
    """
    template = _lock(actor, template_id)
    check_version(template, version)
    before = {name: getattr(template, name) for name in FIELDS}
    cleaner = Cleaner()
    values = _clean(cleaner, data, _Writing(actor.member, kept=template.opening + template.closing))
    cleaner.done()
    _one_default(values, template.id)
    for name, value in values.items():
        setattr(template, name, value)
    _keep(actor, template, "contracttemplate.updated", audit.diff(before, values))
    return template


@transaction.atomic
def archive_template(*, actor: Actor, template_id: UUID, archived: bool) -> ContractTemplate:
    """Take a template out of use, or back. Raises ``Denied``, ``Missing``."""
    template = _lock(actor, template_id)
    before = template.archived_at is not None
    template.archived_at = timezone.now() if archived else None
    template.is_default = template.is_default and not archived
    template.version += 1
    template.save()
    audit.record(
        actor=actor,
        act="contracttemplate.archived",
        target=template,
        changes={"archived": (before, archived)},
    )
    return template


@transaction.atomic
def save_clause(
    *, actor: Actor, template_id: UUID, data: ClauseData, clause_id: UUID | None = None
) -> ContractClause:
    """Add a clause after the others, or change the one of ``clause_id``.

    Raises:
        Denied, Missing: as everywhere. Invalid: no title or text, merge fields there aren't, a condition that can't be asked.
    """
    template = _lock(actor, template_id)
    rows = list(template.clauses.order_by("position", "id"))
    clause = ContractClause(template=template, position=len(rows) + 1)
    if clause_id is not None:
        clause = _clause(rows, clause_id)
    elif len(rows) >= MOST_CLAUSES:
        raise Invalid.on("title", "too_many", _("A template has at most 60 clauses."))
    before = {"title": clause.title or None, "body": clause.body or None, "where": clause.where or None}
    cleaner = Cleaner()
    values = _clean_clause(cleaner, data, _Writing(actor.member, kept=clause.body))
    cleaner.done()
    for name, value in values.items():
        setattr(clause, name, value)
    clause.save()
    _keep(actor, template, "contracttemplate.updated", audit.diff(before, values))
    return clause


@transaction.atomic
def delete_clause(*, actor: Actor, template_id: UUID, clause_id: UUID) -> None:
    """Take a clause out of a template; former versions keep it. Raises ``Denied``, ``Missing``."""
    template = _lock(actor, template_id)
    clause = _clause(list(template.clauses.all()), clause_id)
    title = clause.title
    clause.delete()
    _keep(actor, template, "contracttemplate.updated", {"clause": (title, None)})


@transaction.atomic
def move_clauses(*, actor: Actor, template_id: UUID, ids: Sequence[UUID]) -> None:
    """Put a template's clauses into an order; those not named follow in their old one. Raises ``Denied``, ``Missing``."""
    template = _lock(actor, template_id)
    rows = {row.id: row for row in template.clauses.order_by("position", "id")}
    order = [
        *(one for one in dict.fromkeys(ids) if one in rows),
        *(one for one in rows if one not in set(ids)),
    ]
    if order == list(rows):
        return
    for position, one in enumerate(order, 1):
        rows[one].position = position
    ContractClause.objects.bulk_update(rows.values(), ["position"])
    titles = [rows[one].title for one in order]
    _keep(
        actor, template, "contracttemplate.updated", {"order": ([row.title for row in rows.values()], titles)}
    )


def _lock(actor: Actor, template_id: UUID) -> ContractTemplate:
    check_sales_settings(actor)
    template = ContractTemplate.objects.select_for_update().filter(id=template_id).first()
    if template is None:
        raise Missing("template")
    return template


def _clause(rows: Sequence[ContractClause], clause_id: UUID) -> ContractClause:
    clause = next((row for row in rows if row.id == clause_id), None)
    if clause is None:
        raise Missing("clause")
    return clause


def _clean(cleaner: Cleaner, data: TemplateData, write: _Writing) -> dict[str, Any]:
    if data.language not in LANGUAGES:
        cleaner.refuse("language", "invalid", _("Choose one of the options."))
    return {
        "name": cleaner.text("name", data.name, 80, required=True),
        "title": cleaner.text("title", data.title, 160),
        "language": data.language,
        "opening": write.text(cleaner, "opening", data.opening),
        "closing": write.text(cleaner, "closing", data.closing),
        "is_default": bool(data.is_default),
    }


def _clean_clause(cleaner: Cleaner, data: ClauseData, write: _Writing) -> dict[str, Any]:
    return {
        "title": cleaner.text("title", data.title, 160, required=True),
        "body": write.text(cleaner, "body", data.body, required=True),
        "where": clean_where(cleaner, data.where, SUBJECT),
    }


def _one_default(values: Mapping[str, Any], template_id: UUID | None) -> None:
    if values["is_default"]:
        others = ContractTemplate.objects.filter(is_default=True)
        (others.exclude(id=template_id) if template_id else others).update(is_default=False)


def _keep(actor: Actor, template: ContractTemplate, act: str, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Save the template and, where its texts changed, its next version with all clauses."""
    template.version += 1
    if changes:
        template.edition += 1
    template.save()
    if not changes:
        return
    clauses = template.clauses.order_by("position", "id").values("title", "body", "where")
    content = {name: getattr(template, name) for name in FIELDS} | {"clauses": list(clauses)}
    ContractTemplateVersion.objects.create(
        template=template, edition=template.edition, content=content, member=actor.member
    )
    audit.record(actor=actor, act=act, target=template, changes=changes)
