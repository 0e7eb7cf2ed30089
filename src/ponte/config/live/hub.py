"""The open streams, and who gets which message."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict

from ponte.config.live.entrance import Listener

log = logging.getLogger(__name__)

QUEUE_LENGTH = 100
STREAMS_PER_MEMBER = 20
LEAVE = "leave"  # kind of message that ends a member's streams


class Stream:
    """One browser's stream: messages waiting to be written, None for the end."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue(QUEUE_LENGTH)

    def put(self, kind: str, data: object) -> None:
        """Queue a message; a browser that doesn't read is let go (it comes back and polls in the meantime)."""
        try:
            self._waiting.put_nowait(json.dumps({"kind": kind, "data": data}, ensure_ascii=False))
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """End the stream; what still waits is dropped."""
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    async def next(self) -> str | None:
        """Return the next message, None at the end."""
        return await self._waiting.get()


class Hub:
    """All streams of this process by workspace."""

    def __init__(self) -> None:
        self._streams: dict[str, set[Stream]] = defaultdict(set)

    def join(self, listener: Listener) -> Stream | None:
        """Open a stream; None when the member has too many open already."""
        streams = self._streams[listener.workspace_id]
        if (
            sum(1 for stream in streams if stream.listener.member_id == listener.member_id)
            >= STREAMS_PER_MEMBER
        ):
            return None
        stream = Stream(listener)
        streams.add(stream)
        return stream

    def leave(self, stream: Stream) -> None:
        """Forget a stream."""
        streams = self._streams.get(stream.listener.workspace_id, set())
        streams.discard(stream)
        if not streams:
            self._streams.pop(stream.listener.workspace_id, None)

    def streams(self) -> list[Stream]:
        """Return every open stream."""
        return [stream for streams in self._streams.values() for stream in streams]

    def spread(self, payload: str) -> None:
        """Give a message from the database to the streams it is meant for; malformed ones are dropped."""
        try:
            message = json.loads(payload)
            workspace, member, kind = message["workspace"], message.get("member"), str(message["kind"])
        except (ValueError, KeyError, TypeError):
            log.warning("a live message could not be read")
            return
        for stream in list(self._streams.get(workspace, ())):
            if member is None or member == stream.listener.member_id:
                stream.put(kind, message.get("data") or {})
                if kind == LEAVE:
                    stream.end()

    def end_all(self) -> None:
        """End every stream, when the process stops."""
        for stream in self.streams():
            stream.end()
