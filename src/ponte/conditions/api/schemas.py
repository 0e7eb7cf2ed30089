"""What the API of conditions takes in and gives out."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from ponte.apikit.schemas import In, Out


class ConditionIn(In):
    """A condition to check."""

    where: dict[str, Any] = Field(
        description="The tree: all, any, not, field, related; see the documentation."
    )
    v: int = Field(1, description="Version of the language.")


class CheckedOut(Out):
    """A condition in words, and how many records satisfy it; ``count`` is null where the token may not read them."""

    words: str
    count: int | None
    estimated: bool


class OperatorOut(Out):
    """An operator: ``shape`` tells what its value looks like."""

    key: str
    label: str
    shape: str


class CatalogueFieldOut(Out):
    """A field of the catalogue."""

    key: str
    label: str
    type: str
    operators: list[OperatorOut]
    choices: list[list[str]]


class RelationOut(Out):
    """Records that hang on the subject's; conditions on them use the fields of ``subject``."""

    key: str
    label: str
    subject: str
    dated: str


class SubjectOut(Out):
    """What conditions can ask of one kind of record."""

    key: str
    label: str
    listed: bool
    fields: list[CatalogueFieldOut]
    relations: list[RelationOut]
