"""Routes of the definitions of custom fields."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from ponte.apikit.auth import scope
from ponte.apikit.replies import json_response, plain, respond, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import In, Line, Out
from ponte.apikit.writes import if_match
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may, may_area
from ponte.workplace.custom_fields.objects import custom_objects
from ponte.workplace.custom_fields.previewing import CONVERTIBLE, preview_conversion
from ponte.workplace.custom_fields.schema import CustomValue
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import access_of, get_field, get_object, list_fields
from ponte.workplace.services.custom_field_types import change_type
from ponte.workplace.services.custom_fields import (
    AREA,
    create_field,
    delete_field,
    field_data,
    restore_field,
    update_field,
)

router = Router(tags=["custom fields"])
# who may read records may read what their fields are; what role and rights hide is left out
READ, ADMIN = scope("customers:read"), scope("admin")
Tone = Literal["neutral", "accent", "blue", "purple", "pink", "red", "orange", "yellow", "green"]


class ChoiceIn(In):
    """One choice; ``value`` names a known one, empty for a new one."""

    value: Annotated[str, Field(max_length=40)] = ""
    label: Annotated[str, Field(min_length=1, max_length=80)]
    tone: Tone = "neutral"
    archived: bool = False


class ChoiceOut(Schema):
    """One choice; archived ones stay on records that have them and are not offered any more."""

    value: str
    label: str
    tone: str
    archived: bool


class FieldPatch(In):
    """What of a definition is to change. Choices left out are archived; the order is the one given."""

    label: Line = ""
    help_text: Annotated[str, Field(max_length=240)] = ""
    section: Annotated[str, Field(max_length=60)] = ""
    is_required: bool = False
    is_unique: bool = False
    is_searched: bool = False
    is_indexed: bool = False
    is_printed: bool = False
    default: CustomValue = None
    choices: Annotated[list[ChoiceIn], Field(max_length=200)] = []


class FieldIn(FieldPatch):
    """A new field. ``key`` empty: made from the label. ``target`` says what a reference points at."""

    object: Annotated[str, Field(max_length=40)]
    kind: FieldKind
    key: Annotated[str, Field(max_length=40)] = ""
    target: Annotated[str, Field(max_length=40)] = ""


class FieldOut(Out):
    """A definition. ``converting_to`` is the type its values are being converted to."""

    id: UUID
    object: str
    key: str
    label: str
    help_text: str
    kind: str
    section: str
    position: int
    is_required: bool
    is_unique: bool
    is_searched: bool
    is_indexed: bool
    is_printed: bool
    index_state: str
    default: str | bool | list[str] | None
    choices: list[ChoiceOut]
    target: str
    converting_to: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    @staticmethod
    def resolve_converting_to(field: CustomField) -> str | None:
        """Return the type alone."""
        aim: dict[str, Any] | None = field.converting_to
        return aim["kind"] if aim else None


class TypeIn(In):
    """The new type."""

    kind: FieldKind


class LossOut(Schema):
    """Values of a text that would be lost, and why."""

    value: str
    records: int
    reason: str


class PreviewOut(Schema):
    """What a change of type would do. ``partial``: only the 20,000 commonest values were looked at."""

    kept: int
    lost: int
    partial: bool
    lost_samples: list[LossOut]
    new_choices: list[str]


class FieldFilters(Schema):
    """Whose fields."""

    object: str | None = Field(None, max_length=40, description="person, company, product, order or task.")


@router.get("/fields", auth=READ, response=list[FieldOut])
def list_custom_fields(request: ApiRequest, filters: Query[FieldFilters]) -> HttpResponse:
    """The business's own fields, as far as the caller sees the records and the field."""
    names = [filters.object] if filters.object is not None else [entry.key for entry in custom_objects]
    found: list[CustomField] = []
    for name in names:
        if custom_objects.get(name) is None:
            raise Invalid.on("object", "invalid_choice", _("There are no records of this kind."))
        if may(request.member, get_object(name).rights_object, "view"):
            access = access_of(request.member, name)
            found += [field for field in list_fields(name) if access.can_read(field.right)]
    shown = shown_fields(request, FieldOut, None)
    return json_response([plain(request, field, FieldOut, shown) for field in found])


