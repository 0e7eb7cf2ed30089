"""From cells to values: how each column writes numbers and dates is found out once, then every row is read alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any, cast

from django.utils.translation import gettext as _

from ponte.core.brazil.dates import DateOrder, detect_date_order, parse_date, parse_datetime
from ponte.core.brazil.documents import normalise_cnpj, normalise_cpf
from ponte.core.brazil.numbers import (
    NumberStyle,
    detect_number_style,
    parse_boolean,
    parse_decimal,
    parse_integer,
    undo_spreadsheet,
)
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold
from ponte.workplace.importing.files import MAX_CELL, Sample, SourceRow
from ponte.workplace.importing.targets import FieldType, ImportField, ImportRow, ImportTarget, Problem

_NOTHING = frozenset(
    {"null", "\\n", "#n/a", "#n/d", "nan", "none", "-", "--", "0000-00-00", "0000-00-00 00:00:00"}
)
_NEUTRALISED = re.compile(r"'[=+\-@\t\r]")
_REMEMBERED = 8192  # values of one column
_REMEMBERED_LETTERS = 80
_SERIAL = re.compile(r"[1-9]\d{4}(?:[.,]\d+)?")


@dataclass(frozen=True)
class Plan:
    """What becomes of each column.

    ``columns`` maps a column's index to a field's key, ``constants`` gives fields the same text in every row,
    ``numbers`` and ``dates`` say how a column writes them (only where its values told), ``serials`` are the
    columns whose bare numbers are Excel's days. ``fresh`` are columns a custom field is made for at the start: index → its type.
    """

    columns: Mapping[int, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[int, NumberStyle] = field(default_factory=dict)
    dates: Mapping[int, DateOrder] = field(default_factory=dict)
    serials: frozenset[int] = frozenset()
    fresh: Mapping[int, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return the plan as it is stored with a run."""
        return {
            "columns": {str(index): key for index, key in self.columns.items()},
            "constants": dict(self.constants),
            "numbers": {str(index): style for index, style in self.numbers.items()},
            "dates": {str(index): order for index, order in self.dates.items()},
            "serials": sorted(self.serials),
            "fresh": {str(index): kind for index, kind in self.fresh.items()},
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Plan:
        """Return a stored plan."""
        return cls(
            columns=_by_index(stored.get("columns", {})),
            constants=dict(stored.get("constants", {})),
            numbers=cast("dict[int, NumberStyle]", _by_index(stored.get("numbers", {}))),
            dates=cast("dict[int, DateOrder]", _by_index(stored.get("dates", {}))),
            serials=frozenset(stored.get("serials", ())),
            fresh=_by_index(stored.get("fresh", {})),
        )


def make_plan(
    target: ImportTarget,
    sample: Sample,
    columns: Mapping[int, str],
    constants: Mapping[str, str] | None = None,
    fresh: Mapping[int, str] | None = None,
) -> Plan:
    """Settle how each mapped column of a file writes its numbers and dates.

    Args:
        columns: index → field key, as guessed or chosen; unknown fields and columns are dropped.
        constants: field key → text that every row gets where its own cell is empty.
        fresh: index → type of the custom field to be made for a column.
    """
    numbers: dict[int, NumberStyle] = {}
    dates: dict[int, DateOrder] = {}
    serials: set[int] = set()
    kept: dict[int, str] = {}
    for index, key in columns.items():
        found = target.field_of(key)
        if found is None or not 0 <= index < sample.width:
            continue
        kept[index] = key
        cells = sample.column(index)
        if found.type in (FieldType.NUMBER, FieldType.INTEGER):
            style = detect_number_style(cells)
            if style is not None:
                numbers[index] = style
        elif found.type in (FieldType.DATE, FieldType.MOMENT):
            order = detect_date_order(cells)
            if order is not None:
                dates[index] = order
            if cells and sum(_SERIAL.fullmatch(cell.strip()) is not None for cell in cells) * 2 > len(cells):
                serials.add(index)
    fixed = {key: text for key, text in (constants or {}).items() if target.field_of(key) and text.strip()}
    wanted = {index: kind for index, kind in (fresh or {}).items() if 0 <= index < sample.width}
    return Plan(kept, fixed, numbers, dates, frozenset(serials), wanted)


class Reader:
    """Turns rows of one file into values of one target."""

    def __init__(self, target: ImportTarget, plan: Plan, *, width: int, zone: tzinfo) -> None:
        self.target = target
        self.width = width
        self._columns: list[tuple[int, ImportField, ColumnReader]] = []
        for index, key in sorted(plan.columns.items()):
            found = target.field_of(key)
            if found is not None:
                self._columns.append(
                    (index, found, ColumnReader(found, _converter(found, plan, index, zone)))
                )
        self._constants: list[tuple[ImportField, Any]] = []
        for key, text in plan.constants.items():
            found = target.field_of(key)
            if found is not None:
                self._constants.append((found, _converter(found, Plan({}), -1, zone)(text)))
        self._required = [candidate for candidate in target.fields if candidate.required]

    def read(self, row: SourceRow) -> ImportRow | list[Problem]:
        """Return the row's values, or everything that is wrong with it."""
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        cells, width = row.cells, len(row.cells)
        if width > self.width and any(cell.strip() for cell in cells[self.width :]):
            return [Problem("", "too_many_cells", _("The row has more cells than the header has columns."))]
        for index, found, read in self._columns:
            cell = cells[index] if index < width else ""
            if not cell:
                continue
            value = read(cell)
            if value is None:
                continue
            if isinstance(value, Problem):
                problems.append(value)
            elif found.several:
                values.setdefault(found.key, []).append(value)
            else:
                values.setdefault(found.key, value)
        for found, value in self._constants:
            values.setdefault(found.key, [value] if found.several else value)
        if problems or self._lacks(values):
            return problems + self._missing(values, {problem.field for problem in problems})
        return ImportRow(row.number, values)

    def _lacks(self, values: Mapping[str, Any]) -> bool:
        return any(needed.key not in values for needed in self._required)

    def _missing(self, values: Mapping[str, Any], refused: set[str]) -> list[Problem]:
        return [
            Problem(needed.key, "required", _("%(field)s is missing.") % {"field": needed.label})
            for needed in self._required
            if needed.key not in values and needed.key not in refused
        ]


class ColumnReader:
    """Reads the cells of one column and remembers what they came to: files repeat cities, dates and choices endlessly."""

    def __init__(self, found: ImportField, convert: Callable[[str], Any]) -> None:
        self._field = found
        self._convert = convert
        self._known: dict[str, Any] = {}
        self._misses = 0

    def __call__(self, cell: str) -> Any:
        """Return a cell's value, what is wrong with it (``Problem``), or None when it is empty."""
        try:
            return self._known[cell]
        except KeyError:
            pass
        value = self._read(cell)
        self._misses += 1
        if len(cell) <= _REMEMBERED_LETTERS and len(self._known) < _REMEMBERED:
            self._known[cell] = value
        elif self._misses > 2 * _REMEMBERED:
            self._known.clear()  # a column of names: what is remembered first comes again least
            self._misses = 0
        return value

    def _read(self, cell: str) -> Any:
        text = clean_cell(cell)
        if not text:
            return None
        key = self._field.key
        if len(text) > MAX_CELL:
            return Problem(key, "too_long", _("The cell has more than 100,000 characters."))
        try:
            return self._convert(text)
        except Unreadable as unreadable:
            return Problem(key, unreadable.code, f"{unreadable.message} ({_short(text)})")
        except UnknownChoice as unknown:
            return Problem(key, "unknown_choice", unknown.message)


class UnknownChoice(ValueError):
    """A word that is none of a field's choices."""

    def __init__(self, text: str, found: ImportField) -> None:
        known = ", ".join(words[0] if words else key for key, words in list(found.choices.items())[:12])
        self.message = _("“%(value)s” is not known here. Known are: %(known)s.") % {
            "value": _short(text),
            "known": known,
        }
        super().__init__(self.message)


def clean_cell(cell: str) -> str:
    """Return a cell without what spreadsheets and exports add: NULs, outer spaces, words for nothing, a guard quote."""
    text = cell.strip()
    if not text.isprintable():
        text = text.replace("\x00", "").strip().strip("\ufeff").strip()
    if len(text) <= 20 and text.lower() in _NOTHING:
        return ""
    return text[1:] if _NEUTRALISED.match(text) else text


def _converter(found: ImportField, plan: Plan, index: int, zone: tzinfo) -> Callable[[str], Any]:
    style, order, serial = plan.numbers.get(index), plan.dates.get(index), index in plan.serials
    match found.type:
        case FieldType.NUMBER:
            return lambda text: parse_decimal(text, style=style)
        case FieldType.INTEGER:
            return lambda text: parse_integer(text, style=style)
        case FieldType.DATE:
            return lambda text: parse_date(text, order=order, serial=serial, past=found.past)
        case FieldType.MOMENT:
            return lambda text: parse_datetime(text, zone=zone, order=order, serial=serial, past=found.past)
        case FieldType.BOOLEAN:
            return parse_boolean
        case FieldType.CHOICE:
            return _choice(found)
        case FieldType.IDENTIFIER:
            return undo_spreadsheet
        case FieldType.CPF:
            return normalise_cpf
        case FieldType.CNPJ:
            return normalise_cnpj
        case _:
            return _text(found)


def _text(found: ImportField) -> Callable[[str], str]:
    longest = found.max_length

    def convert(text: str) -> str:
        return text[:longest] if longest else text

    return convert


def _choice(found: ImportField) -> Callable[[str], str]:
    known = {fold(word): value for value, words in found.choices.items() for word in (value, *words)}

    def convert(text: str) -> str:
        try:
            return known[fold(text)]
        except KeyError:
            raise UnknownChoice(text, found) from None

    return convert


def _by_index(stored: Mapping[str, Any]) -> dict[int, Any]:
    return {int(index): value for index, value in stored.items()}


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


def texts(values: Sequence[Any]) -> list[str]:
    """Return the distinct non-empty texts of a ``several`` field in order."""
    return list(dict.fromkeys(str(value) for value in values if value))
