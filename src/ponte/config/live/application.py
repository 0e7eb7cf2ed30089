"""The ASGI application of the live process: ``GET /live?workspace=slug``."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from ponte.config.environment import Environment, environment
from ponte.config.live.entrance import Entrance, Listener
from ponte.config.live.hub import Hub, Stream
from ponte.config.live.listening import listen

log = logging.getLogger(__name__)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

SESSION_COOKIE = "ponte_session"
HEARTBEAT_SECONDS = 20.0
BEATS_BETWEEN_CHECKS = 3  # membership and session are asked for again once a minute
RETRY_MILLISECONDS = 4000


class LiveApplication:
    """Streams live messages to members' browsers."""

    def __init__(self, env: Environment, *, heartbeat: float = HEARTBEAT_SECONDS) -> None:
        self._env = env
        self._heartbeat = heartbeat
        self.hub = Hub()
        self.entrance = Entrance(env.DATABASE_URL, env.PONTE_SECRET_KEY)
        self._listening: asyncio.Task[None] | None = None

    @classmethod
    def from_environment(cls) -> LiveApplication:
        """Return the application as the environment sets it up."""
        return cls(environment())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def start(self) -> None:
        """Begin to listen to the database."""
        await self.entrance.open()
        url = self._env.DATABASE_DIRECT_URL or self._env.DATABASE_URL
        self._listening = asyncio.create_task(listen(url, self.hub.spread, self._greet_all))

    async def stop(self) -> None:
        """End all streams and connections."""
        self.hub.end_all()
        if self._listening is not None:
            self._listening.cancel()
        await self.entrance.close()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if scope["path"] == "/live/healthz":
            return await _answer(send, 200, b"ok")
        if scope["path"].rstrip("/") != "/live":
            return await _answer(send, 404)
        cors = self._cors(headers)
        if cors is None or scope["method"] not in ("GET", "OPTIONS"):
            return await _answer(send, 403 if cors is None else 405)
        if scope["method"] == "OPTIONS":
            return await _answer(send, 204, headers=cors)
        return await self._open(scope, headers, cors, receive, send)

    async def _open(
        self, scope: Scope, headers: dict[str, str], cors: Headers, receive: Receive, send: Send
    ) -> None:
        slug = (parse_qs(scope["query_string"].decode("latin-1")).get("workspace") or [""])[0]
        try:
            listener = await self.entrance.admit(_session_key(headers.get("cookie", "")), slug[:60])
            stream = self.hub.join(listener) if listener else None
            if listener is None or stream is None:
                return await _answer(send, 404 if listener is None else 429, headers=cors)
        except (OperationalError, PoolTimeout, OSError):
            return await _answer(send, 503, headers=cors)
        try:
            await _begin(send, cors)
            await self._greet(stream)
            await self._stream(stream, receive, send)
        except OSError:
            pass  # the browser went away
        finally:
            self.hub.leave(stream)
        return None

    async def _stream(self, stream: Stream, receive: Receive, send: Send) -> None:
        writing = asyncio.create_task(self._write(stream, send))
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await asyncio.wait({writing, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            gone.cancel()
            if not writing.done():
                writing.cancel()
        if writing.done() and not writing.cancelled() and (error := writing.exception()):
            raise error

    async def _write(self, stream: Stream, send: Send) -> None:
        beats = 0
        following: asyncio.Task[str | None] | None = None
        try:
            while True:
                following = following or asyncio.create_task(stream.next())
                done, _ = await asyncio.wait({following}, timeout=self._heartbeat)
                if done:
                    message, following = following.result(), None
                    if message is None:
                        break
                    await _body(send, f"data: {message}\n\n")
                    continue
                beats += 1
                if beats % BEATS_BETWEEN_CHECKS == 0 and not await self._still_admitted(stream.listener):
                    break
                await _body(send, ": still here\n\n")
        finally:
            if following is not None:
                following.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _still_admitted(self, listener: Listener) -> bool:
        try:
            return await self.entrance.admit(listener.session_key, listener.slug) == listener
        except (OperationalError, PoolTimeout, OSError):
            return True  # the database is away; asked again with the next beats

    async def _greet(self, stream: Stream) -> None:
        try:
            stream.put("unread", {"unread": await self.entrance.unread(stream.listener)})
        except (OperationalError, PoolTimeout, OSError):
            log.warning("unread notices could not be counted")

    async def _greet_all(self) -> None:
        for stream in self.hub.streams():
            await self._greet(stream)

    def _cors(self, headers: dict[str, str]) -> Headers | None:
        """Return the headers for the web process's own pages, none for requests without an origin, None to refuse."""
        origin, host = headers.get("origin", ""), urlsplit(f"//{headers.get('host', '')}")
        if not origin:
            return []
        if origin not in self._origins(host.hostname or "", host.netloc):
            return None
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]

    def _origins(self, hostname: str, netloc: str) -> Iterable[str]:
        shown = f"[{hostname}]" if ":" in hostname else hostname
        yield from (f"{scheme}://{shown}:{self._env.PORT}" for scheme in ("http", "https"))
        yield from (f"{scheme}://{netloc}" for scheme in ("http", "https"))
        if self._env.PORT in (80, 443):
            yield from (f"{scheme}://{shown}" for scheme in ("http", "https"))
        if self._env.PONTE_URL:
            yield self._env.PONTE_URL.rstrip("/")


async def _begin(send: Send, cors: Headers) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *cors,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await _body(send, f"retry: {RETRY_MILLISECONDS}\n\n")


async def _body(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _answer(send: Send, status: int, body: bytes = b"", *, headers: Headers | None = None) -> None:
    plain = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*plain, *(headers or [])]})
    await send({"type": "http.response.body", "body": body})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _session_key(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return found.value[:64] if found else ""
