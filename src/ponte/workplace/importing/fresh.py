"""Custom fields that an import makes on its way: which type a column's values speak for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ponte.core.brazil.dates import detect_date_order, parse_date
from ponte.core.brazil.numbers import detect_number_style, parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold
from ponte.workplace.importing.extensions import extensions_of
from ponte.workplace.importing.values import clean_cell
from ponte.workplace.models import FieldKind

FRESH = "new:"
OFFERED = (
    FieldKind.TEXT,
    FieldKind.LONG_TEXT,
    FieldKind.NUMBER,
    FieldKind.MONEY,
    FieldKind.DATE,
    FieldKind.BOOLEAN,
    FieldKind.CHOICE,
)
_MOST_CHOICES = 12
_YES_NO = frozenset(
    {"sim", "nao", "s", "n", "yes", "no", "y", "true", "false", "verdadeiro", "falso", "x", "1", "0"}
)
_MONEY = re.compile(r"R\$|US\$|€")
_LONG = 200


def customised_object(target_key: str) -> str:
    """Return the object whose custom fields a target's rows fill, empty where there are none."""
    return next((one.object_name for one in extensions_of(target_key) if one.object_name), "")


def guess_kind(cells: Sequence[str]) -> FieldKind:
    """Return the type of custom field that all of a column's values fit, the narrowest first."""
    values = [text for cell in cells if (text := clean_cell(cell))]
    if not values:
        return FieldKind.TEXT
    words = {fold(value) for value in values}
    if words <= _YES_NO and len(words) <= 2 and words != {"1"} and words != {"0"}:
        return FieldKind.BOOLEAN
    if _all_dates(values):
        return FieldKind.DATE
    if _all_numbers(values):
        return FieldKind.MONEY if any(_MONEY.search(value) for value in values) else FieldKind.NUMBER
    if any(len(value) > _LONG or "\n" in value for value in values):
        return FieldKind.LONG_TEXT
    if len(values) >= 8 and len(words) <= _MOST_CHOICES and len(words) * 3 <= len(values):
        return FieldKind.CHOICE
    return FieldKind.TEXT


def words_of(cells: Sequence[str]) -> list[str]:
    """Return the different values of a column as choices, the most frequent first; case and accents make no difference."""
    counted = Counter(fold(text) for cell in cells if (text := clean_cell(cell)))
    first: dict[str, str] = {}
    for cell in cells:
        if text := clean_cell(cell):
            first.setdefault(fold(text), text)
    return [first[word] for word, _times in counted.most_common()]


def _all_dates(values: Sequence[str]) -> bool:
    order = detect_date_order(values)
    return order is not None and _all(values, lambda text: parse_date(text, order=order))


def _all_numbers(values: Sequence[str]) -> bool:
    """Numbers that begin with 0 or are very long are codes."""
    if any(re.match(r"0\d", value) or sum(map(str.isdigit, value)) > 15 for value in values):
        return False
    style = detect_number_style(values)
    return _all(values, lambda text: parse_decimal(text, style=style))


def _all(values: Sequence[str], read: object) -> bool:
    assert callable(read)
    try:
        for value in values:
            read(value)
    except Unreadable:
        return False
    return True
