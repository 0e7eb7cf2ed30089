"""A signature service of Clicksign's shape on this machine: for the tests of contracts and the journey."""

from __future__ import annotations

import hashlib
import hmac
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN, SECRET = "t0ken-1234", "hmac-secret-99"


class Fake(ThreadingHTTPServer):
    """A service of Clicksign's shape: keeps what it is told, fails where it is told to."""

    def __init__(self, mark: str = "") -> None:
        self.mark = mark  # before every key, so that those of two services of one workspace differ
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.failing: dict[str, int] = {}
        self.file: bytes | None = None
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def asked(self, path: str) -> list[dict[str, Any]]:
        return [body for _method, where, body in self.requests if where.startswith(path)]


class Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        path, _mark, query = self.path.partition("?")
        self.server.requests.append((self.command, path, body))
        if query != f"access_token={TOKEN}":
            return self._answer(401, {})
        for start, status in list(self.server.failing.items()):
            if path.startswith(start):
                return self._answer(status, {})
        number = len(self.server.asked(path))
        if path.endswith("/documents"):
            return self._answer(201, {"document": {"key": f"{self.server.mark}doc-{number}"}})
        if path.endswith("/signers"):
            return self._answer(201, {"signer": {"key": f"{self.server.mark}signer-{number}"}})
        if path.endswith("/lists"):
            return self._answer(
                201, {"list": {"key": "l", "request_signature_key": f"{self.server.mark}request-{number}"}}
            )
        return self._answer(202, {})

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_GET(self) -> None:
        if self.path.startswith("/file"):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.file or b"")
            return None
        url = f"{self.server.url}/file.pdf" if self.server.file else None
        return self._answer(200, {"document": {"key": "doc-1", "downloads": {"signed_file_url": url}}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_args: object) -> None:
        """Stay quiet."""


def told(name: str, document: str = "doc-1", signer: str | None = None, **data: Any) -> bytes:
    """Return a message of the service: what happened to a document, by which signer."""
    event: dict[str, Any] = {"name": name, "data": data, "occurred_at": "2026-11-26T10:00:00.000-03:00"}
    if signer:
        event["data"]["signer"] = {"key": signer, "documentation": "529.982.247-25", "address": "203.0.113.7"}
    return json.dumps({"event": event, "document": {"key": document, "status": "running"}}).encode()


def mark_of(raw: bytes, secret: str = SECRET) -> str:
    """Return what the service signs a message with."""
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
