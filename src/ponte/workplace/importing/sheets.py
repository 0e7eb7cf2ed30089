"""Reading spreadsheets (XLSX, XLS, ODS) with calamine; every cell becomes the text a person would have typed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from ponte.core.errors import Invalid

_ERRORS = frozenset(
    {"#N/A", "#N/D", "#REF!", "#VALUE!", "#VALOR!", "#DIV/0!", "#NAME?", "#NOME?", "#NULL!", "#NUM!"}
)


def sheet_names(path: Path) -> list[str]:
    """Return the names of a workbook's sheets in order."""
    return list(_workbook(path).sheet_names)


def sheet_rows(path: Path, name: str) -> Iterator[list[str]]:
    """Yield the rows of a sheet from its first row on. Of merged cells only the first has the value."""
    workbook = _workbook(path)
    if name not in workbook.sheet_names:
        raise Invalid.on("file", "sheet", _("The spreadsheet has no sheet called %(name)s.") % {"name": name})
    for row in workbook.get_sheet_by_name(name).iter_rows():
        yield [_text(cell) for cell in row]


def _workbook(path: Path) -> Any:
    # loaded only where a spreadsheet comes
    from python_calamine import CalamineError, PasswordError, XmlError, ZipError, load_workbook

    try:
        return load_workbook(str(path))
    except (CalamineError, PasswordError, XmlError, ZipError, OSError, ValueError) as error:
        raise Invalid.on(
            "file", "broken", _("The spreadsheet cannot be opened. Is it damaged or protected by a password?")
        ) from error


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return "" if cell in _ERRORS else cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return (
            cell.isoformat(sep=" ", timespec="seconds") if cell.time() != time() else cell.date().isoformat()
        )
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
