"""``workspace_scope``: the one way into a workspace's data.

Inside, unqualified table names mean the workspace's own tables; outside, those tables do not exist, so a
forgotten scope fails instead of leaking. The search path is set for the transaction only, which is
safe behind a transaction pooler.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.db import connection, transaction

from ponte.core.prepared import Prepared
from ponte.core.tenancy.models import Workspace

_current: ContextVar[Workspace | None] = ContextVar("ponte_workspace", default=None)
_named: ContextVar[Workspace | None] = ContextVar("ponte_named_workspace", default=None)
_ACTIVE = Prepared[Workspace](lambda slug: Workspace.objects.filter(slug=slug, is_active=True), str)


class OutsideWorkspace(RuntimeError):
    """Code that needs a workspace ran without one."""


class NestedWorkspace(RuntimeError):
    """A scope was opened for another workspace inside an open one."""


def current_workspace() -> Workspace:
    """Return the workspace whose scope is open; raise ``OutsideWorkspace`` when there is none."""
    workspace = _current.get()
    if workspace is None:
        raise OutsideWorkspace("no workspace_scope is open")
    return workspace


def find_workspace(key: Workspace | UUID | str) -> Workspace:
    """Return a workspace by itself, its id or its slug; raise ``Workspace.DoesNotExist`` otherwise."""
    if isinstance(key, Workspace):
        return key
    if isinstance(key, UUID):
        return Workspace.objects.get(id=key)
    try:
        return Workspace.objects.get(id=UUID(key))
    except ValueError:
        return Workspace.objects.get(slug=key)


def active_workspace(slug: str) -> Workspace | None:
    """Return the workspace in use at a public address, None when there is none."""
    return _ACTIVE.first(slug)


@contextmanager
def workspace_scope(key: Workspace | UUID | str, *, durable: bool = True) -> Iterator[Workspace]:
    """Open one transaction inside a workspace; commit at the end, roll back on an exception.

    A scope may be opened again for the same workspace (it becomes a savepoint), never for another one. With
    ``durable=False`` the commit doesn't wait for the disk: for requests that only read, whose notes of who saw what may
    lose the last fraction of a second in a crash, and for chunks of a long job that note how far they came.
    """
    workspace = find_workspace(key)
    outer = _current.get()
    if outer is not None and outer.id != workspace.id:
        raise NestedWorkspace(f"scope of {outer.slug} is open, {workspace.slug} asked for")
    token = _current.set(workspace)
    try:
        with transaction.atomic():
            if outer is None:
                path = f'"{workspace.schema_name}", public'
                _set_local(search_path=path, **({} if durable else {"synchronous_commit": "off"}))
            yield workspace
            if outer is None and len(connection.savepoint_ids) > 0:
                # only under a test's transaction: leave the path as it was found
                _set_search_path("public")
    finally:
        _current.reset(token)


@contextmanager
def workspace_context(key: Workspace | UUID | str) -> Iterator[Workspace]:
    """Name the workspace without opening a transaction, for jobs that commit in chunks.

    Tables stay out of reach until ``workspace_scope(named_workspace())`` is opened per chunk.
    """
    workspace = find_workspace(key)
    token = _named.set(workspace)
    try:
        yield workspace
    finally:
        _named.reset(token)


def named_workspace() -> Workspace:
    """Return the workspace of the open scope or, in a chunked job, the one it works for."""
    workspace = _current.get() or _named.get()
    if workspace is None:
        raise OutsideWorkspace("no workspace is named here")
    return workspace


def _set_search_path(path: str) -> None:
    _set_local(search_path=path)


def _set_local(**settings: str) -> None:
    """Set for this transaction alone, in one statement."""
    calls = ", ".join(["set_config(%s, %s, true)"] * len(settings))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])
