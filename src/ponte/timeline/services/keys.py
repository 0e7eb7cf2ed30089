"""Keys that a device gives to what is written on it, so that sending it again records it once."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from ponte.core.models import Member


def device_key(member: Member, key: UUID | None) -> str | None:
    """Return the external key of what ``member`` wrote under ``key``; nobody else's key can meet it."""
    return None if key is None else f"device:{member.id}:{key}"


def hold_key(key: str) -> None:
    """Keep others who bring the same key waiting until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
