"""The value of a custom field in SQL, typed, the same in queries and in indexes.

Numbers and money are ``numeric``, dates ``date``, yes and no ``boolean``; texts are folded (no case, no accents) in "C"
collation, for prefixes and sorting. All of it is immutable, so that an index can hold it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import (
    BooleanField,
    DateField,
    DecimalField,
    Expression,
    F,
    Field,
    Func,
    IntegerField,
    JSONField,
    Q,
    TextField,
    Value,
)
from django.db.models.fields.json import DataContains, KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Collate, Substr

from ponte.conditions.folding import ACCENTED, PLAIN, folded_sql
from ponte.workplace.models import CustomField, FieldKind

NUMERIC = (FieldKind.NUMBER, FieldKind.MONEY)
FOLDED = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.LINK)
DIGITS, PLACES = 30, 6


def typed_field(field: CustomField) -> Field[Any, Any]:
    """Return the type a field's value has in SQL."""
    return _typed(field.kind)


@cache
def _typed(kind: str) -> Field[Any, Any]:
    if kind in NUMERIC:
        return DecimalField(max_digits=DIGITS, decimal_places=PLACES)
    if kind == FieldKind.DATE:
        return DateField()
    return BooleanField() if kind == FieldKind.BOOLEAN else TextField()


def text_expression(field: CustomField, column: str = "custom") -> Expression:
    """Return the stored text; null where there is none.

    Args:
        field: its definition.
        column: ORM path of the column ``custom``.
    """
    return KeyTextTransform(field.slot, F(column), output_field=TextField())


def value_expression(field: CustomField, column: str = "custom") -> Expression:
    """Return what a field's value is in SQL, texts as they are stored; null where there is none."""
    text = text_expression(field, column)
    if field.kind == FieldKind.DATE:
        # text → date by a cast depends on a setting and can't be indexed; the parts don't
        parts = [
            Cast(Substr(text, start, length), IntegerField()) for start, length in ((1, 4), (6, 2), (9, 2))
        ]
        return Func(*parts, function="make_date", output_field=DateField())
    if field.kind in FOLDED:
        return Collate(text, "C")
    return Cast(text, typed_field(field)) if field.kind in (*NUMERIC, FieldKind.BOOLEAN) else text


def sort_expression(field: CustomField, column: str = "custom") -> Any:
    """Return what a field compares and sorts by: texts folded, everything else as it is."""
    value = value_expression(field, column)
    return folded_sql(value) if field.kind in FOLDED else value


def has_choice(field: CustomField, value: str, column: str = "custom") -> Q:
    """Return "several choices hold this one", null where there is none: ``@>`` as the field's GIN index serves it."""
    return Q(DataContains(KeyTransform(field.slot, column), Value([value], JSONField())))


# kinds sought by range or part: rows of one value are not read in the list's order
_BY_RANGE = frozenset(
    {FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE, FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.LINK}
)


def index_definitions(field: CustomField, *, columns: tuple[str, ...] = ()) -> dict[str, str]:
    """Return the indexes a field wants: purpose → what stands behind ``ON table``, without its condition.

    Args:
        field: its definition. Its slot holds small letters, digits, "_" and "~" alone.
        columns: columns that follow the value, so that an equal filter comes out in the list's order.
    """
    text = f"(custom ->> '{field.slot}'::text)"
    wanted: dict[str, str] = {}
    if field.is_unique:
        wanted["unique"] = f"USING btree ({text})"
    if field.is_indexed:
        wanted["value"] = _value_index(field, text, "".join(f", {column}" for column in (*columns, "id")))
    return wanted


def counted_expression(field: CustomField) -> str | None:
    """Return the expression PostgreSQL keeps statistics of for an indexed field, None where it can't use any.

    The planner doesn't look at the statistics of partial indexes; without others it takes every range for a two-hundredth.
    """
    if not field.is_indexed or field.kind == FieldKind.MULTI_CHOICE:
        return None
    return _value_expression(field, f"(custom ->> '{field.slot}'::text)")


def _value_index(field: CustomField, text: str, following: str) -> str:
    if field.kind == FieldKind.MULTI_CHOICE:
        return f"USING gin ((custom -> '{field.slot}'::text))"
    inexact = field.kind in _BY_RANGE
    return f"USING btree ({_value_expression(field, text)}{', id' if inexact else following})"


def _value_expression(field: CustomField, text: str) -> str:
    match field.kind:
        case FieldKind.NUMBER | FieldKind.MONEY:
            return f"({text}::numeric({DIGITS},{PLACES}))"
        case FieldKind.DATE:
            parts = ", ".join(
                f"(substring({text}, {start}, {length}))::integer"
                for start, length in ((1, 4), (6, 2), (9, 2))
            )
            return f"make_date({parts})"
        case FieldKind.BOOLEAN:
            return f"({text}::boolean)"
        case FieldKind.TEXT | FieldKind.LONG_TEXT | FieldKind.LINK:
            return f"translate(lower({text} COLLATE \"C\"), '{ACCENTED}'::text, '{PLAIN}'::text)"
        case _:
            return text
