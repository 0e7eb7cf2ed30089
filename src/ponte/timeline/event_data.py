"""An event as calendars elsewhere and meetings here both understand it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

GROUPS = ("title", "description", "location", "link", "when")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedOccurrence:
    """One occurrence of a series that differs from it. ``original_start`` is an instant key."""

    original_start: str
    title: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool = False
    description: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventData:
    """One event or series.

    ``ends_at`` is exclusive, all-day events go from midnight to midnight in ``zone``; ``rrule`` is walked in ``zone``;
    ``skipped`` are instant keys of original starts that don't take place.
    """

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool = False
    description: str = ""
    location: str = ""
    link: str = ""
    rrule: str = ""
    skipped: tuple[str, ...] = ()
    changed: tuple[ChangedOccurrence, ...] = ()

    def group(self, name: str) -> Any:
        """Return what belongs together under one of ``GROUPS``, as JSON holds it."""
        if name != "when":
            return getattr(self, name)
        return {
            "starts_at": self.starts_at.timestamp(),
            "ends_at": self.ends_at.timestamp(),
            "all_day": self.all_day,
            "zone": self.zone if self.rrule else "",  # of a single event only the instants count
            "rrule": self.rrule,
            "skipped": sorted(self.skipped),
            "changed": [_occurrence_json(one) for one in sorted(self.changed, key=_by_start)],
        }

    def digests(self) -> dict[str, str]:
        """Return a short digest of each group: equal digests mean the same content."""
        return {
            name: sha256(orjson.dumps(self.group(name), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
            for name in GROUPS
        }

    def as_json(self) -> dict[str, Any]:
        """Return the whole as ``from_json`` reads it."""
        kept = {name: getattr(self, name) for name in ("title", "description", "location", "link", "zone")}
        return {**kept, **self.group("when"), "zone": self.zone}


def from_json(told: Mapping[str, Any], zone: Any) -> EventData:
    """Return the event kept by ``as_json``; its instants in ``zone``."""

    def moment(stamp: float) -> datetime:
        return datetime.fromtimestamp(stamp, zone)

    changed = tuple(
        ChangedOccurrence(**{**one, "starts_at": moment(one["starts_at"]), "ends_at": moment(one["ends_at"])})
        for one in told["changed"]
    )
    times = {"starts_at": moment(told["starts_at"]), "ends_at": moment(told["ends_at"])}
    return EventData(**{**told, **times, "skipped": tuple(told["skipped"]), "changed": changed})


def changed_groups(before: Mapping[str, str], now: Mapping[str, str]) -> set[str]:
    """Return the groups whose digests differ."""
    return {name for name in GROUPS if before.get(name) != now.get(name)}


def _by_start(one: ChangedOccurrence) -> str:
    return one.original_start


def _occurrence_json(one: ChangedOccurrence) -> dict[str, Any]:
    return {
        "original_start": one.original_start,
        "title": one.title,
        "starts_at": one.starts_at.timestamp(),
        "ends_at": one.ends_at.timestamp(),
        "all_day": one.all_day,
        "description": one.description,
        "location": one.location,
    }
