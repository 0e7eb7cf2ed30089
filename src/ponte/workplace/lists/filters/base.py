"""What a filter of a list is: read from the URL, applied to the rows, told in a chip."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.core.rights import FieldAccess

Choice = tuple[str, str | Promise]
Rows = QuerySet[Any]

MOST_VALUES = 50  # of one filter in one URL
LONGEST_TEXT = 200


@dataclass(frozen=True)
class Filter:
    """Base of all filters.

    Attributes:
        key: the URL parameter's name, stable.
        label: how a person reads it.
        path: ORM path of the column (or annotation) it looks at.
        fields: rights fields it reveals; not offered where one is hidden. The first part of ``path`` by default.
        restrict: joins or conditions an index wants beside it (``facts__kind``).
    """

    key: str
    label: str | Promise
    path: str = ""
    fields: tuple[str, ...] = ()
    restrict: Callable[[Rows], Rows] | None = None

    template: ClassVar[str] = ""

    def allowed(self, access: FieldAccess) -> bool:
        """Return whether the member may filter by it."""
        return not access.hidden.intersection(self.fields or (self.key, self.path))

    def read(self, params: QueryDict) -> Any:
        """Return the filter's value in a URL; None when it isn't there or makes no sense (never an error)."""
        raise NotImplementedError

    def params(self, value: Any) -> list[tuple[str, str]]:
        """Return the URL parameters that ``read`` turns into ``value``."""
        raise NotImplementedError

    def apply(self, rows: Rows, value: Any, member: Member) -> Rows:
        """Return the rows that satisfy the value."""
        raise NotImplementedError

    def words(self, value: Any, member: Member) -> str:
        """Return the value as a person reads it in the chip."""
        raise NotImplementedError

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        """Return what the filter's form needs besides ``filter`` and ``value``."""
        return {}

    def narrowed(self, rows: Rows, value: Any, member: Member) -> Rows:
        """Return the rows with ``restrict`` and the value applied."""
        return self.apply(self.restrict(rows) if self.restrict else rows, value, member)


def text_values(params: QueryDict, key: str) -> Sequence[str]:
    """Return a parameter's texts, without empty ones, control characters and what is beyond all reason."""
    found = (value.replace("\x00", "").strip()[:LONGEST_TEXT] for value in params.getlist(key)[:MOST_VALUES])
    return list(dict.fromkeys(value for value in found if value))
