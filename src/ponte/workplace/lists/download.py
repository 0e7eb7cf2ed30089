"""A list's rows as a file: CSV streamed, XLSX written row by row to disk. Neither holds the rows in memory."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import orjson
from django.utils import timezone, translation
from django.utils.translation import get_language

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.core.services.audit import record_view
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.lists.cells import Scalar
from ponte.workplace.lists.results import cursor_of, more_than, part_of, select_whole
from ponte.workplace.lists.state import ListState

CHUNK = 1_000
MOST_DIRECT = 20_000  # rows of a file made inside the request; more are made in the background
MOST_SHEET_ROWS = 1_048_575  # what a spreadsheet holds under its headings
FORMATS = ("csv", "csv-br", "csv-int", "xlsx", "json")  # csv: in the reader's dialect


def chunks(state: ListState, actor: Actor, workspace: Workspace) -> Iterator[list[list[Scalar]]]:
    """Yield the rows of a list in chunks, each read and written to the access log in a transaction of its own.

    Rights are read anew for each chunk: a member who loses the right while a long export runs gets no more rows.
    Raises ``Denied`` then.
    """
    assert actor.member is not None
    state = replace(state, cursor="")
    while True:
        with workspace_scope(workspace), _as_read_by(actor.member, workspace):
            member = Member.objects.select_related("role", "team").get(id=actor.member.id)
            if not may(member, state.page.object, "export"):
                raise Denied(state.page.object, "export")
            whole = select_whole(state, member, act="export", by_pages=True)
            part = part_of(state, member, whole, size=CHUNK)
            cells = [column.cell.prepared(part.rows) for column in state.columns]
            lines = [[cell.plain(row) for cell in cells] for row in part.rows]
            ids = [row.pk for row in part.rows]
            record_view(
                actor=actor,
                object_type=state.page.object,
                ids=ids,
                where=f"list {state.page.key}",
                act="export",
            )
        yield lines
        if part.next is None:
            return
        state = replace(state, cursor=cursor_of(state, whole.rows, part.next))


def has_more_than(state: ListState, member: Member, most: int) -> bool:
    """Return whether a list has more rows than ``most``."""
    return more_than(select_whole(state, member, act="export"), most)


def file_bytes(state: ListState, rows: Iterable[list[list[Scalar]]], format: str) -> Iterator[bytes]:
    """Yield a file of one of ``FORMATS``."""
    if format == "xlsx":
        with xlsx_file(state, rows) as file:
            while part := file.read(1 << 20):
                yield part
    elif format == "json":
        yield from json_lines(state, rows)
    else:
        local = (get_language() or "").startswith("pt")
        yield from csv_lines(state, rows, brazilian=local if format == "csv" else format == "csv-br")


def json_lines(state: ListState, rows: Iterable[list[list[Scalar]]]) -> Iterator[bytes]:
    """Yield a JSON array of objects, one a row, by the keys of the columns; decimals are text, nothing is rounded."""
    keys = [column.key for column in state.columns]
    before = b"[\n"
    for lines in rows:
        for line in lines:
            values = dict(zip(keys, map(_json_value, line), strict=True))
            yield before + orjson.dumps(values)
            before = b",\n"
    yield b"\n]\n" if before != b"[\n" else b"[]\n"


def _json_value(value: Scalar) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def csv_lines(state: ListState, rows: Iterable[list[list[Scalar]]], *, brazilian: bool) -> Iterator[bytes]:
    """Yield a CSV file: for a Brazilian spreadsheet (``;``, decimal comma, dd/mm/yyyy) or for the rest of the world."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if brazilian else ",", lineterminator="\r\n")
    writer.writerow([neutral(str(column.label)) for column in state.columns])
    yield b"\xef\xbb\xbf"  # so that Excel reads UTF-8
    for lines in rows:
        writer.writerows([[csv_text(value, brazilian) for value in line] for line in lines])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def xlsx_file(state: ListState, rows: Iterable[list[list[Scalar]]]) -> IO[bytes]:
    """Return an XLSX file, written row by row, as an open temporary file at its beginning."""
    import xlsxwriter

    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed over open
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "dd/mm/yyyy",
        },
    )
    sheet = book.add_worksheet(sheet_name(str(state.page.title)))
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    for number, column in enumerate(state.columns):
        sheet.write_string(0, number, str(column.label), bold)
    at = 0
    for lines in rows:
        for line in lines:
            at += 1
            for number, value in enumerate(line):
                write_cell(sheet, at, number, value, moment)
    sheet.freeze_panes(1, 1)
    book.close()
    file.seek(0)
    return file


def sheet_name(title: str) -> str:
    """Return a title as a sheet may be named."""
    return "".join(" " if letter in "[]:*?/\\" else letter for letter in title)[:31].strip(" '") or "1"


def csv_text(value: Scalar, brazilian: bool) -> str:
    """Return a value as a CSV file holds it."""
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return neutral(str(value))
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%d/%m/%Y %H:%M") if brazilian else local.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y") if brazilian else value.isoformat()
    text = f"{value:f}" if isinstance(value, Decimal) else str(value)
    return text.replace(".", ",") if brazilian else text


def write_cell(sheet: Any, row: int, column: int, value: Scalar, moment: Any) -> None:
    """Write a value into a cell of a sheet, as what it is."""
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        sheet.write_datetime(row, column, local.replace(tzinfo=None), moment)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:32_767])


@contextmanager
def _as_read_by(member: Member, workspace: Workspace) -> Iterator[None]:
    """Use the reader's language and the workspace's time zone: a stream runs after the request's own are gone."""
    with translation.override(member.language), timezone.override(workspace.timezone):
        yield
