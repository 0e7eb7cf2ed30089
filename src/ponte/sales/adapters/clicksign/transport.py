"""Requests to the signature service through the guarded client; secrets never reach a log or an error."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from ponte.core.crypto import open_secret
from ponte.core.http import OutgoingError, request
from ponte.sales.models.signature_service import SignatureService

TIMEOUT_SECONDS = 30.0
MOST_FILE = 20 * 1024 * 1024


class ServiceFailed(Exception):
    """The service couldn't be used. ``permanent``: trying again is pointless until somebody changes something."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        self.code, self.permanent = code, permanent
        super().__init__(code)


@dataclass(frozen=True)
class Listed:
    """A signer put on a document: the key a notification is asked for with."""

    request_key: str


class Service:
    """The signature service of the open workspace."""

    def __init__(self, row: SignatureService) -> None:
        self._base = row.url.rstrip("/")
        self._token = open_secret(bytes(row.sealed_token))

    def create_document(self, *, name: str, pdf: bytes, last_day: date) -> str:
        """Upload a file to be signed until ``last_day``; return its key."""
        document = {
            "path": f"/{name}.pdf",
            "content_base64": "data:application/pdf;base64," + base64.b64encode(pdf).decode(),
            "deadline_at": f"{last_day.isoformat()}T23:59:59-03:00",
            "auto_close": True,
            "locale": "pt-BR",
        }
        return _key(self._post("/api/v1/documents", {"document": document}), "document")

    def create_signer(self, *, name: str, email: str, cpf: str) -> str:
        """Make a signer known; return their key."""
        signer = {"name": name, "email": email, "auths": ["email"], "documentation": cpf or None}
        return _key(self._post("/api/v1/signers", {"signer": signer}), "signer")

    def add_signer(self, *, document_key: str, signer_key: str, sign_as: str) -> Listed:
        """Put a signer on a document."""
        told = {"document_key": document_key, "signer_key": signer_key, "sign_as": sign_as}
        answer = self._post("/api/v1/lists", {"list": told})
        return Listed(str(_part(answer, "list").get("request_signature_key", "")))

    def notify(self, *, request_key: str, message: str) -> None:
        """Have the service write to a signer."""
        self._post("/api/v1/notifications", {"request_signature_key": request_key, "message": message})

    def cancel(self, *, document_key: str) -> None:
        """Take a document back; nobody can sign it any more."""
        self._send("PATCH", f"/api/v1/documents/{quote(document_key, safe='')}/cancel", None)

    def signed_file(self, *, document_key: str) -> bytes | None:
        """Return the file with the signatures, None while there is none."""
        answer = self._send("GET", f"/api/v1/documents/{quote(document_key, safe='')}", None)
        downloads = _part(answer, "document").get("downloads") or {}
        url = downloads.get("signed_file_url") if isinstance(downloads, dict) else None
        if not url:
            return None
        try:
            # an address of its own without our token; it may lead on to a store of files
            got = request("GET", str(url), timeout=TIMEOUT_SECONDS, max_bytes=MOST_FILE, redirects=2)
        except OutgoingError as error:
            raise ServiceFailed(error.code, permanent=error.permanent) from error
        if got.status != 200 or got.cut or not got.body.startswith(b"%PDF"):
            raise ServiceFailed("file")
        return got.body

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._send("POST", path, body)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        url = f"{self._base}{path}?access_token={quote(self._token, safe='')}"
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body is not None else None
        try:
            answer = request(method, url, body=data, headers=headers, timeout=TIMEOUT_SECONDS)
        except OutgoingError as error:
            raise ServiceFailed(error.code, permanent=error.permanent) from None
        if answer.status in (401, 403):
            raise ServiceFailed("refused", permanent=True)
        if answer.status in (400, 404, 422):
            raise ServiceFailed("rejected", permanent=True)
        if answer.status not in (200, 201, 202, 204):
            raise ServiceFailed("busy" if answer.status == 429 else "down")
        if not answer.body.strip():
            return {}
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError):
            raise ServiceFailed("garbled") from None
        return found if isinstance(found, dict) else {}


def _part(answer: dict[str, Any], name: str) -> dict[str, Any]:
    part = answer.get(name)
    return part if isinstance(part, dict) else {}


def _key(answer: dict[str, Any], name: str) -> str:
    key = str(_part(answer, name).get("key") or "")
    if not key or len(key) > 120:
        raise ServiceFailed("garbled")
    return key
