"""Fields of customers that can be written in their lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.directory.models import Channel, CompanySize, Gender, Source, Stage, Tone
from ponte.directory.services.companies import update_company
from ponte.directory.services.field_bulk import put_back, set_field
from ponte.directory.services.parties import IMPERSONAL
from ponte.directory.services.people import update_person
from ponte.directory.services.stages import change_stage
from ponte.directory.tables.actions import member_choices
from ponte.events.base import plain
from ponte.workplace.lists import BulkOutcome, Editable
from ponte.workplace.lists.cells import read
from ponte.workplace.lists.editing import told_here
from ponte.workplace.lists.filters import Choice


def editables_for(kind: str) -> tuple[Editable, ...]:
    """Return what can be written in the list of people or of companies."""
    return (_stage(), _owner(kind), *_shared(kind), *(_of_people() if kind == "person" else _of_companies()))


def _stage() -> Editable:
    def save(actor: Actor, party_id: UUID, text: str, version: int | None) -> None:
        change_stage(actor=actor, party_id=party_id, stage=text, version=version)

    return Editable(
        key="stage",
        label=_("Stage"),
        kind="choice",
        choices=lambda member: [(stage.value, stage.label) for stage in Stage],
        save=save,  # for many rows there is the act "Change stage…", which asks for the reason, too
        value=lambda row: str(row.stage),
        column="stage",
        required=True,
    )


def _owner(kind: str) -> Editable:
    update = update_person if kind == "person" else update_company

    def save(actor: Actor, party_id: UUID, text: str, version: int | None) -> None:
        update(actor=actor, party_id=party_id, changes={"owner_id": text or None}, version=version)

    return Editable(
        key="owner",
        label=_("Owner"),
        kind="choice",
        choices=member_choices,
        save=save,
        value=lambda row: str(row.owner_id or ""),
        column="owner",
    )


def _shared(kind: str) -> tuple[Editable, ...]:
    return (
        _field(kind, "source", _("Source"), choices=Source.choices, column="source"),
        _field(kind, "preferred_channel", _("Preferred channel"), choices=Channel.choices, column="channel"),
        _field(kind, "tone", _("Tone"), choices=Tone.choices),
    )


def _of_people() -> tuple[Editable, ...]:
    return (
        _field("person", "job_title", _("Job title"), column="job_title", path="person__job_title"),
        _field("person", "birthday", _("Birthday"), asked="date", column="birthday", path="person__birthday"),
        _field("person", "occupation", _("Occupation"), path="person__occupation"),
        _field("person", "gender", _("Gender"), choices=Gender.choices, path="person__gender"),
    )


def _of_companies() -> tuple[Editable, ...]:
    return (
        _field("company", "industry", _("Industry"), column="industry", path="company__industry"),
        _field(
            "company", "size", _("Size"), choices=CompanySize.choices, column="size", path="company__size"
        ),
        _field(
            "company",
            "employees",
            _("Employees"),
            asked="number",
            column="employees",
            path="company__employees",
        ),
    )


def _field(
    kind: str,
    field: str,
    label: str | Promise,
    *,
    choices: Sequence[tuple[str, Any]] = (),
    asked: Literal["text", "date", "number"] = "text",
    column: str = "",
    path: str = "",
) -> Editable:
    """Return a field that ``set_field`` writes; ``path`` is where a row has it."""
    update = update_person if kind == "person" else update_company

    def save(actor: Actor, party_id: UUID, text: str, version: int | None) -> None:
        told_here(lambda: update(actor=actor, party_id=party_id, changes={field: text}, version=version))

    def save_many(actor: Actor, ids: list[UUID], text: str) -> BulkOutcome:
        before = told_here(lambda: set_field(actor=actor, party_ids=ids, kind=kind, field=field, value=text))
        rows = {str(key): plain(old) for key, old in before.items()}
        subjects = None if field.removesuffix("_id") in IMPERSONAL else {str(key): key for key in before}
        undo = {"kind": kind, "field": field, "value": text, "rows": rows}
        return BulkOutcome(list(before), undo, subjects)

    return Editable(
        key=field,
        label=label,
        kind="choice" if choices else asked,
        choices=_fixed(choices) if choices else None,
        save=save,
        save_many=save_many,
        undo_many=_undo,
        value=_reads(path or field),
        column=column,
        needs=(path.partition("__")[0],) if path else (),
    )


def _undo(actor: Actor, undo: Any) -> None:
    before = {UUID(key): old for key, old in undo["rows"].items()}
    put_back(actor=actor, kind=undo["kind"], field=undo["field"], value=undo["value"], before=before)


def _fixed(choices: Sequence[tuple[str, Any]]) -> Callable[[Member], Sequence[Choice]]:
    return lambda member: [choice for choice in choices if choice[0]]


def _reads(path: str) -> Callable[[Any], str]:
    def value(row: Any) -> str:
        found = read(row, path)
        return found.isoformat() if isinstance(found, date) else "" if found is None else str(found)

    return value
