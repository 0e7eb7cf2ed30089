"""Who may listen to what: from the session cookie to the member, with the same checks as the web process."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.core import signing
from django.utils.crypto import salted_hmac
from psycopg import sql
from psycopg_pool import AsyncConnectionPool

SESSION_SALT = "django.contrib.sessions.SessionStore"
HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
MOST_UNREAD = 100
# from the session to the user
_SESSION = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
# the user's membership of the workspace, all of it active
_MEMBERSHIP = """
    SELECT w.id, w.schema_name, u.password
    FROM tenancy_user u
    JOIN tenancy_membership m ON m.user_id = u.id AND m.is_active
    JOIN tenancy_workspace w ON w.id = m.workspace_id AND w.is_active
    WHERE u.id = %s AND u.is_active AND w.slug = %s
"""
_MEMBER = "SELECT id FROM {schema}.core_member WHERE user_id = %s AND is_active"
_UNREAD = "SELECT count(*) FROM (SELECT 1 FROM {schema}.core_notification WHERE member_id = %s AND read_at IS NULL LIMIT %s) n"


@dataclass(frozen=True)
class Listener:
    """A member with a page open, and what has to stay true while it is."""

    workspace_id: str
    schema: str
    member_id: str
    session_key: str
    slug: str


class Entrance:
    """Asks the database who a cookie belongs to. Holds at most two connections, none while nobody asks."""

    def __init__(self, database_url: str, secret_key: str) -> None:
        self._secret = secret_key
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
            database_url,
            min_size=0,
            max_size=2,
            open=False,
            timeout=5,
            max_idle=60,
            kwargs={"autocommit": True},
        )

    async def open(self) -> None:
        """Get ready; no connection is made yet."""
        await self._pool.open()

    async def close(self) -> None:
        """Give the connections back."""
        await self._pool.close()

    async def admit(self, session_key: str, slug: str) -> Listener | None:
        """Return the member a session belongs to in a workspace; None when the session, user or membership isn't valid."""
        async with self._pool.connection() as connection:
            row = await _one(connection, _SESSION, session_key)
            session = self._decode(row[0]) if row else {}
            user_id = _uuid(session.get("_auth_user_id"))
            if user_id is None:
                return None
            found = await _one(connection, _MEMBERSHIP, user_id, slug)
            if found is None or not self._hash_matches(session.get("_auth_user_hash"), found[2]):
                return None
            schema = sql.Identifier(found[1])
            member = await _one(connection, sql.SQL(_MEMBER).format(schema=schema), user_id)
            if member is None:
                return None
            return Listener(str(found[0]), found[1], str(member[0]), session_key, slug)

    async def unread(self, listener: Listener) -> int:
        """Return how many notices the member hasn't read, 100 at most."""
        query = sql.SQL(_UNREAD).format(schema=sql.Identifier(listener.schema))
        async with self._pool.connection() as connection:
            row = await _one(connection, query, listener.member_id, MOST_UNREAD)
        return int(row[0]) if row else 0

    def _decode(self, data: str) -> dict[str, Any]:
        try:
            session = signing.loads(
                data, key=self._secret, salt=SESSION_SALT, serializer=signing.JSONSerializer, fallback_keys=[]
            )
        except (signing.BadSignature, ValueError):
            return {}
        return session if isinstance(session, dict) else {}

    def _hash_matches(self, given: object, password: str) -> bool:
        # a changed password ends the sessions made before
        wanted = salted_hmac(HASH_SALT, password, secret=self._secret, algorithm="sha256").hexdigest()
        return isinstance(given, str) and hmac.compare_digest(given, wanted)


async def _one(
    connection: psycopg.AsyncConnection[Any], query: Any, *values: object
) -> tuple[Any, ...] | None:
    cursor = await connection.execute(query, values)
    row: tuple[Any, ...] | None = await cursor.fetchone()
    return row


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
