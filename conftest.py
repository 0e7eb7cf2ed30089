"""Fixtures of the whole suite. Tests run in one workspace's scope and leave nothing behind."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import django
import pytest
from tests.support.database import make_database, point_settings_at_test_database
from tests.support.lanes import OneBrowserAtATime, drives_a_browser

SERVER = point_settings_at_test_database()
django.setup()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each worker choose its own database: an inherited settings module is read before any conftest."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal files out to the workers, all that drives a browser to one."""
    return OneBrowserAtATime(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first: pytest-django, which puts what uses the database first, has sorted before.

    Two tests of one id stop the suite: xdist, which deals tests out by their ids, would run one of them and call that all.
    """
    twice = [nodeid for nodeid, times in Counter(item.nodeid for item in items).items() if times > 1]
    if twice:
        raise pytest.UsageError(f"several tests are called {twice[0]}")
    items.sort(key=lambda item: not drives_a_browser(item.path.as_posix()))


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Create the database as a copy of a migrated one."""
    with django_db_blocker.unblock():
        make_database(SERVER)
        yield
        from django.db import connections

        connections.close_all()


@pytest.fixture(autouse=True)
def _fresh_turns() -> None:
    """Let each test begin with full turns of the public pages: what a process counts outlives a test."""
    from ponte.core.turns import forget_turns_here

    forget_turns_here()


@pytest.fixture
def workspace(db: None) -> Iterator[Any]:
    """Open the scope of the workspace "teste" for the test."""
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope("teste") as opened:
        yield opened


@pytest.fixture
def other_workspace(workspace: Any) -> Any:
    """Return another business's workspace; enter it with ``inside(other_workspace)``."""
    from ponte.core.tenancy.models import Workspace

    return Workspace.objects.get(slug="outra")


@pytest.fixture
def inside(workspace: Any) -> Callable[[Any], Any]:
    """Return a context manager that leaves the test's workspace for another one for a while."""
    from ponte.core.tenancy import scope

    @contextmanager
    def enter(other: Any) -> Iterator[Any]:
        token = scope._current.set(None)
        try:
            with scope.workspace_scope(other) as opened:
                yield opened
        finally:
            scope._current.reset(token)
            scope._set_search_path(f'"{workspace.schema_name}", public')

    return enter


@pytest.fixture
def member_with(workspace: Any) -> Callable[..., Any]:
    """Return a factory of members: ``member_with("salesperson", team=team, name="Ana")``."""
    from ponte.core.actors import Actor
    from ponte.core.services.workspaces import add_member
    from ponte.core.tenancy.models import User

    def make(role: Any = "salesperson", *, team: Any = None, name: str = "", language: str = "pt-br") -> Any:
        number = User.objects.count() + 1
        label = name or f"{getattr(role, 'name', role)} {number}".capitalize()
        user = User.objects.create(
            email=f"pessoa{number}@teste.example", name=label, language=language, password="!unusable"
        )
        return add_member(user=user, role=role, team=team, actor=Actor.system("test"))

    return make


@pytest.fixture
def admin(member_with: Callable[..., Any]) -> Any:
    """Return the workspace's administrator."""
    return member_with("administrator", name="Alice Administradora")


@pytest.fixture
def actor(admin: Any) -> Any:
    """Return the administrator as an actor."""
    from ponte.core.actors import Actor

    return Actor.for_member(admin)


@pytest.fixture
def client_for(workspace: Any) -> Callable[[Any], Any]:
    """Return a factory of logged-in browsers; paths start with ``/teste/``."""
    from django.test import Client

    from ponte.core.tenancy.models import User

    def make(member: Any, **options: Any) -> Client:
        client = Client(**options)
        client.force_login(User.objects.get(id=member.user_id), "django.contrib.auth.backends.ModelBackend")
        return client

    return make


@pytest.fixture
def api_for(workspace: Any) -> Callable[..., Any]:
    """Return a factory of API clients: ``api_for(member, scopes=["customers:read"])``; all scopes by default."""
    from tests.support.clients import ApiClient

    from ponte.core.actors import Actor
    from ponte.core.services.tokens import SCOPES, create_token

    def make(member: Any, scopes: Any = SCOPES) -> ApiClient:
        _, secret = create_token(member=member, name="teste", scopes=list(scopes), actor=Actor.system("test"))
        return ApiClient(secret)

    return make


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Return the function that runs queued jobs now."""
    from tests.support.jobs import run_queued_jobs

    return run_queued_jobs
