"""Opening what people upload: text tables in any encoding and spreadsheets; refusing everything else in words."""

from __future__ import annotations

import csv
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from ponte.core.errors import Invalid
from ponte.workplace.importing.layouts import Layout, detect_delimited, dialect, looks_like_header
from ponte.workplace.importing.sheets import sheet_names, sheet_rows

MAX_FILE_BYTES = 512 * 2**20
MAX_UNPACKED_BYTES = 1024 * 2**20  # of a spreadsheet, which is a ZIP archive
MAX_COLUMNS = 1000
MAX_CELL = 100_000  # letters
SAMPLE_ROWS = 2000
csv.field_size_limit(32 * 2**20)

_NOT_TABLES = {
    b"%PDF": "PDF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7-Zip",
    b"\x7fELF": "program",
    b"MZ": "program",
}


@dataclass(frozen=True)
class SourceRow:
    """One row of a file. ``number`` counts from 1, header and empty rows included, as spreadsheets do."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Sample:
    """The beginning of a file, enough to guess what its columns are."""

    layout: Layout
    headers: list[str]
    rows: list[SourceRow]
    estimated_rows: int
    sheets: list[str] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many columns the file has."""
        return len(self.headers)

    def column(self, index: int) -> list[str]:
        """Return the filled cells of a column."""
        return [row.cells[index] for row in self.rows if len(row.cells) > index and row.cells[index].strip()]


@contextmanager
def local_file(storage_key: str) -> Iterator[Path]:
    """Give a stored file as a path on this machine's disk, fetched there first where it is kept elsewhere."""
    try:
        yield Path(default_storage.path(storage_key))
        return
    except NotImplementedError:
        pass
    with (
        tempfile.NamedTemporaryFile(prefix="ponte-import-") as copy,
        default_storage.open(storage_key) as stored,
    ):
        for block in stored.chunks(1 << 20):
            copy.write(block)
        copy.flush()
        yield Path(copy.name)


def detect_layout(path: Path) -> Layout:
    """Find out how to read a file.

    Raises:
        Invalid: on "file", when it is empty, too large or no table, with what to do instead.
    """
    size = path.stat().st_size
    if size == 0:
        raise Invalid.on("file", "empty", _("The file is empty."))
    if size > MAX_FILE_BYTES:
        raise Invalid.on(
            "file",
            "too_large",
            _("The file is larger than %(limit)s MB. Cut it in parts.") % {"limit": MAX_FILE_BYTES >> 20},
        )
    with path.open("rb") as file:
        head = file.read(8192)
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _spreadsheet(path, zipped=head.startswith(b"PK"))
    for magic, name in _NOT_TABLES.items():
        if head.startswith(magic):
            raise _no_table(name)
    layout = detect_delimited(path)
    if not layout.encoding.startswith("utf-16") and _is_binary(head):
        raise _no_table("")
    return layout


def take_sample(path: Path, layout: Layout, rows: int = SAMPLE_ROWS) -> Sample:
    """Read the header and the first rows of a file.

    Raises:
        Invalid: on "file", when there are no rows, or too many columns.
    """
    found: list[SourceRow] = []
    headers: list[str] | None = None
    for row in raw_rows(path, layout):
        if headers is None and layout.has_header:
            headers = [cell.strip() for cell in row.cells]
            continue
        found.append(row)
        if len(found) >= rows:
            break
    width = max([len(headers or []), *(len(row.cells) for row in found[:200])], default=0)
    if not found:
        raise Invalid.on("file", "no_rows", _("The file has no rows below its header."))
    if width > MAX_COLUMNS:
        raise Invalid.on(
            "file",
            "too_wide",
            _("The file has %(count)s columns; %(limit)s are the most.")
            % {"count": width, "limit": MAX_COLUMNS},
        )
    sheets = sheet_names(path) if layout.kind == "sheet" else []
    names = _distinct(headers if headers is not None else [""] * width)
    return Sample(layout, names, found, _estimate(path, layout, found, rows), sheets)


def data_rows(path: Path, layout: Layout, *, after: int = 0) -> Iterator[SourceRow]:
    """Yield the rows below the header whose number is larger than ``after``; empty rows are left out.

    Raises:
        Invalid: on "file", when the rest cannot be read (a quote that is never closed).
    """
    waiting = layout.has_header
    for row in raw_rows(path, layout):
        if waiting:
            waiting = False
        elif row.number > after:
            yield row


def raw_rows(path: Path, layout: Layout) -> Iterator[SourceRow]:
    """Yield every filled row, the header too."""
    source = sheet_rows(path, layout.sheet) if layout.kind == "sheet" else _delimited_rows(path, layout)
    for number, cells in enumerate(source, start=1):
        if number > layout.skip and any(cell and not cell.isspace() for cell in cells):
            yield SourceRow(number, cells)


def _delimited_rows(path: Path, layout: Layout) -> Iterator[list[str]]:
    with path.open(encoding=layout.encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, **dialect(layout))
        while True:
            try:
                yield next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise Invalid.on(
                    "file",
                    "unreadable",
                    _(
                        "The file cannot be read beyond line %(line)s: probably a quotation mark is never closed."
                    )
                    % {"line": reader.line_num},
                ) from error


def _spreadsheet(path: Path, *, zipped: bool) -> Layout:
    if zipped:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
        except zipfile.BadZipFile as error:
            raise Invalid.on("file", "broken", _("The file is damaged. Save it again and retry.")) from error
        if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
            raise Invalid.on("file", "bomb", _("The spreadsheet is too large once unpacked. Save it as CSV."))
        names = {entry.filename for entry in entries}
        if not names & {"xl/workbook.xml", "content.xml", "xl/workbook.bin"}:
            raise Invalid.on(
                "file",
                "zip",
                _("This is a ZIP archive. Send it as several tables at once, or unpack it and send one."),
            )
    for name in sheet_names(path):
        layout = sheet_layout(path, name)
        if layout is not None:
            return layout
    raise Invalid.on("file", "empty", _("The spreadsheet is empty."))


def sheet_layout(path: Path, name: str) -> Layout | None:
    """Return how to read one sheet of a workbook, None when it is empty."""
    first = []
    for cells in sheet_rows(path, name):
        if any(cells):
            first.append(cells)
        if len(first) >= 50:
            break
    return Layout(kind="sheet", sheet=name, has_header=looks_like_header(first)) if first else None


def _is_binary(head: bytes) -> bool:
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return b"\x00" in head or odd * 50 > len(head)


def _no_table(name: str) -> Invalid:
    told = f" ({name})" if name else ""
    return Invalid.on(
        "file", "no_table", _("This is not a table%(kind)s. Send a CSV, TSV or XLSX file.") % {"kind": told}
    )


def _distinct(headers: list[str]) -> list[str]:
    """Return headers without gaps and repetitions: ``Nome, Nome, ""`` → ``Nome, Nome (2), Column 3``."""
    names: list[str] = []
    for position, header in enumerate(headers, start=1):
        plain = header or _("Column %(number)s") % {"number": position}
        name, times = plain, 1
        while name in names:
            times += 1
            name = f"{plain} ({times})"
        names.append(name)
    return names


def _estimate(path: Path, layout: Layout, found: list[SourceRow], wanted: int) -> int:
    """Return about how many data rows there are; exact for what the sample holds whole."""
    if len(found) < wanted or layout.kind == "sheet":
        return len(found) if len(found) < wanted else sum(1 for _row in data_rows(path, layout))
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    in_sample = sum(1 + sum(cell.count("\n") for cell in row.cells) for row in found)
    return max(len(found), round(lines * len(found) / in_sample) - layout.has_header)
