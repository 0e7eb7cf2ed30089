"""WebDAV requests through the guarded client, and the XML they come back with."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ponte.core import http
from ponte.timeline.adapters.remote import RemoteError

DAV, CAL, CS = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}", "{http://calendarserver.org/ns/}"
TIMEOUT = 30.0
MAX_BYTES = 16 * 1024 * 1024
HOPS = 4
_FAMILY_PREFIXES = ("caldav.", "dav.", "calendar.", "calendars.", "www.")


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of a multistatus: its whole address, the properties it has, whether it is gone."""

    url: str
    properties: dict[str, Any]
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Dav:
    """A login at a server. The password goes to the server's own hosts only, and only encrypted in transit."""

    home: str
    user: str
    password: str = field(repr=False)
    patience: float = TIMEOUT  # seconds for one request

    def send(
        self,
        method: str,
        url: str,
        *,
        body: str = "",
        content_type: str = "application/xml; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> http.Answer:
        """Send one request; 401 and 403 of reads, 429 and 5xx are raised, the rest is the caller's."""
        for _hop in range(HOPS):
            self._check_host(url)
            answer = self._exchange(method, url, body, content_type, headers or {})
            place = answer.headers.get("location", "")
            if answer.status not in http.REDIRECTS or not place:
                return _checked(answer)
            url = urljoin(url, place)
        raise RemoteError("answer", detail="redirects")

    def _exchange(
        self, method: str, url: str, body: str, content_type: str, headers: dict[str, str]
    ) -> http.Answer:
        login = b64encode(f"{self.user}:{self.password}".encode()).decode()
        own = {"Authorization": f"Basic {login}"}
        if body:
            own["Content-Type"] = content_type
        try:
            return http.request(
                method,
                url,
                body=body.encode() if body else None,
                headers={**own, **headers},
                timeout=self.patience,
                max_bytes=MAX_BYTES,
            )
        except http.OutgoingError as error:
            blocked = error.code in ("address", "url", "port")
            raise RemoteError("address" if blocked else "network", detail=error.code) from error

    def _check_host(self, url: str) -> None:
        """Refuse to carry the password to a stranger's host, or over an open line to the internet."""
        try:
            asked, own = urlsplit(url), urlsplit(self.home)
            host, mine = (asked.hostname or "").lower(), (own.hostname or "").lower()
            plain = asked.scheme != "https" and not _is_inside(url)
        except ValueError as error:
            raise RemoteError("address", detail="url") from error
        family = next((mine.removeprefix(one) for one in _FAMILY_PREFIXES if mine.startswith(one)), mine)
        is_own = host == mine or ("." in family and (host == family or host.endswith(f".{family}")))
        if not is_own or plain:
            raise RemoteError("address", detail="plain" if plain and is_own else "host")

    def find(self, method: str, url: str, body: str, depth: str) -> tuple[http.Answer, list[Found]]:
        """Send a PROPFIND or REPORT and return the answer with what it lists (nothing unless it is a 207)."""
        answer = self.send(method, url, body=body, headers={"Depth": depth})
        if answer.status != 207:
            return answer, []
        return answer, list(_listed(parse(answer), answer.url or url))


def _is_inside(url: str) -> bool:
    """Whether the address is one the operator lets the product reach inside (tests, a server in the house)."""
    from django.conf import settings

    try:
        return http.check_url(url).address in settings.PONTE_HTTP_ALLOWED_ADDRESSES
    except http.OutgoingError as error:
        blocked = error.code in ("address", "url", "port")
        raise RemoteError("address" if blocked else "network", detail=error.code) from error


def _checked(answer: http.Answer) -> http.Answer:
    if answer.cut:
        raise RemoteError("answer", detail="too large")
    if answer.status == 401:
        raise RemoteError("login")
    if answer.status == 429 or answer.status >= 500:
        raise RemoteError("busy", wait=seconds_of(answer.headers.get("retry-after", "")))
    return answer


def seconds_of(text: str) -> int:
    """Return the seconds of a Retry-After header; 0 when it says none (dates are not waited for)."""
    return min(int(text), 86_400) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def parse(answer: http.Answer) -> Any:
    """Return the root element of an XML answer; entities and document types are refused."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        return fromstring(answer.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise RemoteError("answer", detail="xml") from error


def _listed(root: Any, base: str) -> Iterator[Found]:
    for response in root.iter(f"{DAV}response"):
        href = (response.findtext(f"{DAV}href") or "").strip()
        if not href:
            continue
        properties: dict[str, Any] = {}
        for part in response.iter(f"{DAV}propstat"):
            if " 200" in (part.findtext(f"{DAV}status") or ""):
                for prop in part.iterfind(f"{DAV}prop/*"):
                    properties[prop.tag] = prop
        status = response.findtext(f"{DAV}status") or ""
        yield Found(urljoin(base, href), properties, " 404" in status or " 410" in status)


def text_in(found: Found, name: str) -> str:
    """Return the text of a property, "" when it has none."""
    element = found.properties.get(name)
    return "" if element is None else (element.text or "").strip()


def href_in(found: Found, name: str) -> str:
    """Return the first address inside a property, made whole; "" when it has none."""
    element = found.properties.get(name)
    href = "" if element is None else (element.findtext(f"{DAV}href") or "").strip()
    return urljoin(found.url, href) if href else ""
