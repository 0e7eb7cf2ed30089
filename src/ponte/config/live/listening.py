"""The one LISTEN connection, kept alive."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg

log = logging.getLogger(__name__)

CHANNEL = "ponte_live"  # ponte.core.live.CHANNEL; that module would load Django's models
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0
PROBE_SECONDS = 30.0


async def listen(
    database_url: str, take: Callable[[str], None], reconnected: Callable[[], Awaitable[None]]
) -> None:
    """Pass every message of the channel to ``take``, for ever.

    When the connection is lost it is made again with growing waits; then ``reconnected`` is awaited, because messages
    of the meantime are gone.
    """
    wait, first = FIRST_WAIT, True
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                if not first:
                    await reconnected()
                wait, first = FIRST_WAIT, False
                await _take_all(connection, take)
        except (psycopg.Error, OSError) as error:
            log.warning("the live process lost its database connection: %s", type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


async def _take_all(
    connection: psycopg.AsyncConnection[tuple[object, ...]], take: Callable[[str], None]
) -> None:
    while True:
        async for notice in connection.notifies(timeout=PROBE_SECONDS):
            take(notice.payload)
        await connection.execute("SELECT 1")  # tells a dead connection from a quiet one
