"""The value of a custom field in SQL, typed, the same in queries and in indexes.

Numbers and money compare as ``numeric``; dates are ISO texts in "C" collation, whose order is theirs; texts are folded
(no case, no accents) for prefixes and sorting. All of it is immutable, so that an index can hold it.
"""

from __future__ import annotations

from typing import Any

from django.db.models import DecimalField, Expression, F, Func, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Collate, Left, Lower

from ponte.workplace.models import CustomField, FieldKind

NUMERIC = (FieldKind.NUMBER, FieldKind.MONEY)
FOLDED = (FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.LINK)
FOLDED_LETTERS = 200  # of a text that compare; an entry of an index can't be longer than a third of a page
DIGITS, PLACES = 30, 6

_ACCENTED = "áàâãäåéèêëíìîïóòôõöúùûüçñýÿÁÀÂÃÄÅÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑÝ"
_PLAIN = "aaaaaaeeeeiiiiooooouuuucnyyaaaaaaeeeeiiiiooooouuuucny"
_TABLE = str.maketrans(_ACCENTED, _PLAIN)


def number_field() -> DecimalField[Any, Any]:
    """Return the type numbers have in SQL."""
    return DecimalField(max_digits=DIGITS, decimal_places=PLACES)


def folded(text: str) -> str:
    """Return a text as ``value_expression`` folds stored ones."""
    return text.translate(_TABLE).lower()[:FOLDED_LETTERS]


def value_expression(field: CustomField, column: str = "custom") -> Expression:
    """Return what a field's value is in SQL: numeric, folded text, or text in "C" collation; null where there is none.

    Args:
        field: its definition.
        column: ORM path of the column ``custom``.
    """
    text = KeyTextTransform(field.slot, F(column), output_field=TextField())
    if field.kind in NUMERIC:
        return Cast(text, number_field())
    if field.kind in FOLDED:
        plain = Func(text, Value(_ACCENTED), Value(_PLAIN), function="translate", output_field=TextField())
        return Collate(Left(Lower(plain), FOLDED_LETTERS), "C")
    return Collate(text, "C")


def exact_expression(field: CustomField, column: str = "custom") -> Expression:
    """Return the stored text itself, as unique values are compared."""
    return KeyTextTransform(field.slot, F(column), output_field=TextField())


def list_expression(field: CustomField, column: str = "custom") -> Expression:
    """Return the value of several choices as JSON, for ``contains``."""
    return KeyTransform(field.slot, column)


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
    if not field.is_indexed:
        return wanted
    if field.kind == FieldKind.MULTI_CHOICE:
        return {**wanted, "value": f"USING gin ((custom -> '{field.slot}'::text))"}
    if field.kind in NUMERIC:
        return {**wanted, "value": f"USING btree (({text}::numeric({DIGITS},{PLACES})), id)"}
    if field.kind in FOLDED:
        value = f"\"left\"(lower(translate({text}, '{_ACCENTED}'::text, '{_PLAIN}'::text)), {FOLDED_LETTERS})"
        return {**wanted, "value": f'USING btree (({value}) COLLATE "C", id)'}
    if field.kind == FieldKind.DATE:
        return {**wanted, "value": f'USING btree (({text}) COLLATE "C", id)'}
    following = "".join(f", {column}" for column in (*columns, "id"))
    return {**wanted, "value": f'USING btree (({text}) COLLATE "C"{following})'}