@router.post("/fields", auth=ADMIN, response={201: FieldOut})
def create_custom_field(request: ApiRequest, data: FieldIn) -> HttpResponse:
    """Add a field; it is there at once."""
    _require(request)
    if custom_objects.get(data.object) is None:
        raise Invalid.on("object", "invalid_choice", _("There are no records of this kind."))
    given = data.model_dump(exclude={"object"})
    empty = CustomField(object=data.object, kind=data.kind.value)
    field = create_field(
        actor=request.actor,
        object_name=data.object,
        data=field_data(empty, **{**given, "kind": data.kind.value}),
    )
    return respond(request, field, FieldOut, status=201, location=f"/api/v1/fields/{field.id}")


@router.get("/fields/{field_id}", auth=ADMIN, response=FieldOut)
def get_custom_field(request: ApiRequest, field_id: UUID) -> HttpResponse:
    """One definition."""
    _require(request)
    return respond(request, get_field(field_id), FieldOut)


@router.patch("/fields/{field_id}", auth=ADMIN, response=FieldOut)
def update_custom_field(request: ApiRequest, field_id: UUID, data: FieldPatch) -> HttpResponse:
    """Change what was sent of a definition."""
    _require(request)
    field = get_field(field_id)
    given = data.model_dump(include=data.model_fields_set)
    field = update_field(
        actor=request.actor, field_id=field_id, data=field_data(field, **given), version=if_match(request)
    )
    return respond(request, field, FieldOut)


@router.delete("/fields/{field_id}", auth=ADMIN, response={204: None})
def delete_custom_field(request: ApiRequest, field_id: UUID) -> Status[None]:
    """Put a field into the bin; its values are kept for 30 days."""
    _require(request)
    delete_field(actor=request.actor, field_id=field_id, version=if_match(request))
    return Status(204, None)


@router.post("/fields/{field_id}/restore", auth=ADMIN, response=FieldOut)
def restore_custom_field(request: ApiRequest, field_id: UUID) -> HttpResponse:
    """Bring a field back from the bin with its values."""
    _require(request)
    return respond(request, restore_field(actor=request.actor, field_id=field_id), FieldOut)


@router.post("/fields/{field_id}/type/preview", auth=ADMIN, response=PreviewOut)
def preview_custom_field_type(request: ApiRequest, field_id: UUID, data: TypeIn) -> HttpResponse:
    """What a change of type would keep and lose; nothing is changed."""
    _require(request)
    field = get_field(field_id)
    if data.kind == field.kind or data.kind not in CONVERTIBLE or field.kind not in CONVERTIBLE:
        raise Invalid.on("kind", "invalid_choice", _("This field can't become that."))
    found = preview_conversion(field, data.kind)
    body = PreviewOut(
        kept=found.kept,
        lost=found.lost,
        partial=found.partial,
        lost_samples=[LossOut(value=v, records=n, reason=why) for v, n, why in found.lost_samples],
        new_choices=found.new_choices,
    )
    return json_response(body.model_dump(mode="json"))


@router.post("/fields/{field_id}/type", auth=ADMIN, response=FieldOut)
def change_custom_field_type(request: ApiRequest, field_id: UUID, data: TypeIn) -> HttpResponse:
    """Convert a field's values to another type in the background; ``converting_to`` is null when it is done."""
    _require(request)
    change_type(actor=request.actor, field_id=field_id, kind=data.kind, version=if_match(request))
    return respond(request, get_field(field_id), FieldOut)


def _require(request: ApiRequest) -> None:
    if not may_area(request.member, AREA):
        raise Denied(AREA, "open")
