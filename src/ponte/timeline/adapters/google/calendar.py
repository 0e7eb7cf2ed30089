"""One Google calendar: what changed, writing, deleting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from ponte.timeline.adapters.google.events import (
    OUR_UID,
    read_item,
    uid_of,
    usual,
    write_item,
    write_occurrence,
)
from ponte.timeline.adapters.oauth import Session
from ponte.timeline.adapters.remote import (
    CalendarChoice,
    Changes,
    RemoteChanged,
    RemoteError,
    RemoteEvent,
    UnreadableEvent,
)
from ponte.timeline.event_data import EventData
from ponte.timeline.occurrences import read_instant

PAGE, MOST_PAGES = "1000", 40
WRITERS = ("owner", "writer")


def list_google_calendars(session: Session) -> list[CalendarChoice]:
    """Return the calendars of a Google account."""
    status, found, _headers = session.ask(
        "GET", f"{session.provider.api_url}/users/me/calendarList?maxResults=250"
    )
    if status != 200:
        raise RemoteError("answer", detail=str(status))
    return [
        CalendarChoice(
            one["id"], str(one.get("summary", one["id"]))[:200], one.get("accessRole") not in WRITERS
        )
        for one in found.get("items", [])
        if one.get("accessRole") in (*WRITERS, "reader")
    ]


@dataclass(frozen=True, slots=True)
class GoogleCalendar:
    """A calendar by its id; keys are those of events and of whole series. Implements ``RemoteCalendar``."""

    session: Session
    calendar_id: str
    zone: ZoneInfo

    def _url(self, *parts: str, **query: str) -> str:
        path = "/".join(quote(part, safe="") for part in ("calendars", self.calendar_id, "events", *parts))
        return f"{self.session.provider.api_url}/{path}" + (f"?{urlencode(query)}" if query else "")

    def changes(self, cursor: str, known: Mapping[str, str]) -> Changes:
        """List what changed since the sync token; 410 Gone means that all is listed anew."""
        items = self._pages({"syncToken": cursor}) if cursor else None
        is_whole = items is None
        if items is None:
            items = self._pages({})
        if items is None:
            raise RemoteError("answer", detail="410")
        found, token = items
        changes = Changes(token, is_whole=is_whole)
        roots: dict[str, dict[str, Any] | None] = {}
        for item in found:
            root = str(item.get("recurringEventId") or item["id"])
            if "recurringEventId" in item or "recurrence" in item:
                roots.setdefault(root, None)
            elif item.get("status") == "cancelled":
                changes.gone.add(root)
            else:
                roots[root] = item
        for root, single in roots.items():
            self._add(changes, root, single, known)
        changes.gone -= changes.present
        return changes

    def _pages(self, query: dict[str, str]) -> tuple[list[dict[str, Any]], str] | None:
        """Return all items and the next sync token; None when the token is too old."""
        items: list[dict[str, Any]] = []
        asked = {"maxResults": PAGE, "singleEvents": "false", **query}
        for _page in range(MOST_PAGES):
            status, found, _headers = self.session.ask("GET", self._url(**asked))
            if status == 410:
                return None
            if status == 404:
                raise RemoteError("missing")
            if status != 200:
                raise RemoteError("answer", detail=str(status))
            items += found.get("items", [])
            if "nextPageToken" not in found:
                return items, str(found.get("nextSyncToken", ""))
            asked["pageToken"] = found["nextPageToken"]
        raise RemoteError("answer", detail="too many events")

    def _add(
        self, changes: Changes, root: str, item: dict[str, Any] | None, known: Mapping[str, str]
    ) -> None:
        event = self._event(item, []) if item is not None else self._series(root)
        if event is None:
            changes.gone.add(root)
            return
        changes.present.add(root)
        if known.get(root) != event.tag:
            changes.events.append(event)

    def _series(self, key: str) -> RemoteEvent | None:
        """Read an event with its changed and cancelled instances; None when it is gone."""
        status, item, _headers = self.session.ask("GET", self._url(key))
        if status in (404, 410) or (status == 200 and item.get("status") == "cancelled"):
            return None
        if status != 200:
            raise RemoteError("answer", detail=str(status))
        if "recurrence" not in item:
            return self._event(item, [])
        listed = self._pages({"iCalUID": str(item["iCalUID"]), "showDeleted": "true"})
        others = [one for one in listed[0] if one.get("recurringEventId") == key] if listed else []
        return self._event(item, others)

    def _event(self, item: dict[str, Any], others: list[dict[str, Any]]) -> RemoteEvent:
        marks = "".join(sorted(f"{one['id']}{one.get('etag', '')}" for one in others))
        own = sha256(marks.encode()).hexdigest()[:12] if others else ""
        tag = f"{item.get('etag', '')}|{own}"
        try:
            event = read_item(item, others, self.zone)
        except UnreadableEvent as error:
            return RemoteEvent(str(item["id"]), tag, uid_of(item), None, error.reason)
        return RemoteEvent(str(item["id"]), tag, uid_of(item), _without_usual(event))

    def create(self, *, name: str, uid: str, event: EventData, again: bool) -> RemoteEvent:
        """Insert an event under an id of ours; 409: it is there already."""
        body = {**write_item(event), "id": name, "extendedProperties": {"private": {OUR_UID: uid}}}
        status, found, _headers = self.session.ask("POST", self._url(), body)
        if status == 409:
            there = self._series(name)
            if there is None:
                raise RemoteError("refused", detail="deleted id")
            return there
        self._check(status)
        return self._after(str(found["id"]), event)

    def update(self, *, key: str, tag: str, event: EventData) -> RemoteEvent:
        """Change an event under the condition that it is still the same."""
        if event.rrule:  # changed instances are not part of the etag
            there = self._series(key)
            if there is None or (tag and there.tag != tag):
                raise RemoteChanged
        headers = {"If-Match": tag.partition("|")[0]} if tag.partition("|")[0] else {}
        status, _found, _headers = self.session.ask("PATCH", self._url(key), write_item(event), headers)
        if status in (404, 410, 412):
            raise RemoteChanged
        self._check(status)
        return self._after(key, event)

    def _after(self, key: str, event: EventData) -> RemoteEvent:
        """Write the changed instances of a series, take back those that aren't any more, and read how it stands."""
        there = self._series(key)
        if there is None:
            raise RemoteChanged
        if not event.rrule or there.event is None:
            return there
        wanted = {one.original_start: one for one in event.changed}
        known = {one.original_start: one for one in there.event.changed}
        gone = [start for start in known if start not in wanted]
        letters = [one for one in wanted.values() if known.get(one.original_start) != one]
        for one in [*letters, *(usual(event, start) for start in gone)]:
            self._write_instance(key, one.original_start, write_occurrence(one))
        return (self._series(key) if letters or gone else there) or there

    def _write_instance(self, key: str, start: str, body: dict[str, Any]) -> None:
        moment = read_instant(start)
        assert moment is not None
        original = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        url = self._url(key, "instances", originalStart=original, showDeleted="true")
        _status, found, _headers = self.session.ask("GET", url)
        for one in found.get("items", [])[:1]:
            status, _answer, _headers = self.session.ask("PATCH", self._url(one["id"]), body)
            self._check(status)

    def remove(self, *, key: str, tag: str) -> None:
        """Delete an event or series under the condition that it is still the same."""
        own = tag.partition("|")[0]
        status, _found, _headers = self.session.ask(
            "DELETE", self._url(key), headers={"If-Match": own} if own else {}
        )
        if status == 412:
            raise RemoteChanged
        if status not in (404, 410):
            self._check(status)

    def _check(self, status: int) -> None:
        if status in (403, 400, 409, 422):
            raise RemoteError("refused", detail=str(status))
        if status not in (200, 201, 204):
            raise RemoteError("answer", detail=str(status))


def _without_usual(event: EventData) -> EventData:
    """Leave out changed instances that are as the series has them: a change that was taken back."""
    from dataclasses import replace

    if not event.changed:
        return event
    kept = tuple(one for one in event.changed if one != usual(event, one.original_start))
    return replace(event, changed=kept)
