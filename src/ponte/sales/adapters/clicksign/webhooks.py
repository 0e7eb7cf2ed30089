"""Messages of the signature service: checked on their raw bytes, read without trusting any of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

MOST_BYTES = 256 * 1024
HEADER = "Content-Hmac"
SIGNED, REFUSED = frozenset({"sign"}), frozenset({"refusal"})
CLOSED = frozenset({"close", "auto_close", "document_closed"})
ENDED = frozenset({"cancel", "deadline"})


@dataclass(frozen=True)
class Message:
    """What the service tells: which event, of which document, by which signer."""

    name: str
    document_key: str
    signer_key: str
    cpf: str
    address: str
    reason: str
    occurred_at: str


def is_genuine(raw: bytes, header: str, secret: str) -> bool:
    """Tell whether a message was signed with our secret: ``sha256=`` and the HMAC of its bytes."""
    wanted = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return bool(secret) and hmac.compare_digest(wanted.encode(), header.strip().encode())


def read_payload(raw: bytes) -> dict[str, Any] | None:
    """Return a message's JSON object, None for anything else."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def read_message(payload: dict[str, Any]) -> Message:
    """Return what a message says; "" for what it doesn't."""
    event, document = _part(payload, "event"), _part(payload, "document")
    data = _part(event, "data")
    signer = _part(data, "signer")
    return Message(
        name=_text(event.get("name"), 40),
        document_key=_text(document.get("key"), 120),
        signer_key=_text(signer.get("key"), 120),
        cpf="".join(letter for letter in _text(signer.get("documentation"), 20) if letter.isdigit())[:11],
        address=_text(signer.get("address"), 60),
        reason=_text(
            data.get("reason") or _part(data, "refusal").get("reason") or signer.get("refusal"), 500
        ),
        occurred_at=_text(event.get("occurred_at"), 40),
    )


def _part(value: dict[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: Any, most: int) -> str:
    return value.replace("\x00", "").strip()[:most] if isinstance(value, str) else ""
