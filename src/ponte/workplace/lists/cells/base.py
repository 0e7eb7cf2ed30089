"""What a cell of a list is: a value out of a row, and how it reads on the page and in a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from html import escape
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.safestring import SafeString

Scalar = str | int | float | bool | Decimal | datetime | date | None
Source = str | Callable[[Any], Any]

NOTHING = SafeString('<span class="empty-value" aria-hidden="true">–</span>')


@dataclass(frozen=True)
class RowLink:
    """Where a row leads: its own page and, where there is one, its short version for the side panel."""

    url: str = ""
    panel_url: str = ""


def read(row: Any, source: Source) -> Any:
    """Return what ``source`` names in ``row``: a path like ``"facts__revenue"`` or a function of the row.

    A missing related row anywhere on the path gives None.
    """
    if callable(source):
        return source(row)
    value = row
    for part in source.split("__"):
        if value is None:
            return None
        try:
            value = getattr(value, part)
        except ObjectDoesNotExist:
            return None
    return value


_has_special = re.compile("[&<>\"']").search


def escaped(value: Any) -> str:
    """Return ``value`` as text safe inside HTML."""
    if isinstance(value, SafeString):
        return value
    text = str(value)
    return escape(text) if _has_special(text) else text


def html(text: str) -> SafeString:
    """Mark text as safe HTML; everything in it has been escaped by the caller."""
    return SafeString(text)


@dataclass(frozen=True)
class Cell:
    """Base of all cells. ``source`` is where the value comes from; see ``read``."""

    source: Source

    align: str = "start"

    @cached_property
    def reads_by_function(self) -> bool:
        """Whether anything the cell shows is told by a function of the row, so that nobody knows what it reads."""
        return any(callable(getattr(self, part.name)) for part in fields(self) if part.name != "labels")

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """The texts the cell was made with, its paths into the row among them."""
        values = (getattr(self, part.name) for part in fields(self))
        return tuple(value for value in values if isinstance(value, str))

    def value(self, row: Any) -> Any:
        """Return the raw value of this cell in ``row``."""
        return read(row, self.source)

    def figure(self) -> Any:
        """Return what of a row can be added up, as an expression in the workspace's own unit; None for nothing."""
        return None

    def amount(self, row: Any) -> Decimal | None:
        """Return the value of ``figure`` in a row."""
        value = self.value(row)
        return None if value is None or value == "" else Decimal(str(value))

    @property
    def is_money(self) -> bool:
        """Whether its figure is an amount in the workspace's currency."""
        return False

    def prepared(self, rows: Sequence[Any]) -> Cell:
        """Return the cell ready for these rows: the place to look up, once, what several of them need."""
        return self

    def render(self, row: Any, link: RowLink) -> SafeString:
        """Return the cell's content as HTML."""
        value = self.value(row)
        return NOTHING if value is None or value == "" else self.show(value, row, link)

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        """Return a value that isn't empty as HTML."""
        return html(escaped(value))

    def plain(self, row: Any) -> Scalar:
        """Return the value as it goes into an exported file."""
        value = self.value(row)
        return value if value is None or isinstance(value, str | int | float | Decimal | date) else str(value)
