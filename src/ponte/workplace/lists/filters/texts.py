"""Filters by text: what a folded column begins with, served by its index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.http import QueryDict

from ponte.core.models import Member
from ponte.core.text import sort_key
from ponte.workplace.lists.filters.base import Filter, Rows, text_values


@dataclass(frozen=True)
class TextFilter(Filter):
    """What a column begins with (``path`` holds folded text with an index in "C" collation), or ``by`` does it.

    "Contains" is deliberately not offered: it reads the whole table. The search box finds words anywhere.
    """

    by: Callable[[Rows, str, Member], Rows] | None = None
    placeholder: str = ""
    fold: Callable[[str], str] = sort_key

    template: ClassVar[str] = "workplace/lists/filters/text.html"

    def read(self, params: QueryDict) -> str | None:
        return next(iter(text_values(params, self.key)), None)

    def params(self, value: str) -> list[tuple[str, str]]:
        return [(self.key, value)]

    def apply(self, rows: Rows, value: str, member: Member) -> Rows:
        if self.by is not None:
            return self.by(rows, value, member)
        return rows.filter(**{f"{self.path}__startswith": self.fold(value)})

    def words(self, value: str, member: Member) -> str:
        return value
