"""Bases and field types of what the API takes in and gives out."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, StringConstraints, WithJsonSchema

INT32_MAX = 2**31 - 1

Int32 = Annotated[int, Field(ge=-INT32_MAX - 1, le=INT32_MAX)]
PositiveInt32 = Annotated[int, Field(ge=1, le=INT32_MAX)]
Count = Annotated[int, Field(ge=0, le=INT32_MAX)]
Money = Annotated[Decimal, Field(max_digits=14, decimal_places=2, allow_inf_nan=False)]
Amount = Annotated[Decimal, Field(max_digits=14, decimal_places=2, ge=0, allow_inf_nan=False)]
Quantity = Annotated[Decimal, Field(max_digits=12, decimal_places=3, gt=0, allow_inf_nan=False)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=100_000)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
ExternalId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=150)]
Source = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


def _within_database_range(value: AwareDatetime) -> AwareDatetime:
    if not 1900 <= value.year <= 9998:
        raise ValueError(_("Must be a year between 1900 and 9998."))
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_within_database_range)]


def _without_zone(value: time) -> time:
    if value.tzinfo is not None:
        raise ValueError(_("Give a time of day without a zone, such as 09:00."))
    return value


# OpenAPI's format "time" is RFC 3339's, which asks for a zone
TimeOfDay = Annotated[
    time,
    AfterValidator(_without_zone),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$"}),
]


class In(Schema):
    """What a caller sends: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """Return only the fields that were sent, for a partial update."""
        return {name: getattr(self, name) for name in self.model_fields_set}


def _only_id_is_certain(schema: dict[str, Any]) -> None:
    """Say in OpenAPI that fields may be left out (hidden by the role, or not asked for with ``?fields=``)."""
    if "id" in schema.get("properties", {}):
        schema["required"] = ["id"]
    else:
        schema.pop("required", None)


class Out(Schema):
    """What the API gives out. ``rights_object`` names the rights object whose hidden fields are left out;
    ``rights_fields`` maps a field here to its name there where they differ.
    """

    model_config = ConfigDict(json_schema_extra=_only_id_is_certain)
    rights_object: ClassVar[str] = ""
    rights_fields: ClassVar[dict[str, str]] = {}


OutType = TypeVar("OutType", bound=Out)


class Page(Schema, Generic[OutType]):
    """One page of a list. ``next_cursor`` is null on the last one."""

    items: list[OutType]
    next_cursor: str | None


class Paging(Schema):
    """How much of a list, from where, and which fields of it."""

    limit: int = Field(50, ge=1, le=200, description="Items a page, up to 200.")
    cursor: str | None = Field(None, max_length=2000, description="`next_cursor` of the page before.")
    fields: str | None = Field(None, max_length=1000, description="Only these fields, separated by commas.")


class Sparse(Schema):
    """Which fields of one record."""

    fields: str | None = Field(None, max_length=1000, description="Only these fields, separated by commas.")


class ErrorOut(Schema):
    """One thing wrong with one field."""

    field: str
    location: str
    code: str
    message: str


class ProblemOut(Schema):
    """A refusal (RFC 9457). ``type`` is stable for programs."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ErrorOut] = []


class Reference(Schema):
    """Another record by id and name."""

    id: UUID
    name: str
