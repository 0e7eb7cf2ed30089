"""Fields of a list's rows that can be written in the list itself: in a cell, for many rows, by dragging a card."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.workplace.lists.bulk import BulkAction, BulkInput, BulkOutcome, Inputs
from ponte.workplace.lists.filters.base import Choice

EDIT = "edit_"
ROWS_CHANGED = ngettext_lazy("%(count)s record changed", "%(count)s records changed", "count")
VALUE = _("New value")
Result = TypeVar("Result")


def told_here(act: Callable[[], Result]) -> Result:
    """Run an act; what it refuses, it refuses of the one field that is asked for in a list."""
    try:
        return act()
    except Invalid as refusal:
        first = refusal.problems[0]
        raise Invalid.on("value", first.code, str(first.message)) from refusal


@dataclass(frozen=True, kw_only=True)
class Editable:
    """One field a list's rows can be given a value in.

    Attributes:
        key: stable name, part of URLs.
        kind: how it is asked; a date or number is given as people write it.
        save: writes one row's field, ``(actor, id, text, version)``; ``Invalid``, ``Missing``, ``Conflict`` as ever. May
            return ``Saved`` with words and the way back.
        ask_url: the dialog that asks for what a refused value is missing, ``(id, text, refusal)``; "" where nothing would help.
        save_many: writes locked rows' field, ``(actor, ids, text)``; None: not offered for many rows.
        undo_many: takes ``BulkOutcome.undo`` back.
        value: the row's value as the input shows it.
        choices: of a choice.
        column: key of the column it is edited in; "" for none.
        fields: rights fields it writes; its key where nothing is said.
        needs: relations ``value`` reads.
        required: it can't be emptied.
    """

    key: str
    label: str | Promise
    kind: Literal["choice", "text", "date", "number"] = "text"
    save: Callable[[Actor, UUID, str, int | None], Any]
    save_many: Callable[[Actor, list[UUID], str], BulkOutcome] | None = None
    undo_many: Callable[[Actor, Any], None] | None = None
    value: Callable[[Any], str]
    choices: Callable[[Member], Sequence[Choice]] | None = None
    column: str = ""
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    required: bool = False
    ask_url: Callable[[UUID, str, Invalid], str] | None = None

    @property
    def rights(self) -> tuple[str, ...]:
        """The rights fields it writes."""
        return self.fields or (self.key,)

    def action(self) -> BulkAction | None:
        """Return the bulk act that sets it on many rows, None when it has none."""
        save_many = self.save_many
        if save_many is None:
            return None

        def run(actor: Actor, ids: list[UUID], inputs: Inputs) -> BulkOutcome:
            return save_many(actor, ids, inputs.get("value", ""))

        given = BulkInput("value", VALUE, kind=self.kind, choices=self.choices, required=self.required)
        return BulkAction(
            f"{EDIT}{self.key}",
            format_lazy("{label}…", label=self.label),
            "edit",
            run,
            ROWS_CHANGED,
            undo=self.undo_many,
            inputs=(given,),
            fields=self.rights,
            shows=self.column,
            is_edit=True,
        )
