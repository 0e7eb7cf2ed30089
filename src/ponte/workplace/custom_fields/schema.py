"""Custom fields in the API: the shape of ``custom`` in and out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from ponte.core.models import Member
from ponte.workplace.selectors.custom_fields import readable_fields

CustomValue = str | bool | int | float | list[str] | None

CustomIn = Annotated[
    dict[Annotated[str, Field(max_length=40)], CustomValue],
    Field(
        max_length=200,
        description=(
            "Values of custom fields by key (GET /fields). Texts, links, dates (YYYY-MM-DD), choices (value or label) and"
            " references (id) are strings; numbers and money are numbers or decimal strings; several choices are a list; null"
            " empties a field; a key left out stays as it is."
        ),
    ),
]
CustomOut = Annotated[
    dict[str, str | bool | list[str] | None],
    Field(
        description=(
            "Values of the custom fields by key (GET /fields), null where there is none: texts, links, dates (YYYY-MM-DD),"
            " choices and references (ids) as strings, numbers and money as decimal strings, several choices as a list."
        )
    ),
]


def custom_out(member: Member, object_name: str, custom: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record's custom values as the API gives them to a member: without hidden ones."""
    return {field.key: custom.get(field.slot) for field in readable_fields(member, object_name)}
