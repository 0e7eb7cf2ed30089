"""How a list's board by one field looks and behaves where the usual isn't enough: its own cards, kept totals, further acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from ponte.core.live import push
from ponte.core.models import Member
from ponte.workplace.lists.cells import RowLink

if TYPE_CHECKING:
    from ponte.workplace.lists.state import ListState

LIVE = "rows"  # the kind of the live message about moved rows
MOST_TOLD = 40  # rows named in one message; of more, boards are told to look anew


@dataclass(frozen=True)
class Head:
    """What stands at the head of a column: how many rows, their sums as (label, text; without a label where the text tells it), a short note."""

    count: int
    sums: tuple[tuple[str, str], ...] = ()
    note: str = ""


@dataclass(frozen=True)
class CardAct:
    """Something to do with a card besides moving it: opens the dialog ``url_name`` takes the row's id for."""

    label: str | Promise
    icon: str
    url_name: str
    tone: str = ""


@dataclass(frozen=True, kw_only=True)
class BoardLook:
    """The board of one field of a list.

    Attributes:
        by: key of the field.
        settle: completes the state (which pipeline, which rows by default) before anything is read.
        card: writes a row's card; what people typed must be escaped by it.
        prepare: called once with the rows of a page before their cards are drawn; what it returns is given to each.
        needs, unread: relations the cards read; columns they don't.
        heads: totals by the column's value that are kept somewhere; None for a state they don't cover: they are added up then.
        later_heads: where ``heads`` has none, the same added up; asked for once the page is there. None: sums of the list's figures.
        hidden_when_empty: values whose column stands there only while it has rows.
        acts: offered in the menu of a card to who may move it.
    """

    by: str
    settle: Callable[[ListState, Member], ListState] | None = None
    card: Callable[[Any, RowLink, Any], str]
    prepare: Callable[[Sequence[Any]], Any] | None = None
    needs: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    heads: Callable[[ListState, Member], Mapping[str, Head] | None] | None = None
    later_heads: Callable[[ListState, Member], Mapping[str, Head] | None] | None = None
    hidden_when_empty: tuple[str, ...] = ()
    acts: tuple[CardAct, ...] = ()


@dataclass(frozen=True)
class Saved:
    """What ``Editable.save`` may tell of what it did: words for a toast, the address that takes it back, the row's version now."""

    text: str = ""
    undo_url: str = ""
    version: int | None = None


def tell_moved(list_key: str, rows: Mapping[Any, tuple[str, int]], columns: Sequence[str] = ()) -> None:
    """Tell every open board of a list which rows are in which column now: {id: (column, version)}; ids only, nothing personal.

    Args:
        columns: further columns that changed (those rows came from).
    """
    if len(rows) > MOST_TOLD:
        push(None, LIVE, {"list": list_key, "all": True})
        return
    told = [{"id": str(key), "column": column, "version": version} for key, (column, version) in rows.items()]
    push(None, LIVE, {"list": list_key, "rows": told, "columns": list(dict.fromkeys(columns))})
