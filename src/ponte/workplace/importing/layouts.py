"""How a file is to be read, and finding that out from its first bytes."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ponte.core.text import fold

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_BYTES = 256 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDEFINED_IN_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")
_DATA_LIKE = re.compile(
    r"[-+]?[R$\s]*[\d.,]+%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}.*|[^@\s]+@[^@\s]+\.[^@\s]+|[0-9a-f]{16,}|\+?[\d()\s.-]{8,}"
    r"|\d{3}\.\d{3}\.\d{3}-\d{2}|true|false",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Layout:
    """How to read a file.

    ``kind`` is "delimited" or "sheet"; ``encoding`` to ``escape`` belong to the first, ``sheet`` (its name) to the
    second. ``skip`` rows stand before the header, or before the data when there is no header.
    """

    kind: Literal["delimited", "sheet"] = "delimited"
    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    has_header: bool = True
    skip: int = 0
    sheet: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the layout as it is stored with a run."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Layout:
        """Return a stored layout; keys of other versions are ignored."""
        return cls(**{key: value for key, value in stored.items() if key in cls.__dataclass_fields__})


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file: by its mark, else UTF-8 if all of it is, else Windows-1252 or Latin-1."""
    with path.open("rb") as file:
        head = file.read(4)
        for mark, encoding in _BOMS:
            if head.startswith(mark):
                return encoding
        file.seek(0)
        start = file.read(4096)
        if start[1::2].count(0) > len(start) // 4:
            return "utf-16-le"
        if start[0::2].count(0) > len(start) // 4:
            return "utf-16-be"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        seen: set[int] = set()
        utf8 = True
        while block := file.read(1 << 20):
            if utf8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    utf8 = False
            if not utf8:
                seen.update(block)
        if utf8 and not decoder.getstate()[0]:
            return "utf-8"
    return "latin-1" if seen & _UNDEFINED_IN_1252 else "cp1252"


def detect_delimited(path: Path) -> Layout:
    """Return how to read a text file: encoding, separator, quotes and whether the first row is a header."""
    encoding = detect_encoding(path)
    with path.open("rb") as file:
        text = file.read(SAMPLE_BYTES).decode(encoding, errors="ignore")
    skip, forced = _excel_hint(text)
    body = text.split("\n", skip)[-1] if skip else text
    quote = "'" if _quoted_by(body, "'") > _quoted_by(body, '"') else '"'
    escape = "\\" if _escapes(body) else ""
    delimiter = forced or _delimiter(body, quote, escape)
    layout = Layout(encoding=encoding, delimiter=delimiter, quote=quote, escape=escape, skip=skip)
    rows = list(_sample_rows(body, layout))
    return Layout(**{**layout.to_json(), "has_header": looks_like_header(rows)})


def looks_like_header(rows: list[list[str]]) -> bool:
    """Say whether the first row names columns: short distinct words, none of which looks like a value."""
    filled = [cell.strip() for cell in rows[0] if cell.strip()] if rows else []
    if not filled:
        return True
    if any(_DATA_LIKE.fullmatch(cell) or len(cell) > 120 for cell in filled):
        return False
    if len(rows) < 3:
        return True
    first = [fold(cell) for cell in rows[0]]
    # a word that comes again below in its own column (a category, a state) is a value
    again = sum(
        any(len(row) > column and fold(row[column]) == word for row in rows[1:])
        for column, word in enumerate(first)
        if word
    )
    return again * 3 <= len(filled)


def _excel_hint(text: str) -> tuple[int, str]:
    match = re.match(r"\ufeff?sep=(.)\r?\n", text)
    return (1, match[1]) if match else (0, "")


def _escapes(text: str) -> bool:
    """Say whether quotes inside quotes are written ``\\"`` (MySQL) instead of doubled."""
    inside = re.search(r'[^\\;,\t|]\\"[^;,\t|\r\n]', text) is not None
    return inside and re.search(r'[^;,\t|\n"]""', text.replace('\\"', "")) is None


def _quoted_by(text: str, quote: str) -> int:
    opened = len(re.findall(rf"(?:^|[;,\t|]){quote}", text, re.MULTILINE))
    return min(opened, len(re.findall(rf"{quote}(?:[;,\t|\r\n]|$)", text)))


def _sample_rows(text: str, layout: Layout) -> list[list[str]]:
    lines = io.StringIO(text, newline="")
    rows: list[list[str]] = []
    try:
        for row in csv.reader(lines, **dialect(layout)):
            if row:
                rows.append(row)
            if len(rows) >= 300:
                break
    except csv.Error:
        pass
    return rows[:-1] if len(rows) > 2 and len(rows) < 300 and len(text) >= SAMPLE_BYTES // 4 else rows


def _delimiter(text: str, quote: str, escape: str) -> str:
    """Return the separator that cuts most rows into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        rows = _sample_rows(text, Layout(delimiter=candidate, quote=quote, escape=escape))
        widths = Counter(len(row) for row in rows)
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        if width < 2:
            continue
        header = 1.0 if len(rows[0]) == width else 0.6
        score = times / len(rows) * header * (1 + min(width, 50) / 100)
        if score > best_score:
            best, best_score = candidate, score
    return best


def dialect(layout: Layout) -> dict[str, Any]:
    """Return the arguments of ``csv.reader`` for a layout."""
    return {
        "delimiter": layout.delimiter,
        "quotechar": layout.quote or '"',
        "doublequote": not layout.escape,
        "escapechar": layout.escape or None,
        "skipinitialspace": False,
        "strict": False,
    }
