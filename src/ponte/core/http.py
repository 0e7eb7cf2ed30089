"""The one client for addresses people type in: it reaches the public internet only, with limits.

The name is resolved once, every address it stands for is checked, and the connection goes to the checked address: a name that
changes its answer between check and connection (DNS rebinding) gains nothing. Redirects are checked the same way.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings

TIMEOUT_SECONDS = 10.0
MAX_BYTES = 256 * 1024
MAX_URL = 4000  # cursors of providers are part of the address and long
MAX_REDIRECTS = 3
LOWEST_FREE_PORT = 1024  # below it only 80 and 443 are allowed
REDIRECTS = frozenset({301, 302, 303, 307, 308})

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class OutgoingError(Exception):
    """The request was refused or failed. ``code`` is stable, ``permanent`` tells that trying again is pointless."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        self.code = code
        self.permanent = permanent
        super().__init__(code)


@dataclass(frozen=True)
class Answer:
    """What came back: at most the number of bytes asked for (``cut`` when there was more)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool = False
    url: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class _Target:
    parts: SplitResult
    host: str
    port: int
    address: str
    path: str = field(default="/")


def request(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT_SECONDS,
    max_bytes: int = MAX_BYTES,
    redirects: int = 0,
) -> Answer:
    """Send one request and return the answer, whatever its status.

    ``timeout`` is the seconds for everything together, ``max_bytes`` what is read of the body, ``redirects`` how many are
    followed (only for GET and HEAD). Raises ``OutgoingError`` with the codes "url", "port", "name", "address", "connect",
    "tls", "timeout", "redirects", "protocol".
    """
    deadline = time.monotonic() + timeout
    follow = min(redirects, MAX_REDIRECTS) if method in ("GET", "HEAD") else 0
    for left in range(follow, -1, -1):
        target = check_url(url)
        answer = _exchange(method, target, body, headers or {}, deadline, max_bytes)
        place = answer.headers.get("location", "")
        if follow == 0 or answer.status not in REDIRECTS or not place:
            return answer
        if left == 0:
            break
        url = urljoin(url, place)
    raise OutgoingError("redirects", permanent=True)


def check_url(url: str) -> _Target:
    """Resolve an address people typed in and return where to connect; raise ``OutgoingError`` when it isn't allowed."""
    parts, port = _split(url)
    host = (parts.hostname or "").rstrip(".")
    addresses = _resolve(host, port)
    for address in addresses:
        if not is_public(address) and str(address) not in settings.PONTE_HTTP_ALLOWED_ADDRESSES:
            raise OutgoingError("address", permanent=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Target(parts, host, port, str(addresses[0]), path)


def is_public(address: IPAddress) -> bool:
    """Return whether an address belongs to the public internet (also when it is written inside an IPv6 address)."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None and not is_public(inner):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _split(url: str) -> tuple[SplitResult, int]:
    if len(url) > MAX_URL or not url.isascii() or any(ord(letter) <= 32 for letter in url):
        raise OutgoingError("url", permanent=True)
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise OutgoingError("url", permanent=True) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise OutgoingError("url", permanent=True)
    if port not in (80, 443) and port < LOWEST_FREE_PORT:
        raise OutgoingError("port", permanent=True)
    return parts, port


def _resolve(host: str, port: int) -> list[IPAddress]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutgoingError("name") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    if not addresses:
        raise OutgoingError("name")
    return addresses


def _exchange(
    method: str,
    target: _Target,
    body: bytes | None,
    headers: Mapping[str, str],
    deadline: float,
    max_bytes: int,
) -> Answer:
    connection: http.client.HTTPConnection | None = None
    try:
        connection = _connect(target, deadline)
        connection.request(method, target.path, body=body, headers=_headers(target, headers))
        response = connection.getresponse()
        content, cut = _read(connection, response, deadline, max_bytes)
    except TimeoutError as error:
        raise OutgoingError("timeout") from error
    except ssl.SSLError as error:
        raise OutgoingError("tls") from error
    except OSError as error:
        raise OutgoingError("connect") from error
    except (http.client.HTTPException, ValueError) as error:
        raise OutgoingError("protocol") from error
    finally:
        if connection is not None:
            connection.close()
    given = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, given, content, cut, target.parts.geturl())


def _connect(target: _Target, deadline: float) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(target.host, target.port)
    # the checked address, not the name again
    sock = socket.create_connection((target.address, target.port), timeout=_left(deadline))
    if target.parts.scheme == "https":
        try:
            sock = _tls().wrap_socket(sock, server_hostname=target.host)
        except BaseException:
            sock.close()
            raise
    connection.sock = sock
    return connection


def _read(
    connection: http.client.HTTPConnection,
    response: http.client.HTTPResponse,
    deadline: float,
    max_bytes: int,
) -> tuple[bytes, bool]:
    parts: list[bytes] = []
    size = 0
    while size <= max_bytes:
        if connection.sock is not None:
            connection.sock.settimeout(_left(deadline))
        elif time.monotonic() > deadline:
            raise TimeoutError
        part = response.read1(min(65536, max_bytes + 1 - size))
        if not part:
            break
        parts.append(part)
        size += len(part)
    content = b"".join(parts)
    return content[:max_bytes], len(content) > max_bytes


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _headers(target: _Target, headers: Mapping[str, str]) -> dict[str, str]:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {80: "http", 443: "https"}.get(target.port) == target.parts.scheme
    own = {
        "Host": host if usual else f"{host}:{target.port}",
        "User-Agent": "Ponte",
        "Accept-Encoding": "identity",
    }
    return {**own, **headers, "Connection": "close"}


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
