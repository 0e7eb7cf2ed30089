"""Acts on the rows a person has selected, with undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from django.utils.functional import Promise

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.workplace.lists.filters.base import Choice

MOST_ROWS = 500  # changed at once, inside the request; more is done by a background job
CHUNK = 2_000  # rows of a background job changed in one transaction

Inputs = Mapping[str, str]


@dataclass(frozen=True)
class BulkInput:
    """Something asked before acting: a choice out of ``choices(member)``, a short text, a date or a number.

    Dates and numbers arrive as text the way people write them; the act reads and checks them.
    """

    name: str
    label: str | Promise
    kind: Literal["choice", "text", "date", "number"] = "choice"
    choices: Callable[[Member], Sequence[Choice]] | None = None
    required: bool = True
    placeholder: str | Promise = ""


@dataclass(frozen=True)
class BulkOutcome:
    """What an act changed.

    Attributes:
        done: ids of the rows it changed; others already were as wanted.
        undo: JSON value with all that ``BulkAction.undo`` needs to put them back; None when there is no way back.
        subjects: where ``undo["rows"]`` (by id as text) and ``undo["value"]`` hold personal values: row → the customer they
            tell about. They are kept sealed then.
    """

    done: Sequence[UUID]
    undo: Any = None
    subjects: Mapping[str, UUID] | None = None


@dataclass(frozen=True)
class BulkAction:
    """One act offered for selected rows.

    Attributes:
        key: stable name, part of the URL.
        label: what the button says.
        done_text: what the toast says: ``ngettext_lazy("%(count)s customer moved", "%(count)s customers moved", "count")``.
        act: the right it needs on each row ("edit" or "delete"); rows without it are left out.
        run: does it, ``(actor, ids, inputs)``, in one transaction with one audit entry and one event per chunk.
        undo: takes ``BulkOutcome.undo`` back, ``(actor, undo)``; rows changed by others since are left alone.
        inputs: what is asked first.
        confirm: question put before acting, for acts one would regret.
        page_url: name of the page that does it instead of ``run``; the selected ids are posted there as ``id``, with
            ``again`` so that it asks before it acts.
        shows: key of the column whose value it changes, for the preview.
        is_edit: it sets one field; offered together with its like under one button.
    """

    key: str
    label: str | Promise
    icon: str
    run: Callable[[Actor, list[UUID], Inputs], BulkOutcome]
    done_text: str | Promise
    act: Literal["edit", "delete"] = "edit"
    undo: Callable[[Actor, Any], None] | None = None
    inputs: tuple[BulkInput, ...] = ()
    confirm: str | Promise = ""
    danger: bool = False
    fields: tuple[str, ...] = field(default_factory=tuple)  # rights fields it writes
    page_url: str = ""
    shows: str = ""
    is_edit: bool = False

    @property
    def plain_label(self) -> str:
        """The label without the dots that promise a question."""
        return str(self.label).rstrip("….")

    @property
    def asks(self) -> bool:
        """Whether something is asked before acting."""
        return bool(self.inputs or self.confirm)

    @property
    def can_undo(self) -> bool:
        """Whether there is a way back."""
        return self.undo is not None
