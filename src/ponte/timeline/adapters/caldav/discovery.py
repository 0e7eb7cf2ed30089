"""Which calendars a login has (RFC 6764, RFC 4791 §6)."""

from __future__ import annotations

from urllib.parse import urljoin

from ponte.timeline.adapters.caldav.transport import CAL, DAV, Dav, Found, href_in, text_in
from ponte.timeline.adapters.remote import CalendarChoice, RemoteError

_PRINCIPAL = (
    '<d:propfind xmlns:d="DAV:"><d:prop><d:current-user-principal/><d:resourcetype/></d:prop></d:propfind>'
)
_HOME = (
    '<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">'
    "<d:prop><c:calendar-home-set/></d:prop></d:propfind>"
)
_CALENDARS = (
    '<d:propfind xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:resourcetype/><d:displayname/>'
    "<c:supported-calendar-component-set/><d:current-user-privilege-set/></d:prop></d:propfind>"
)
MOST = 100


def find_calendars(dav: Dav) -> list[CalendarChoice]:
    """Return the calendars of a login, from whatever address people have: the server, their folder, or one calendar.

    Raises:
        RemoteError: "login", "missing" when there is no calendar, or what went wrong on the way.
    """
    starts = [dav.home, urljoin(dav.home, "/.well-known/caldav"), urljoin(dav.home, "/")]
    for url in dict.fromkeys(starts):
        for place in _places(dav, url):
            _answer, listed = dav.find("PROPFIND", place, _CALENDARS, "1")
            found = [_choice(one) for one in listed if _is_calendar(one)]
            if found:
                return found[:MOST]
    raise RemoteError("missing")


def _places(dav: Dav, url: str) -> list[str]:
    """Return where calendars may lie, seen from an address: in the principal's homes, then there itself."""
    answer, listed = dav.find("PROPFIND", url, _PRINCIPAL, "0")
    if answer.status != 207 or not listed:
        return []
    if _is_calendar(listed[0], asked=False):
        return [listed[0].url]
    principal = href_in(listed[0], f"{DAV}current-user-principal")
    homes: list[str] = []
    if principal:
        _answer, known = dav.find("PROPFIND", principal, _HOME, "0")
        homes = [href_in(one, f"{CAL}calendar-home-set") for one in known]
    return [*filter(None, homes), answer.url or url]


def _is_calendar(found: Found, asked: bool = True) -> bool:
    kinds = found.properties.get(f"{DAV}resourcetype")
    if kinds is None or kinds.find(f"{CAL}calendar") is None:
        return False
    parts = found.properties.get(f"{CAL}supported-calendar-component-set") if asked else None
    return parts is None or any(one.get("name") == "VEVENT" for one in parts)


def _choice(found: Found) -> CalendarChoice:
    rights = found.properties.get(f"{DAV}current-user-privilege-set")
    writes = (f"{DAV}write", f"{DAV}all", f"{DAV}write-content", f"{DAV}bind")
    read_only = rights is not None and not any(one.tag in writes for one in rights.iter())
    name = text_in(found, f"{DAV}displayname") or found.url.rstrip("/").rsplit("/", 1)[-1]
    return CalendarChoice(found.url, name[:200], read_only)
