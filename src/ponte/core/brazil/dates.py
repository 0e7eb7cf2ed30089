"""Dates and times as people and spreadsheets write them: day first, ISO always, Excel serials on request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold

DateOrder = Literal["dmy", "mdy"]
Reader = Callable[[re.Match[str]], date]

_MONTHS = {
    "jan": 1, "fev": 2, "feb": 2, "mar": 3, "abr": 4, "apr": 4, "mai": 5, "may": 5, "jun": 6, "jul": 7,
    "ago": 8, "aug": 8, "set": 9, "sep": 9, "out": 10, "oct": 10, "nov": 11, "dez": 12, "dec": 12,
}  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ISO_WHOLE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})(?:o|st|nd|rd|th)?[-/. ]+(?:de )?([a-z]{3,9})\.?[-/., ]+(?:de )?(\d{4}|\d{2})")
_NAMED_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME = re.compile(
    r"(\d{1,2})(?:[:h](\d{2}))?(?::(\d{2})(?:[.,](\d{1,9}))?)? ?(?:h|hs|min)? ?([ap])?\.?m?\.? ?"
    r"(z|utc|[+-]\d{2}:?\d{2})?"
)
_SERIAL = re.compile(r"(\d{1,7})(?:[.,](\d+))?")
_EXCEL_START = date(1899, 12, 30)  # with the day Excel invented in 1900 already counted


def detect_date_order(samples: Iterable[str]) -> DateOrder | None:
    """Return whether a column writes the day or the month first, or None when no value tells."""
    day_first = month_first = 0
    for sample in samples:
        match = _NUMERIC.match(fold(sample))
        if match is not None:
            day_first += int(match[1]) > 12 >= int(match[2])
            month_first += int(match[2]) > 12 >= int(match[1])
    if day_first == month_first:
        return None
    return "dmy" if day_first > month_first else "mdy"


def parse_date(
    text: str, *, order: DateOrder | None = None, serial: bool = False, past: bool = False
) -> date:
    """Read a date; a time after it is ignored.

    Args:
        text: ``22/11/2026``, ``22/11/26``, ``2026-11-22``, ``20261122``, ``22 de novembro de 2026``,
            ``22-nov-26``.
        order: what comes first where both are possible; the day unless said otherwise.
        serial: read bare numbers as days of Excel (44927 is 2023-01-01).
        past: the date cannot lie ahead (a birthday): two-digit years are taken from the century that fits.

    Raises:
        Unreadable: ``empty`` or ``date_invalid``.
    """
    return _split(text, order, serial, past)[0]


def parse_datetime(
    text: str, *, zone: tzinfo, order: DateOrder | None = None, serial: bool = False, past: bool = False
) -> datetime:
    """Read a date with or without a time of day.

    Args:
        text: see ``parse_date``, with ``14:30``, ``14h30``, ``2:30 pm``, ``T14:30:00Z`` behind; midnight
            without.
        zone: where the writer's clock stands, unless the text has an offset of its own.

    Returns:
        The moment in UTC: times that a clock skipped or showed twice would otherwise equal no other (PEP 495).

    Raises:
        Unreadable: ``empty`` or ``date_invalid``.
    """
    if _ISO_WHOLE.fullmatch(text):
        try:
            return _utc(datetime.fromisoformat(text), zone)
        except ValueError:
            raise Unreadable("date_invalid") from None
    day, rest = _split(text, order, serial, past)
    if isinstance(rest, time):
        return _utc(datetime.combine(day, rest), zone)
    if not rest:
        return _utc(datetime.combine(day, time()), zone)
    match = _TIME.fullmatch(rest)
    if match is None:
        raise Unreadable("date_invalid")
    return _with_time(day, match, zone)


def _split(text: str, order: DateOrder | None, serial: bool, past: bool) -> tuple[date, str | time]:
    """Return the day and what stands behind it."""
    folded = fold(text[:80])
    if not folded:
        raise Unreadable("empty")
    if serial and (number := _SERIAL.fullmatch(folded)) is not None and not _COMPACT.fullmatch(folded):
        return _from_serial(number)
    for pattern, reader in (
        (_ISO, _year_first),
        (_COMPACT, _year_first),
        (_NUMERIC, _year_last(order or "dmy", past)),
        (_NAMED, _month_named(past)),
        (_NAMED_FIRST, _month_named_first),
    ):
        match = pattern.match(folded)
        if match is not None and not folded[match.end() : match.end() + 1].isdigit():
            try:
                return reader(match), folded[match.end() :].lstrip(" t,-") if match.end() < len(
                    folded
                ) else ""
            except (ValueError, KeyError, OverflowError):
                raise Unreadable("date_invalid") from None
    raise Unreadable("date_invalid")


def _from_serial(match: re.Match[str]) -> tuple[date, time]:
    days = int(match[1])
    if not 1 <= days <= 2_958_465:
        raise Unreadable("date_invalid")
    seconds = round(float("0." + (match[2] or "0")) * 86_400)
    moment = datetime.combine(_EXCEL_START, time()) + timedelta(days=days, seconds=seconds)
    return moment.date(), moment.time()


def _year_first(match: re.Match[str]) -> date:
    return date(int(match[1]), int(match[2]), int(match[3]))


def _year_last(order: DateOrder, past: bool) -> Reader:
    def read(match: re.Match[str]) -> date:
        first, second = int(match[1]), int(match[2])
        month_first = second > 12 if first <= 12 < second else order == "mdy" and first <= 12
        day, month = (second, first) if month_first else (first, second)
        return _full_year(match[3], month, day, past)

    return read


def _month_named(past: bool) -> Reader:
    def read(match: re.Match[str]) -> date:
        return _full_year(match[3], _MONTHS[match[2][:3]], int(match[1]), past)

    return read


def _month_named_first(match: re.Match[str]) -> date:
    return date(int(match[3]), _MONTHS[match[1][:3]], int(match[2]))


def _full_year(written: str, month: int, day: int, past: bool) -> date:
    year = int(written)
    if len(written) == 4:
        return date(year, month, day)
    today = date.today()
    year += today.year // 100 * 100
    if year > today.year + (0 if past else 20):
        year -= 100
    found = date(year, month, day)
    return date(year - 100, month, day) if past and found > today else found


def _with_time(day: date, match: re.Match[str], zone: tzinfo) -> datetime:
    hour, minute, second = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if match[5] and hour <= 12:
        hour = hour % 12 + (12 if match[5] == "p" else 0)
    fraction = int((match[4] or "0").ljust(6, "0")[:6])
    try:
        moment = time(hour, minute, second, fraction)
        offset = match[6]
        if not offset:
            return _utc(datetime.combine(day, moment), zone)
        if offset in ("z", "utc"):
            offset = "+00:00"
        return datetime.fromisoformat(f"{day.isoformat()}T{moment.isoformat()}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unreadable("date_invalid") from None


def _utc(clock: datetime, zone: tzinfo) -> datetime:
    try:
        return clock.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError:
        raise Unreadable("date_invalid") from None
