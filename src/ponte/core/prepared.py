"""Queries of a fixed shape, compiled once in a process.

Building and compiling a queryset costs Django 0.5 to 1 ms, several times what PostgreSQL takes for the answer, and a page asks
for the same few things each time: who it is, his views, his stars. Keep ordinary querysets everywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connections
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable

from ponte.core.arrays import uuid_array

T = TypeVar("T")

# a value of each type that stands nowhere else in a statement, to find the places of the parameters by
_MARKS: dict[type, Callable[[int], Any]] = {
    UUID: lambda number: UUID(int=0xFEDC_BA98 << 96 | number),
    str: lambda number: f"\x01mark{number}",
    datetime: lambda number: datetime(1711, 1, 1, 0, 0, number % 60, tzinfo=UTC),
    list: lambda number: [UUID(int=0xFEDC_BA99 << 96 | number)],  # reaches the statement as ``uuid_array``
}


class Prepared(Generic[T]):
    """A queryset as a function of its parameters::

        MEMBER = Prepared(lambda user_id: Member.objects.filter(user_id=user_id).select_related("role"), UUID)
        member = MEMBER.first(user_id)

    Args:
        make: returns the queryset (of models, or ``values_list``) for the parameters; called once. It must not look at
            their values, slice by them, prefetch, or depend on anything but them.
        types: the parameters' types in order: ``UUID``, ``str``, ``datetime`` or ``list`` (of UUIDs, for ``AnyOf``).
    """

    def __init__(self, make: Callable[..., QuerySet[Any, T]], *types: type) -> None:
        self._make = make
        self._types = types
        self._plan: _Plan | None = None

    def rows(self, *values: Any) -> list[T]:
        """Return what the queryset would give for these parameters; raises ``TypeError`` on one of another type."""
        for value, expected in zip(values, self._types, strict=True):
            if not isinstance(value, expected):
                raise TypeError(f"{expected.__name__} expected, not {type(value).__name__}")
        plan = self._plan
        if plan is None:
            plan = self._plan = _Plan(self._make, self._types)
        return plan.fetch(values)

    def first(self, *values: Any) -> T | None:
        """Return the first of ``rows``, None when there are none. Limit the queryset to one."""
        rows = self.rows(*values)
        return rows[0] if rows else None


class _Plan:
    """The statement, where its parameters stand, and how its rows become objects."""

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], types: Sequence[type]) -> None:
        numbers = count(1)
        marks = [_MARKS[kind](next(numbers)) for kind in types]
        queryset = make(*marks)
        self.database = queryset.db
        compiler = queryset.query.get_compiler(self.database)
        self.sql, params = compiler.as_sql()
        self.params = list(params)
        sent = [_sent(mark) for mark in marks]
        self.places = [(place, sent.index(value)) for place, value in enumerate(self.params) if value in sent]
        if {index for _place, index in self.places} != set(range(len(marks))):
            raise ValueError("a parameter does not reach the statement as it is")
        self.converters = compiler.get_converters(expression for expression, *_rest in compiler.select)
        self.is_flat = False
        self.annotations: dict[str, int] = {}
        if issubclass(queryset._iterable_class, ModelIterable):
            self.node: _Node | None = _Node(compiler.klass_info, compiler.select)
            self.annotations = dict(compiler.annotation_col_map or {})
        elif issubclass(queryset._iterable_class, ValuesListIterable | FlatValuesListIterable):
            self.node = None
            self.is_flat = issubclass(queryset._iterable_class, FlatValuesListIterable)
        else:
            raise ValueError("only models and values_list can be prepared")

    def fetch(self, values: Sequence[Any]) -> list[Any]:
        params = list(self.params)
        for place, index in self.places:
            params[place] = _sent(values[index])
        connection = connections[self.database]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, params)
            rows: list[Any] = cursor.fetchall()
        for place, (functions, expression) in self.converters.items():
            rows = [
                (*row[:place], _converted(row[place], functions, expression, connection), *row[place + 1 :])
                for row in rows
            ]
        if self.node is not None:
            return [self._object(row) for row in rows]
        return [row[0] for row in rows] if self.is_flat else rows

    def _object(self, row: Sequence[Any]) -> Any:
        assert self.node is not None
        made = self.node.build(row, self.database)
        for name, place in self.annotations.items():
            setattr(made, name, row[place])
        return made


class _Node:
    """One model of the statement and those joined to it (``select_related``)."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any]) -> None:
        self.model = info["model"]
        fields = info["select_fields"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [select[place][0].target.attname for place in range(self.start, self.end)]
        self.key = self.start + self.names.index(self.model._meta.pk.attname)
        self.to_parent: Any = info.get("remote_setter")
        self.from_parent: Any = info.get("local_setter")
        self.joined = [_Node(each, select) for each in info.get("related_klass_infos", ())]

    def build(self, row: Sequence[Any], database: str) -> Any:
        if row[self.key] is None:
            return None
        made = self.model.from_db(database, self.names, row[self.start : self.end])
        for node in self.joined:
            other = node.build(row, database)
            node.from_parent(made, other)
            if other is not None:
                node.to_parent(other, made)
        return made


def _sent(value: Any) -> Any:
    return uuid_array(value) if isinstance(value, list) else value


def _converted(value: Any, functions: Sequence[Any], expression: Any, connection: Any) -> Any:
    for function in functions:
        value = function(value, expression, connection)
    return value
