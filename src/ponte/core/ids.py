"""Identifiers: UUIDv7, so that rows created together lie together in every index."""

from uuid import UUID

from uuid_utils import uuid7 as _native_uuid7
from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """Return a new time-ordered UUID (RFC 9562, version 7)."""
    return _uuid7()


def uuid7_text() -> str:
    """Return a new time-ordered UUID as text, for rows that are copied in by the thousand."""
    return str(_native_uuid7())
