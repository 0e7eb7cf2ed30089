"""One CalDAV calendar: what changed, writing, deleting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote, urljoin, urlsplit
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from ponte.core import http
from ponte.timeline.adapters.caldav.event_text import read_event, uid_in, write_event
from ponte.timeline.adapters.caldav.transport import CAL, CS, DAV, Dav, Found, parse, text_in
from ponte.timeline.adapters.remote import Changes, RemoteChanged, RemoteError, RemoteEvent, UnreadableEvent
from ponte.timeline.event_data import EventData

BATCH = 50  # events fetched with one request
MOST = 20_000  # events of one calendar
CALENDAR_TYPE = "text/calendar; charset=utf-8"
_NO_SYNC = (400, 403, 405, 409, 412, 415, 501)
_TAGS = '<d:propfind xmlns:d="DAV:" xmlns:s="http://calendarserver.org/ns/"><d:prop><d:getetag/><s:getctag/><d:resourcetype/></d:prop></d:propfind>'


@dataclass(frozen=True, slots=True)
class CalDavCalendar:
    """A calendar at ``url``; keys of its events are the paths of their addresses. Implements ``RemoteCalendar``."""

    dav: Dav
    url: str
    zone: ZoneInfo

    def changes(self, cursor: str, known: Mapping[str, str]) -> Changes:
        """Ask by sync-token (RFC 6578); a server without, or one that forgot it, is asked for all tags."""
        kind, _mark, value = cursor.partition(":")
        found = self._by_token(value if kind == "sync" else "") if kind != "ctag" else None
        if found is None and kind == "sync" and value:  # the token is too old: all anew
            found = self._by_token("")
        if found is None:
            return self._by_tags(value if kind == "ctag" else "", known)
        changes, tags = found
        self._fetch(changes, {key: tag for key, tag in tags.items() if known.get(key) != tag or not tag})
        return changes

    def _by_token(self, token: str) -> tuple[Changes, dict[str, str]] | None:
        body = (
            f'<d:sync-collection xmlns:d="DAV:"><d:sync-token>{escape(token)}</d:sync-token>'
            "<d:sync-level>1</d:sync-level><d:prop><d:getetag/></d:prop></d:sync-collection>"
        )
        answer, listed = self.dav.find("REPORT", self.url, body, "0")
        if answer.status == 404:
            raise RemoteError("missing")
        if answer.status in _NO_SYNC:
            return None
        if answer.status != 207:
            raise RemoteError("answer", detail=str(answer.status))
        fresh = parse(answer).findtext(f"{DAV}sync-token") or ""
        if not fresh:
            return None
        changes = Changes(f"sync:{fresh}", is_whole=not token)
        tags = {}
        for one in listed:
            key = self._key(one.url)
            if one.is_gone:
                changes.gone.add(key)
            elif not self._is_itself(one.url):
                tags[key] = text_in(one, f"{DAV}getetag")
        changes.present = set(tags)
        return changes, tags

    def _by_tags(self, ctag: str, known: Mapping[str, str]) -> Changes:
        answer, own = self.dav.find("PROPFIND", self.url, _TAGS, "0")
        if answer.status == 404:
            raise RemoteError("missing")
        if answer.status != 207 or not own:
            raise RemoteError("answer", detail=str(answer.status))
        now = text_in(own[0], f"{CS}getctag")
        if now and now == ctag:
            return Changes(f"ctag:{now}")
        _answer, listed = self.dav.find("PROPFIND", self.url, _TAGS, "1")
        tags = {
            self._key(one.url): text_in(one, f"{DAV}getetag")
            for one in listed
            if not self._is_itself(one.url) and not _is_folder(one)
        }
        changes = Changes(f"ctag:{now}", present=set(tags), is_whole=True)
        self._fetch(changes, {key: tag for key, tag in tags.items() if known.get(key) != tag or not tag})
        return changes

    def _fetch(self, changes: Changes, tags: Mapping[str, str]) -> None:
        if len(tags) > MOST:
            raise RemoteError("answer", detail="too many events")
        keys = list(tags)
        for start in range(0, len(keys), BATCH):
            changes.events += self._multiget(keys[start : start + BATCH])

    def _multiget(self, keys: Iterable[str]) -> list[RemoteEvent]:
        hrefs = "".join(f"<d:href>{escape(key)}</d:href>" for key in keys)
        body = (
            '<c:calendar-multiget xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
            f"<d:prop><d:getetag/><c:calendar-data/></d:prop>{hrefs}</c:calendar-multiget>"
        )
        answer, listed = self.dav.find("REPORT", self.url, body, "1")
        if answer.status != 207:
            raise RemoteError("answer", detail=str(answer.status))
        return [
            self._read(self._key(one.url), text_in(one, f"{DAV}getetag"), text_in(one, f"{CAL}calendar-data"))
            for one in listed
            if not one.is_gone and text_in(one, f"{CAL}calendar-data")
        ]

    def _read(self, key: str, tag: str, text: str | bytes) -> RemoteEvent:
        try:
            uid, event = read_event(text, self.zone)
        except UnreadableEvent as error:
            return RemoteEvent(key, tag, uid_in(text), None, error.reason)
        return RemoteEvent(key, tag, uid, event)

    def create(self, *, name: str, uid: str, event: EventData, again: bool) -> RemoteEvent:
        """Put a new event; when one of that name or uid is there already, it is that one."""
        url = urljoin(self.url.rstrip("/") + "/", f"ponte-{name}.ics")
        text = write_event(event, uid)
        headers = {"If-None-Match": "*"}
        answer = self.dav.send("PUT", url, body=text, content_type=CALENDAR_TYPE, headers=headers)
        if answer.status in (200, 201, 204):
            return RemoteEvent(self._key(url), answer.headers.get("etag", ""), uid, event)
        if answer.status == 412:
            there = self._get(url)
            if there is not None and uid_in(there.body) == uid:
                return self._read(self._key(url), there.headers.get("etag", ""), there.body)
            raise RemoteChanged
        raise _refusal(answer)

    def update(self, *, key: str, tag: str, event: EventData) -> RemoteEvent:
        """Change what is there, read anew, under the condition that it is still the same."""
        url = urljoin(self.url, key)
        there = self._get(url)
        if there is None:
            raise RemoteChanged
        now = there.headers.get("etag", "")
        if tag and now and now != tag:
            raise RemoteChanged
        uid = uid_in(there.body)
        try:
            text = write_event(event, uid, there.body)
        except (ValueError, KeyError, TypeError) as error:
            raise RemoteError("refused", detail="damaged") from error
        headers = {"If-Match": now} if now else {}
        answer = self.dav.send("PUT", url, body=text, content_type=CALENDAR_TYPE, headers=headers)
        if answer.status in (404, 412):
            raise RemoteChanged
        if answer.status not in (200, 201, 204):
            raise _refusal(answer)
        return RemoteEvent(key, answer.headers.get("etag", ""), uid, event)

    def remove(self, *, key: str, tag: str) -> None:
        """Delete an event under the condition that it is still the same."""
        headers = {"If-Match": tag} if tag else {}
        answer = self.dav.send("DELETE", urljoin(self.url, key), headers=headers)
        if answer.status == 412:
            raise RemoteChanged
        if answer.status not in (200, 202, 204, 404, 410):
            raise _refusal(answer)

    def _get(self, url: str) -> http.Answer | None:
        answer = self.dav.send("GET", url)
        if answer.status in (404, 410):
            return None
        if answer.status != 200:
            raise _refusal(answer)
        return answer

    def _key(self, url: str) -> str:
        """The path, spelt one way: servers differ in which letters they escape."""
        return quote(unquote(urlsplit(url).path), safe="/~@!$&'()*+,;=:")

    def _is_itself(self, url: str) -> bool:
        return self._key(url).rstrip("/") == self._key(self.url).rstrip("/")


def _is_folder(found: Found) -> bool:
    kinds = found.properties.get(f"{DAV}resourcetype")
    return kinds is not None and kinds.find(f"{DAV}collection") is not None


def _refusal(answer: http.Answer) -> RemoteError:
    if answer.status in (404, 410):
        return RemoteError("missing")
    return RemoteError("refused", detail=str(answer.status))
