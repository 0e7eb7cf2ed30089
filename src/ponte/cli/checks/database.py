"""The database: version, migrations, rights of the two roles, connections, workers and jobs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from ponte.cli.doctor import Check, Finding, bad, good, warning
from ponte.cli.surroundings import Surroundings


def _row(query: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        row = cursor.fetchone()
    assert row is not None  # every query here gives a row
    return tuple(row)


def server(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether it answers, how fast, in which version and size."""
    number, size, most, used = _row(
        "SELECT current_setting('server_version_num')::int, pg_database_size(current_database()), "
        "current_setting('max_connections')::int, (SELECT count(*) FROM pg_stat_activity)"
    )
    started = time.perf_counter()
    _row("SELECT 1")
    milliseconds = (time.perf_counter() - started) * 1000
    kind = "embedded" if surroundings.embedded else "your own"
    text = f"PostgreSQL {number // 10000}.{number % 10000} ({kind}), {size / 1e6:.0f} MB, answers in {milliseconds:.1f} ms"
    if milliseconds > 20:
        yield warning("database", text, "A page asks some ten times: bring the database nearer.")
    else:
        yield good("database", text)
    if used > 0.8 * most:
        yield warning(
            "connections", f"{used} of {most}", "Raise max_connections or lower PONTE_DATABASE_POOL."
        )


def migrations(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether every schema has this version's tables."""
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.schemas import fingerprint

    (there,) = _row("SELECT to_regclass('public.tenancy_workspace') IS NOT NULL")
    if not there:
        yield bad("tables", "none yet", "ponte migrate")
        return
    stale = Workspace.objects.exclude(fingerprint=fingerprint()).count()
    total = Workspace.objects.count()
    if stale:
        yield bad("tables", f"{stale} of {total} workspaces are of another version", "ponte migrate")
    else:
        yield good("tables", f"up to date, {total} workspaces")


def roles(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether the application works without rights it does not need."""
    name, superuser, create = _row(
        "SELECT current_user::text, (SELECT rolsuper FROM pg_roles WHERE rolname = current_user), "
        "has_database_privilege(current_database(), 'CREATE')"
    )
    advice = "Use two roles (docs/operations.md, Your own PostgreSQL): DATABASE_URL without DDL, DATABASE_DIRECT_URL as owner."
    if superuser:
        yield warning("roles", f"the application is the superuser {name}", advice)
    elif create:
        yield warning(
            "roles", f"{name} may create schemas: a fault in the application could change tables", advice
        )
    else:
        yield good("roles", f"{name} reads and writes rows only")
    yield from _audit()


def _audit() -> Iterator[Finding]:
    (there,) = _row("SELECT to_regclass('public.tenancy_workspace') IS NOT NULL")
    if not there:
        return
    (open_to_change,) = _row(
        "SELECT count(*) FROM pg_class c JOIN public.tenancy_workspace w ON w.schema_name = c.relnamespace::regnamespace::text "
        "WHERE c.relname IN ('core_auditentry', 'core_accessentry') AND has_table_privilege(c.oid, 'UPDATE, DELETE')"
    )
    if open_to_change:
        lost = f"{open_to_change} tables of the audit log could be changed by the application"
        yield warning("audit log", lost, "Use two roles (docs/operations.md), then ponte migrate --force.")
    else:
        yield good("audit log", "append-only for the application")


def workers(surroundings: Surroundings) -> Iterator[Finding]:
    """Whether somebody runs the jobs, and whether any wait or failed."""
    (there,) = _row("SELECT to_regclass('public.procrastinate_workers') IS NOT NULL")
    if not there:
        return
    alive, waiting, failed = _row(
        "SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'), "
        "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()), "
        "(SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')"
    )
    if not alive:
        yield warning(
            "workers", f"none alive, {waiting} jobs wait", "Start them: ponte up (or ponte worker)."
        )
    elif waiting > 1000:
        yield warning("workers", f"{alive} alive, {waiting} jobs wait", "Start more: ponte worker.")
    else:
        yield good("workers", f"{alive} alive, {waiting} jobs wait")
    if failed:
        yield warning(
            "jobs", f"{failed} failed for good", "Look at them under Settings, Jobs, and run them again."
        )


CHECKS: tuple[Check, ...] = (server, migrations, roles, workers)
