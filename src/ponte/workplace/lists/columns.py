"""Columns and sorts of a list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Field, QuerySet
from django.utils.functional import Promise

from ponte.core.rights import FieldAccess
from ponte.workplace.lists.cells import Cell, Main


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        key: stable name, kept in URLs and preferences.
        label: its heading.
        cell: what it shows; see ``ponte.workplace.lists.cells``.
        sort: key of the ``Sort`` its heading switches, "" for none.
        fields: names of rights fields it shows; hidden with any of them. Its own key where nothing is said.
        needs: relations joined (``select_related``) while it is shown.
        shown: among the columns of someone who has chosen none.
        phone: also shown on a phone (two or three at most, the main one besides).
    """

    key: str
    label: str | Promise
    cell: Cell
    sort: str = ""
    fields: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    shown: bool = True
    phone: bool = False

    def allowed(self, access: FieldAccess) -> bool:
        """Return whether the member may see the column."""
        return not access.hidden.intersection(self.fields or (self.key,))

    def readable(self, access: FieldAccess) -> Column:
        """Return the column without what the member may not see in its cell."""
        if not isinstance(self.cell, Main) or not access.hidden:
            return self
        return replace(self, cell=self.cell.readable(access))


@dataclass(frozen=True)
class Sort:
    """One order a list can be shown in, both ways.

    The row's id is added as the last column, in the same direction, so that an index over ``(*columns, id)`` serves
    page after page. Columns are ORM paths and must not be null, except a single column with ``nullable=True``, whose
    empty rows come last in both directions.

    Attributes:
        key: stable name, kept in URLs.
        label: how a person reads it.
        columns: what to order by, without the id; empty for the id alone (newest first is ``-id`` with UUIDv7).
        descending: the direction a first click takes.
        fields: rights fields it reveals; not offered where one is hidden.
        restrict: adds what the index needs to be used (``facts__kind`` beside ``kind``), or the annotation sorted by.
        type: the type of a single column that is an annotation, which no model can tell.
        filled: of a nullable one, leaves the rows that have a value, as the index says it; by the column itself otherwise.
    """

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    nullable: bool = False
    descending: bool = False
    fields: tuple[str, ...] = ()
    restrict: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None
    type: Field[Any, Any] | None = None
    filled: Callable[[QuerySet[Any]], QuerySet[Any]] | None = None

    def __post_init__(self) -> None:
        if self.nullable and len(self.columns) != 1:
            raise ValueError(f"sort {self.key}: only a single column may be nullable")

    def allowed(self, access: FieldAccess) -> bool:
        """Return whether the member may sort by it."""
        return not access.hidden.intersection(self.fields or self.columns)
