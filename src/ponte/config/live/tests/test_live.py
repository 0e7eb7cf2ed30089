"""The live process: refusals first, then messages from a committed transaction to the right browsers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from ponte.config.environment import Environment
from ponte.config.live import LiveApplication
from ponte.core.ids import uuid7
from ponte.core.live import push
from ponte.core.models import Member, Role
from ponte.core.tenancy.models import Membership, User, Workspace
from ponte.core.tenancy.scope import workspace_scope

ORIGIN = "http://localhost:8000"


class Person:
    """A member with a session, committed: the live process reads with a connection of its own."""

    def __init__(self, name: str, slug: str) -> None:
        self.user = User.objects.create(email=f"{uuid7().hex}@live.example", name=name, password="!x")
        self.workspace = Workspace.objects.get(slug=slug)
        Membership.objects.create(user=self.user, workspace=self.workspace)
        with workspace_scope(self.workspace):
            role = Role.objects.get(key="salesperson")
            self.member = Member.objects.create(
                user_id=self.user.id, name=name, sort_name=name.lower(), email=self.user.email, role=role
            )
        self.session = SessionStore()
        self.session.update(
            {"_auth_user_id": str(self.user.id), "_auth_user_hash": self.user.get_session_auth_hash()}
        )
        self.session.save()

    def remove(self) -> None:
        with workspace_scope(self.workspace):
            self.member.delete()
        self.session.delete()
        self.user.delete()


@pytest.fixture
def people(django_db_setup, django_db_blocker) -> Iterator[dict[str, Person]]:
    with django_db_blocker.unblock():
        made = {"ana": Person("Ana", "teste"), "bia": Person("Bia", "teste"), "caio": Person("Caio", "outra")}
        yield made
        for person in made.values():
            person.remove()
        connection.close()


@pytest.fixture
def env(people) -> Environment:
    # of the connection in use, whatever other tests did to the environment
    app, owner = (_url(connections[alias].settings_dict) for alias in ("default", "owner"))
    return Environment(
        DATABASE_URL=app,
        DATABASE_DIRECT_URL=owner,
        PONTE_SECRET_KEY=settings.SECRET_KEY,
        PORT=8000,
        LIVE_PORT=8001,
    )


def _url(given: dict[str, Any]) -> str:
    parts = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return make_conninfo(**{libpq: given[django] for libpq, django in parts.items() if given.get(django)})


class Browser:
    """One request to the application, read as it is streamed."""

    def __init__(
        self,
        app: LiveApplication,
        person: Person | None,
        slug: str = "teste",
        origin: str = ORIGIN,
        **more: Any,
    ):
        headers = [(b"host", b"localhost:8001")]
        if origin:
            headers.append((b"origin", origin.encode()))
        if person is not None:
            headers.append((b"cookie", f"ponte_session={person.session.session_key}".encode()))
        self.scope = {
            "type": "http", "method": "GET", "path": "/live", "query_string": f"workspace={slug}".encode(),
            "headers": headers, **more,
        }  # fmt: skip
        self.app, self.status, self.headers = app, 0, {}
        self.parts: asyncio.Queue[str | None] = asyncio.Queue()
        self._close = asyncio.Event()

    async def _receive(self) -> dict[str, Any]:
        await self._close.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = (
                message["status"],
                {k.decode(): v.decode() for k, v in message["headers"]},
            )
            return
        if message.get("body"):
            self.parts.put_nowait(message["body"].decode())
        if not message.get("more_body"):
            self.parts.put_nowait(None)

    def open(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.app(self.scope, self._receive, self._send))

    def close(self) -> None:
        self._close.set()

    async def message(self) -> Any:
        """Return the next message; None at the end of the stream."""
        while True:
            part = await asyncio.wait_for(self.parts.get(), 5)
            if part is None or part.startswith("data: "):
                return part and json.loads(part.removeprefix("data: "))


@asynccontextmanager
async def running(env: Environment, **options: Any):
    app = LiveApplication(env, **options)
    await app.start()
    await asyncio.sleep(0.3)  # until it listens
    try:
        yield app
    finally:
        await app.stop()


async def _status(env: Environment, *browser: Any, **options: Any) -> int:
    async with running(env) as app:
        asked = Browser(app, *browser, **options)
        task = asked.open()
        await asyncio.sleep(0.3)
        asked.close()
        await task
        return asked.status


def _push(person: Person, member_id: Any, kind: str, data: dict[str, Any]) -> None:
    with workspace_scope(person.workspace):
        push(member_id, kind, data)


@pytest.mark.parametrize("slug", ["outra", "nenhuma", ""])
def test_no_stream_of_a_foreign_workspace(env, people, slug):
    assert asyncio.run(_status(env, people["ana"], slug)) == 404


def test_no_stream_without_a_session(env):
    assert asyncio.run(_status(env, None)) == 404


def test_no_stream_for_a_page_of_another_site(env, people):
    assert asyncio.run(_status(env, people["ana"], "teste", "http://evil.example")) == 403
    assert asyncio.run(_status(env, people["ana"], "teste", "http://localhost:9999")) == 403


def test_session_of_before_a_changed_password_is_worth_nothing(env, people):
    User.objects.filter(id=people["ana"].user.id).update(password="!other")
    assert asyncio.run(_status(env, people["ana"])) == 404


def test_other_methods_and_paths_are_refused(env, people):
    assert asyncio.run(_status(env, people["ana"], method="POST")) == 405
    assert asyncio.run(_status(env, people["ana"], path="/teste/people/")) == 404


def test_own_page_is_let_in_with_credentials(env, people):
    async def scene() -> Browser:
        async with running(env) as app:
            browser = Browser(app, people["ana"])
            task = browser.open()
            first = await browser.message()
            assert first == {"kind": "unread", "data": {"unread": 0}}
            browser.close()
            await task
            assert app.hub.streams() == []
            return browser

    browser = asyncio.run(scene())
    assert browser.headers["access-control-allow-origin"] == ORIGIN
    assert browser.headers["access-control-allow-credentials"] == "true"
    assert browser.headers["content-type"].startswith("text/event-stream")


def test_messages_reach_those_they_are_for_and_nobody_else(env, people):
    async def scene() -> None:
        async with running(env) as app:
            ana, bia = Browser(app, people["ana"]), Browser(app, people["bia"])
            caio = Browser(app, people["caio"], "outra")
            tasks = [browser.open() for browser in (ana, bia, caio)]
            for browser in (ana, bia, caio):
                await browser.message()  # the greeting
            await asyncio.to_thread(
                _push, people["ana"], people["ana"].member.id, "notification", {"title": "Olá"}
            )
            await asyncio.to_thread(_push, people["ana"], None, "changed", {"n": 1})
            assert await ana.message() == {"kind": "notification", "data": {"title": "Olá"}}
            assert await ana.message() == {"kind": "changed", "data": {"n": 1}}
            assert await bia.message() == {"kind": "changed", "data": {"n": 1}}
            assert caio.parts.empty()
            for browser in (ana, bia, caio):
                browser.close()
            await asyncio.gather(*tasks)

    asyncio.run(scene())


def test_rolled_back_messages_never_leave(env, people):
    def refused() -> None:
        with pytest.raises(ValueError, match="no"), workspace_scope(people["ana"].workspace):
            push(None, "changed", {})
            raise ValueError("no")

    async def scene() -> None:
        async with running(env) as app:
            ana = Browser(app, people["ana"])
            task = ana.open()
            await ana.message()
            await asyncio.to_thread(refused)
            await asyncio.sleep(0.3)
            assert ana.parts.empty()
            ana.close()
            await task

    asyncio.run(scene())


def test_stream_of_a_deactivated_member_ends_at_once(env, people):
    async def scene() -> None:
        async with running(env) as app:
            ana = Browser(app, people["ana"])
            task = ana.open()
            await ana.message()
            await asyncio.to_thread(_push, people["ana"], people["ana"].member.id, "leave", {})
            assert await ana.message() is None
            await asyncio.wait_for(task, 2)

    asyncio.run(scene())


def test_ended_session_ends_the_stream_within_three_heartbeats(env, people):
    async def scene() -> None:
        async with running(env, heartbeat=0.05) as app:
            ana = Browser(app, people["ana"])
            task = ana.open()
            await ana.message()
            await asyncio.to_thread(people["ana"].session.delete)
            assert await ana.message() is None
            await asyncio.wait_for(task, 2)

    asyncio.run(scene())


def test_lost_database_connection_is_made_again(env, people):
    def cut() -> None:
        with psycopg.connect(env.DATABASE_DIRECT_URL, autocommit=True) as owner:
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
                " AND datname = current_database() AND pid <> pg_backend_pid()"
            )

    async def scene() -> None:
        async with running(env) as app:
            ana = Browser(app, people["ana"])
            task = ana.open()
            await ana.message()
            await asyncio.to_thread(cut)
            assert (await ana.message())["kind"] == "unread"  # told again, for what was missed
            await asyncio.to_thread(_push, people["ana"], None, "changed", {})
            assert (await ana.message())["kind"] == "changed"
            ana.close()
            await task

    asyncio.run(scene())
