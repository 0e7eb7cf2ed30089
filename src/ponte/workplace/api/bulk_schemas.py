"""What the API of acts on many rows takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from ponte.apikit.schemas import In, Line, Out
from ponte.core.models import Member
from ponte.workplace.api.list_schemas import QueryText
from ponte.workplace.lists import BulkAction
from ponte.workplace.models import BulkChange

InputName = Annotated[str, StringConstraints(max_length=40)]


class ActionInputOut(Out):
    """Something an act asks for; ``choices`` null where anything can be given."""

    name: str
    label: str
    kind: str
    required: bool
    choices: list[str] | None


class ActionOut(Out):
    """An act that can be done to many rows."""

    key: str
    label: str
    needs: str
    can_undo: bool
    inputs: list[ActionInputOut]

    @classmethod
    def of(cls, action: BulkAction, member: Member) -> Self:
        """Return an act as the member may use it."""
        inputs = [
            ActionInputOut(
                name=item.name,
                label=str(item.label),
                kind=item.kind,
                required=item.required,
                choices=[str(key) for key, _label in item.choices(member)] if item.choices else None,
            )
            for item in action.inputs
        ]
        return cls(
            key=action.key,
            label=action.plain_label,
            needs=action.act,
            can_undo=action.undo is not None,
            inputs=inputs,
        )


class BulkActIn(In):
    """Which rows (``ids``, or all of the list's ``query``) and what the act asks for. ``once`` makes a retry harmless."""

    ids: list[UUID] = Field([], max_length=10_000)
    query: QueryText | None = None
    inputs: dict[InputName, Line] = Field({}, max_length=20)
    once: UUID | None = None


class BulkPreviewOut(Out):
    """What an act would do; ``estimated`` when counting exactly would take long."""

    changing: int
    skipped: int
    estimated: bool


class BulkChangeOut(Out):
    """An act on many rows and how far it is."""

    id: UUID
    list: str = Field(validation_alias="list_key")
    action: str
    state: BulkChange.State
    total: int
    count: int
    skipped: int
    error: str
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None
