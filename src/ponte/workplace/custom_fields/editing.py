"""Custom fields that are written in lists: in a cell, by dragging a card, for many rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.workplace.custom_fields.inputs import input_value
from ponte.workplace.custom_fields.objects import CustomObject, custom_objects
from ponte.workplace.custom_fields.setting import put_back, set_value
from ponte.workplace.lists.bulk import BulkOutcome
from ponte.workplace.lists.editing import Editable, told_here
from ponte.workplace.lists.filters.base import Choice
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import writable_fields

Asked = Literal["choice", "text", "date", "number"]
ASKED: dict[str, Asked] = {
    FieldKind.TEXT: "text",
    FieldKind.LINK: "text",
    FieldKind.NUMBER: "number",
    FieldKind.MONEY: "number",
    FieldKind.DATE: "date",
    FieldKind.CHOICE: "choice",
    FieldKind.BOOLEAN: "choice",
}


def custom_editables(member: Member, object_name: str) -> tuple[Editable, ...]:
    """Return what the member may write in an object's lists: fields of one short value."""
    entry = custom_objects.get(object_name)
    if entry is None:
        return ()
    return tuple(
        _editable(entry, field)
        for field in writable_fields(member, object_name)
        if field.kind in ASKED and not field.converting_to
    )


def _editable(entry: CustomObject, field: CustomField) -> Editable:
    def save(actor: Actor, record_id: UUID, text: str, version: int | None) -> None:
        told_here(lambda: entry.change(actor, record_id, {field.key: text or None}, version))

    def save_many(actor: Actor, ids: list[UUID], text: str) -> BulkOutcome:
        return told_here(lambda: set_value(actor=actor, entry=entry, field=field, ids=ids, raw=text))

    def undo(actor: Actor, undo: Any) -> None:
        put_back(actor=actor, entry=entry, field=field, undo=undo)

    return Editable(
        key=field.input_name,
        label=field.label,
        kind=ASKED[field.kind],
        choices=_choices(field),
        save=save,
        save_many=None if field.is_unique or entry.note_many is None else save_many,
        undo_many=undo,
        value=lambda row: str(input_value(field, row.custom.get(field.slot))),
        column=field.input_name,
        fields=(field.right,),
        required=field.is_required,
    )


def _choices(field: CustomField) -> Callable[[Member], Sequence[Choice]] | None:
    if field.kind == FieldKind.BOOLEAN:
        return lambda member: [("yes", _("Yes")), ("no", _("No"))]
    if field.kind != FieldKind.CHOICE:
        return None
    offered = [(one["value"], one["label"]) for one in field.choices if not one.get("archived")]
    return lambda member: offered
