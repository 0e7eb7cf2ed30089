"""Rules by which things come again (RFC 5545), walked on the wall clock of a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr
from django.utils.translation import gettext as _

from ponte.core.errors import Invalid

MAX_OCCURRENCES = 750  # of one series within one look
MAX_RULE_CHARS = 300
MAX_COUNT = 1000
LAST_YEAR = 2100
_PART = re.compile(r"[A-Z]+=[A-Za-z0-9,+:-]+")
_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?")
_ALLOWED = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "BYYEARDAY", "BYWEEKNO"}
)  # fmt: skip
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def clean_rule(text: str) -> str:
    """Return a rule in canonical form, "" for none.

    Raises:
        Invalid: on ``rrule``, when it can't be read, never comes again or comes more often than daily.
    """
    rule = text.strip().upper().removeprefix("RRULE:").strip(";")
    if not rule:
        return ""
    parts = parts_of(rule)
    readable = len(rule) <= MAX_RULE_CHARS and all(_PART.fullmatch(part) for part in rule.split(";"))
    if (
        not (readable and _are_numbers(parts))
        or set(parts) - _ALLOWED
        or parts.get("FREQ") not in FREQUENCIES
    ):
        raise Invalid.on("rrule", "invalid", _("This repetition can't be read. Choose one of those offered."))
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid.on("rrule", "invalid", _("Say either how many times or until when, not both."))
    if int(parts.get("COUNT", "1")[:9]) > MAX_COUNT or int(parts.get("UNTIL", "2026")[:4]) > LAST_YEAR:
        raise Invalid.on(
            "rrule", "too_long", _("This repetition goes on too long: at most 1,000 times, until 2100.")
        )
    try:
        _check_comes_again(rule)
    except (ValueError, TypeError) as error:
        raise Invalid.on(
            "rrule", "invalid", _("This repetition can't be read. Choose one of those offered.")
        ) from error
    return rule


def _are_numbers(parts: dict[str, str]) -> bool:
    until = parts.get("UNTIL", "20260101")
    counts = all(
        parts.get(name, "1").isdecimal() and int(parts.get(name, "1")[:9]) > 0
        for name in ("COUNT", "INTERVAL")
    )
    return counts and _UNTIL.fullmatch(until) is not None


def _check_comes_again(rule: str) -> None:
    """Raise ``ValueError`` for a rule that never matches: its walk would not end either."""
    ended = {**parts_of(rule), "UNTIL": "20400101T000000", "COUNT": ""}
    start = datetime(2026, 1, 1)
    if next(rrulestr(joined(ended), dtstart=start).xafter(start, inc=True), None) is None:
        raise ValueError("never")


def parts_of(rule: str) -> dict[str, str]:
    """Return the parts of a rule by name."""
    pairs = (part.partition("=") for part in rule.split(";") if "=" in part)
    return {name: value for name, _mark, value in pairs}


def joined(parts: dict[str, str]) -> str:
    """Return the rule made of parts."""
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def _walker(rule: str, start: datetime) -> rrule | rruleset:
    found: rrule | rruleset = rrulestr(_until_in_zone(rule, start), dtstart=start.replace(tzinfo=None))
    return found


def _until_in_zone(rule: str, start: datetime) -> str:
    until = parts_of(rule).get("UNTIL", "")
    if not until.endswith("Z"):
        if len(until) == 8:  # a day counts whole
            return rule.replace(f"UNTIL={until}", f"UNTIL={until}T235959")
        return rule
    instant = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(start.tzinfo)
    return rule.replace(f"UNTIL={until}", f"UNTIL={instant:%Y%m%dT%H%M%S}")


def starts_between(
    rule: str, first: datetime, zone: ZoneInfo, since: datetime, until: datetime
) -> list[datetime]:
    """Return the aware starts of a series that lie in [since, until), at most ``MAX_OCCURRENCES``."""
    found: list[datetime] = []
    local = first.astimezone(zone)
    low, high = since.astimezone(zone).replace(tzinfo=None), until.astimezone(zone).replace(tzinfo=None)
    for moment in _walker(rule, local).xafter(low, inc=True):
        if moment >= high or len(found) >= MAX_OCCURRENCES:
            break
        found.append(moment.replace(tzinfo=zone))
    return found


def starts_from(rule: str, first: datetime, zone: ZoneInfo, since: datetime) -> Iterator[datetime]:
    """Walk the aware starts of a series from ``since`` on (inclusive)."""
    local = first.astimezone(zone)
    for moment in _walker(rule, local).xafter(since.astimezone(zone).replace(tzinfo=None), inc=True):
        if moment.year > LAST_YEAR:
            return
        yield moment.replace(tzinfo=zone)


def is_start(rule: str, first: datetime, zone: ZoneInfo, moment: datetime) -> bool:
    """Return whether the series has an occurrence that starts at this instant."""
    return next(starts_from(rule, first, zone, moment), None) == moment


def last_start(rule: str, first: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the start of the last occurrence; None for a series without an end."""
    parts = parts_of(rule)
    if "COUNT" not in parts and "UNTIL" not in parts:
        return None
    last = None
    for moment in _walker(rule, first.astimezone(zone)):
        last = moment
    return last.replace(tzinfo=zone) if last else first


def count_before(rule: str, first: datetime, zone: ZoneInfo, moment: datetime) -> int:
    """Return how many occurrences start before an instant."""
    local = moment.astimezone(zone).replace(tzinfo=None)
    return sum(1 for _start in takewhile(lambda start: start < local, _walker(rule, first.astimezone(zone))))


def ended_before(rule: str, moment: datetime) -> str:
    """Return the rule that ends just before an instant."""
    parts = parts_of(rule)
    parts.pop("COUNT", None)
    last = (moment - timedelta(seconds=1)).astimezone(UTC)
    return joined({**parts, "UNTIL": f"{last:%Y%m%dT%H%M%SZ}"})


def continued_from(rule: str, first: datetime, zone: ZoneInfo, moment: datetime) -> str:
    """Return the rule of what remains of a series from an instant on."""
    parts = parts_of(rule)
    if "COUNT" in parts:
        parts["COUNT"] = str(max(1, int(parts["COUNT"]) - count_before(rule, first, zone, moment)))
    return joined(parts)


def rule_for_others(rule: str, zone: ZoneInfo, all_day: bool) -> str:
    """Return the rule as other programs want it: an end without a zone becomes UTC, or a day for all-day series."""
    until = parts_of(rule).get("UNTIL", "")
    if not until or (until.endswith("Z") and not all_day):
        return rule
    if all_day:
        return rule.replace(f"UNTIL={until}", f"UNTIL={_last_day(until, zone)}")
    day = datetime.strptime(until[:8], "%Y%m%d")
    clock = datetime.strptime(until[9:], "%H%M%S").time() if len(until) > 8 else datetime.max.time()
    instant = datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
    return rule.replace(f"UNTIL={until}", f"UNTIL={instant:%Y%m%dT%H%M%SZ}")


def _last_day(until: str, zone: ZoneInfo) -> str:
    if not until.endswith("Z"):
        return until[:8]
    instant = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(zone)
    return f"{instant:%Y%m%d}"
