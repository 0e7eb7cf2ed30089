"""Several tables at once: the files of a ZIP archive, the sheets of a workbook, and which target each is for."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from ponte.core.errors import Invalid
from ponte.workplace.importing.files import MAX_FILE_BYTES, MAX_UNPACKED_BYTES, Sample
from ponte.workplace.importing.kits import Kit, guess_columns
from ponte.workplace.importing.mapping import normal_header
from ponte.workplace.importing.sheets import sheet_names, sheet_rows
from ponte.workplace.importing.targets import ImportTarget

MOST_PARTS = 30
_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".xlsm"})
_RATIO = 200  # unpacked to packed; text tables reach some 30
_SMALL = 50 * 2**20  # what a file may unpack to however well it is packed
_WORKBOOK = frozenset({"xl/workbook.xml", "content.xml", "xl/workbook.bin"})
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Part:
    """One table: its name for people, its file on this machine's disk, and, of a workbook, its sheet."""

    name: str
    path: Path
    sheet: str = ""


def is_archive(file: Path | IO[bytes]) -> bool:
    """Return whether a file is a ZIP archive of files, not a spreadsheet (which is one inside)."""
    if not zipfile.is_zipfile(file):
        return False
    try:
        with zipfile.ZipFile(file) as archive:
            return not _WORKBOOK & set(archive.namelist())
    except zipfile.BadZipFile:
        return False


@contextmanager
def parts_of(path: Path, name: str) -> Iterator[list[Part]]:
    """Give the tables of an archive, or the filled sheets of a workbook, unpacked for the time of the block.

    Raises:
        Invalid: on "file", when there is no table in it, too many, it is locked, or a bomb.
    """
    if not is_archive(path):
        yield _sheets(path, name)
        return
    with tempfile.TemporaryDirectory(prefix="ponte-import-") as folder, zipfile.ZipFile(path) as archive:
        yield [
            _unpacked(archive, entry, Path(folder) / str(number))
            for number, entry in enumerate(_entries(archive))
        ]


def _entries(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [entry for entry in archive.infolist() if _is_table(entry)]
    if not found:
        raise Invalid.on("file", "no_table", _("The archive has no table: no CSV, TSV or spreadsheet."))
    if len(found) > MOST_PARTS:
        raise Invalid.on(
            "file",
            "too_many",
            _("The archive has more than %(most)s tables. Send some of them.") % {"most": MOST_PARTS},
        )
    if any(entry.flag_bits & 1 for entry in found):
        raise Invalid.on("file", "locked", _("The archive is protected by a password. Send it without one."))
    whole = sum(entry.file_size for entry in found)
    if whole > MAX_UNPACKED_BYTES or any(_is_bomb(entry) for entry in found):
        raise _bomb()
    return found


def _is_table(entry: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(entry.filename)
    hidden = any(part.startswith((".", "__MACOSX", "~$")) for part in path.parts)
    return not entry.is_dir() and not hidden and path.suffix.lower() in _TABLES and entry.file_size > 0


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > MAX_FILE_BYTES or (
        entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1)
    )


def _bomb() -> Invalid:
    return Invalid.on(
        "file", "bomb", _("The archive is too large once unpacked. Send its tables one by one.")
    )


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> Part:
    """Unpack one file, counting what really comes out: sizes in an archive's list can lie."""
    size = 0
    try:
        with archive.open(entry) as packed, to.open("wb") as file:
            while block := packed.read(_BLOCK):
                size += len(block)
                if size > MAX_FILE_BYTES or size > entry.file_size:
                    raise _bomb()
                file.write(block)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Invalid.on("file", "broken", _("The archive is damaged. Make it again and retry.")) from error
    return Part(PurePosixPath(entry.filename).name, to)


def _sheets(path: Path, name: str) -> list[Part]:
    filled = [sheet for sheet in sheet_names(path) if any(any(cells) for cells in sheet_rows(path, sheet))]
    if not filled:
        raise Invalid.on("file", "empty", _("The spreadsheet is empty."))
    if len(filled) > MOST_PARTS:
        raise Invalid.on(
            "file",
            "too_many",
            _("The spreadsheet has more than %(most)s sheets. Send some of them.") % {"most": MOST_PARTS},
        )
    return [Part(f"{name}: {sheet}", path, sheet) for sheet in filled]


def guess_target(
    targets: Sequence[ImportTarget], sample: Sample, name: str, kit: Kit | None
) -> ImportTarget | None:
    """Return the target a table is most likely for: by its name, then by how many columns find a place."""
    words = normal_header(PurePosixPath(name.rpartition(": ")[2]).stem)
    best, most = None, 0.0
    for target in targets:
        columns = guess_columns(target, sample, kit)
        given = set(columns.values())
        lacking = [one for one in target.fields if one.required and one.key not in given]
        score = len(columns) / max(sample.width, 1) - 0.5 * len(lacking) + _named(target, words)
        if columns and score > most:
            best, most = target, score
    return best


def target_named(targets: Sequence[ImportTarget], name: str) -> ImportTarget | None:
    """Return the target a file's name speaks of, None where it speaks of none: of files whose columns say nothing."""
    words = normal_header(PurePosixPath(name).stem)
    best = max(targets, key=lambda target: _named(target, words), default=None)
    return best if best is not None and _named(best, words) > 0 else None


def _named(target: ImportTarget, words: str) -> float:
    """Return how surely a name speaks of a target: longer names win ("order items" over "orders")."""
    known = {normal_header(word) for word in (target.key, str(target.label), *target.file_names)}
    found = [word for word in known if f" {word} " in f" {words} "]
    return 1.0 + len(max(found, key=len)) / 100 if found else 0.0
