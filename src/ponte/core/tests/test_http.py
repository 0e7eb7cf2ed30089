"""The guarded client: what it must not reach, and its limits."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ponte.core import http
from ponte.core.http import OutgoingError, check_url, is_public, request


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/inside":
            return self._redirect("http://169.254.169.254/latest/meta-data/")
        if self.path == "/file":
            return self._redirect("file:///etc/passwd")
        if self.path == "/loop":
            return self._redirect("/loop")
        if self.path == "/once":
            return self._redirect("/big")
        if self.path == "/slow":
            return self._drip()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"x" * 100_000)
        return None

    def _redirect(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(100):
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        except OSError:
            pass

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(settings) -> Iterator[str]:
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    httpd = HTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000/", "http://localhost:8000/", "http://0.0.0.0:8000/", "http://[::1]:8000/", "http://10.1.2.3/",
        "http://192.168.0.1/", "http://172.16.5.4/", "http://169.254.169.254/latest/", "http://100.64.0.1/",
        "http://[fe80::1]/", "http://[fd00::1]/", "http://[::ffff:127.0.0.1]:8000/", "http://[64:ff9b::7f00:1]:8000/",
        "http://[2002:7f00:1::]:8000/", "http://2130706433:8000/", "http://0x7f000001:8000/", "http://127.1:8000/",
        "http://224.0.0.1/", "http://255.255.255.255/",
    ],
)  # fmt: skip
def test_addresses_inside_are_refused_however_written(url):
    with pytest.raises(OutgoingError) as refusal:
        check_url(url)
    assert refusal.value.code == "address"


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://example.com/", "url"), ("file:///etc/passwd", "url"), ("http://user:pw@example.com/", "url"),
        ("http:///x", "url"), ("http://example.com:22/", "port"), ("http://example.com:70000/", "url"),
        ("http://exa mple.com/", "url"), ("http://example.com/\r\nX: y", "url"), ("gopher://x", "url"),
        ("http://" + "a" * 4100, "url"), ("http://name.invalid/", "name"),
    ],
)  # fmt: skip
def test_addresses_that_are_none(url, code):
    with pytest.raises(OutgoingError) as refusal:
        check_url(url)
    assert refusal.value.code == code


def test_public_addresses_are_public():
    assert is_public(ipaddress.ip_address("8.8.8.8"))
    assert is_public(ipaddress.ip_address("2800:3f0:4001::1"))


def test_a_name_with_one_private_address_is_refused(monkeypatch):
    answers = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)
    with pytest.raises(OutgoingError):
        check_url("https://example.com/")


def test_connection_goes_to_the_checked_address_not_to_the_name_again(monkeypatch, server, settings):
    """DNS rebinding: the second answer of the name server would be another address."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: str, *rest: object, **named: object):
        asked.append(host)
        return real("127.0.0.1" if host == "rebind.example" else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    port = server.rsplit(":", 1)[1]
    assert request("GET", f"http://rebind.example:{port}/big", max_bytes=10).status == 200
    assert asked.count("rebind.example") == 1


def test_redirect_inside_is_refused(server):
    with pytest.raises(OutgoingError) as refusal:
        request("GET", f"{server}/inside", redirects=3)
    assert refusal.value.code == "address"


def test_redirect_to_another_scheme_is_refused(server):
    with pytest.raises(OutgoingError):
        request("GET", f"{server}/file", redirects=3)


def test_redirects_are_counted_and_off_by_default(server):
    assert request("GET", f"{server}/once").status == 302
    assert request("GET", f"{server}/once", redirects=1).status == 200
    with pytest.raises(OutgoingError) as refusal:
        request("GET", f"{server}/loop", redirects=3)
    assert refusal.value.code == "redirects"


def test_big_answers_are_cut(server):
    answer = request("GET", f"{server}/big", max_bytes=1000)
    assert (len(answer.body), answer.cut) == (1000, True)


def test_time_limit_is_for_everything_together(server):
    started = time.monotonic()
    with pytest.raises(OutgoingError) as refusal:
        request("GET", f"{server}/slow", timeout=0.4)
    assert refusal.value.code == "timeout"
    assert time.monotonic() - started < 2


def test_closed_port_is_told(settings):
    settings.PONTE_HTTP_ALLOWED_ADDRESSES = frozenset({"127.0.0.1"})
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OutgoingError) as refusal:
        http.request("GET", f"http://127.0.0.1:{port}/")
    assert refusal.value.code == "connect"
