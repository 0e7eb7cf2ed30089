"""Live messages to browsers: NOTIFY in the transaction, so that they leave only when it commits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from ponte.core.tenancy.scope import current_workspace

CHANNEL = "ponte_live"
MAX_BYTES = 7000  # PostgreSQL refuses payloads of 8000 bytes


def push(member_id: UUID | None, kind: str, data: dict[str, Any]) -> None:
    """Send a small message to one member's open pages, or to every member's with None.

    A message that wouldn't fit is sent without its data: pages fetch what they show anyway.
    """
    message = {
        "workspace": str(current_workspace().id),
        "member": str(member_id) if member_id else None,
        "kind": kind,
        "data": data,
    }
    payload = orjson.dumps(message)
    if len(payload) > MAX_BYTES:
        payload = orjson.dumps({**message, "data": {}})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, payload.decode()])
