"""One Microsoft calendar: what changed, writing, deleting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from ponte.timeline.adapters.google.events import usual
from ponte.timeline.adapters.microsoft.events import read_item, uid_of, write_item, write_occurrence
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

BACK, AHEAD, RENEW = timedelta(days=90), timedelta(days=730), timedelta(days=365)
MOST_PAGES = 400
_SELECT = (
    "id,changeKey,subject,body,location,start,end,isAllDay,type,seriesMasterId,recurrence,originalStartTimeZone,"
    "iCalUId,transactionId,isCancelled"
)


def list_microsoft_calendars(session: Session) -> list[CalendarChoice]:
    """Return the calendars of a Microsoft account."""
    status, found, _headers = session.ask("GET", f"{session.provider.api_url}/me/calendars?$top=100")
    if status != 200:
        raise RemoteError("answer", detail=str(status))
    return [
        CalendarChoice(one["id"], str(one.get("name", ""))[:200], not one.get("canEdit", True))
        for one in found.get("value", [])
    ]


@dataclass(frozen=True, slots=True)
class MicrosoftCalendar:
    """A calendar by its id; keys are ids of single events and of series masters. Implements ``RemoteCalendar``."""

    session: Session
    calendar_id: str
    zone: ZoneInfo

    def _ask(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        prefer = f'outlook.timezone="{self.zone}", outlook.body-content-type="text", IdType="ImmutableId"'
        status, found, _headers = self.session.ask(method, url, body, {"Prefer": prefer, **(headers or {})})
        return status, found

    def _event_url(self, key: str, *more: str, **query: str) -> str:
        path = "/".join(quote(one, safe="") for one in (key, *more))
        return f"{self.session.provider.api_url}/me/events/{path}" + (f"?{urlencode(query)}" if query else "")

    def changes(self, cursor: str, known: Mapping[str, str]) -> Changes:
        """Follow the delta link. Its window is fixed: a new one is begun in time, or when Graph forgot the old."""
        until, _mark, link = cursor.partition(" ")
        fresh = not link or datetime.fromisoformat(until) < datetime.now(UTC) + RENEW
        found = None if fresh else self._pages(link)
        is_whole = found is None
        if found is None:
            end = datetime.now(UTC) + AHEAD
            until = end.isoformat(timespec="seconds")
            found = self._pages(self._first_link(end))
        if found is None:
            raise RemoteError("answer", detail="410")
        items, next_link = found
        changes = Changes(f"{until} {next_link}")
        listed = set()
        for key in dict.fromkeys(_keys(items, known)):
            listed.add(key)
            self._add(changes, key, known)
        if is_whole:  # what lies outside the window isn't gone: each is asked for
            for key in set(known) - listed:
                self._add(changes, key, known)
        return changes

    def _first_link(self, end: datetime) -> str:
        start = datetime.now(UTC) - BACK
        asked = {
            "startDateTime": start.isoformat(timespec="seconds"),
            "endDateTime": end.isoformat(timespec="seconds"),
        }
        calendar = quote(self.calendar_id, safe="")
        return (
            f"{self.session.provider.api_url}/me/calendars/{calendar}/calendarView/delta?{urlencode(asked)}"
        )

    def _pages(self, link: str) -> tuple[list[dict[str, Any]], str] | None:
        """Return all items and the next delta link; None when Graph wants all to be asked anew."""
        items: list[dict[str, Any]] = []
        for _page in range(MOST_PAGES):
            status, found = self._ask("GET", link)
            if status == 410:
                return None
            if status == 404:
                raise RemoteError("missing")
            if status != 200:
                raise RemoteError("answer", detail=str(status))
            items += found.get("value", [])
            link = found.get("@odata.nextLink", "")
            if not link:
                return items, str(found["@odata.deltaLink"])
        raise RemoteError("answer", detail="too many events")

    def _add(self, changes: Changes, key: str, known: Mapping[str, str]) -> None:
        event = self._read(key)
        if event is None:
            changes.gone.add(key)
        elif known.get(key) != event.tag:
            changes.events.append(event)

    def _read(self, key: str) -> RemoteEvent | None:
        """Read one event, of a series with its changed and cancelled occurrences; None when it is gone."""
        status, item = self._ask("GET", self._event_url(key, **{"$select": _SELECT}))
        if status in (404, 410) or (status == 200 and item.get("isCancelled")):
            return None
        if status == 200 and item.get("type") == "seriesMaster":
            query = {
                "$select": f"{_SELECT},cancelledOccurrences,exceptionOccurrences",
                "$expand": "exceptionOccurrences",
            }
            status, item = self._ask("GET", self._event_url(key, **query))
        if status != 200:
            raise RemoteError("answer", detail=str(status))
        tag = _tag_of(item)
        try:
            return RemoteEvent(key, tag, uid_of(item), read_item(item, self.zone))
        except UnreadableEvent as error:
            return RemoteEvent(key, tag, uid_of(item), None, error.reason)

    def create(self, *, name: str, uid: str, event: EventData, again: bool) -> RemoteEvent:
        """Post an event once: Graph knows the same transactionId again, and after a crash it is looked for first."""
        known = self._find(uid, event) if again else None
        if known is not None:
            return known
        calendar = quote(self.calendar_id, safe="")
        url = f"{self.session.provider.api_url}/me/calendars/{calendar}/events"
        status, found = self._ask("POST", url, {**write_item(event), "transactionId": uid})
        if status == 409:
            known = self._find(uid, event)
            if known is None:
                raise RemoteError("refused", detail="409")
            return known
        self._check(status)
        return self._after(str(found["id"]), event)

    def _find(self, uid: str, event: EventData) -> RemoteEvent | None:
        """Look for what an earlier try may have written: the same moment, our uid."""
        start = event.starts_at.astimezone(UTC)
        asked = {
            "startDateTime": (start - timedelta(minutes=1)).isoformat(timespec="seconds"),
            "endDateTime": (start + timedelta(days=1)).isoformat(timespec="seconds"),
            "$select": "id,transactionId,seriesMasterId",
            "$top": "200",
        }
        calendar = quote(self.calendar_id, safe="")
        url = f"{self.session.provider.api_url}/me/calendars/{calendar}/calendarView?{urlencode(asked)}"
        status, found = self._ask("GET", url)
        if status != 200:
            raise RemoteError("answer", detail=str(status))
        for item in found.get("value", []):
            there = self._read(str(item.get("seriesMasterId") or item["id"]))
            if there is not None and there.uid == uid:
                return there
        return None

    def update(self, *, key: str, tag: str, event: EventData) -> RemoteEvent:
        """Change an event, after looking whether it is still the same; the change key guards what is left."""
        there = self._read(key)
        if there is None or (tag and there.tag != tag):
            raise RemoteChanged
        headers = {"If-Match": f'W/"{there.tag.partition("|")[0]}"'}
        status, _found = self._ask("PATCH", self._event_url(key), write_item(event), headers)
        if status in (404, 410, 412):
            raise RemoteChanged
        self._check(status)
        return self._after(key, event)

    def _after(self, key: str, event: EventData) -> RemoteEvent:
        """Write gaps and changed occurrences of a series, take back what isn't changed any more, and read how it stands."""
        there = self._read(key)
        if there is None:
            raise RemoteChanged
        if not event.rrule or there.event is None:
            return there
        wanted = {one.original_start: one for one in event.changed}
        known = {one.original_start: one for one in there.event.changed}
        letters = [one for start, one in wanted.items() if known.get(start) != one]
        letters += [
            usual(event, start) for start in known if start not in wanted and start not in event.skipped
        ]
        gaps = [start for start in event.skipped if start not in there.event.skipped]
        for one in letters:
            self._on_instance(key, one.original_start, "PATCH", write_occurrence(one))
        for start in gaps:
            self._on_instance(key, start, "DELETE", None)
        return (self._read(key) if letters or gaps else there) or there

    def _on_instance(self, key: str, start: str, method: str, body: Any) -> None:
        moment = read_instant(start)
        assert moment is not None
        day = moment.astimezone(self.zone).date()
        asked = {
            "startDateTime": (moment - timedelta(days=1)).isoformat(timespec="seconds"),
            "endDateTime": (moment + timedelta(days=1)).isoformat(timespec="seconds"),
        }
        _status, found = self._ask("GET", self._event_url(key, "instances", **asked))
        for one in found.get("value", []):
            if str(one.get("occurrenceId", "")).endswith(f".{day.isoformat()}"):
                status, _answer = self._ask(method, self._event_url(str(one["id"])), body)
                self._check(status)
                return

    def remove(self, *, key: str, tag: str) -> None:
        """Delete an event or series, after looking whether it is still the same."""
        there = self._read(key)
        if there is None:
            return
        if tag and there.tag != tag:
            raise RemoteChanged
        status, _found = self._ask("DELETE", self._event_url(key))
        if status not in (404, 410):
            self._check(status)

    def _check(self, status: int) -> None:
        if status in (400, 403, 409, 413, 422):
            raise RemoteError("refused", detail=str(status))
        if status not in (200, 201, 204):
            raise RemoteError("answer", detail=str(status))


def _keys(items: Iterable[dict[str, Any]], known: Mapping[str, str]) -> Iterable[str]:
    """Return the events and series that something changed about; of a removed occurrence only its id is told."""
    orphans = False
    for item in items:
        if "@removed" in item:
            if item["id"] in known:
                yield item["id"]
            else:
                orphans = True
        else:
            yield str(item.get("seriesMasterId") or item["id"])
    if orphans:  # an occurrence of some series was taken out: all are looked at
        yield from known


def _tag_of(item: dict[str, Any]) -> str:
    others = sorted(
        f"{one['id']}{one.get('changeKey', '')}" for one in item.get("exceptionOccurrences") or ()
    )
    marks = "".join([*others, *sorted(item.get("cancelledOccurrences") or ())])
    own = sha256(marks.encode()).hexdigest()[:12] if marks else ""
    return f"{item.get('changeKey', '')}|{own}"
