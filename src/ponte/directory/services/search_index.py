"""Letting the search index wait while very many customers come in.

The index of ``PartySearch.lexemes`` is kept without a pending list (``fastupdate`` off), so that a search never reads one. Entering
a new customer's sixty words one by one is more than half of what the database does in an import; gathered, they cost a
fifth. So a large import switches the list on for its time, and whoever finds it on with no import under way switches
it off and empties it.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection, connections

from ponte.core.tenancy.scope import named_workspace

log = logging.getLogger(__name__)

INDEX = "party_search"


def gather_search_entries() -> None:
    """Let new customers wait in the index's list; without an owner's connection nothing happens but lost speed."""
    _alter("SET (fastupdate = on, gin_pending_list_limit = 16384)")


def settle_search_entries() -> None:
    """Enter what waits and keep the index up to date at once again. Call it inside the workspace's scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_class WHERE oid = to_regclass(%s) AND 'fastupdate=on' = ANY(reloptions)",
            [INDEX],
        )
        if cursor.fetchone() is None:
            return
    if _alter("SET (fastupdate = off)", "RESET (gin_pending_list_limit)"):
        with connections["owner"].cursor() as cursor:
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [_name()])


def _alter(*changes: str) -> bool:
    """Change the index as its owner, waiting three seconds at most for readers; returns whether that was possible."""
    try:
        with connections["owner"].cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
            try:
                for change in changes:
                    cursor.execute(f"ALTER INDEX {_name()} {change}")
            finally:
                cursor.execute("RESET lock_timeout")  # the connection is used for migrations too
        return True
    except DatabaseError as error:
        log.warning("search index left as it is: %s", error)
        return False


def _name() -> str:
    quote = connection.ops.quote_name
    return f"{quote(named_workspace().schema_name)}.{quote(INDEX)}"
