"""Creating, migrating and dropping workspaces' schemas.

New schemas are cloned from the template schema by a SQL function that runs with its owner's rights, so that
the application's role needs no DDL of its own.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import translation

from ponte.core.founding import found
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.router import migrating_workspace
from ponte.core.tenancy.scope import workspace_scope

TEMPLATE_SCHEMA = "ws_template"
SCHEMA_PREFIX = "ws_"
_FUNCTIONS = Path(__file__).with_name("functions.sql")

Progress = Callable[[str], None]


def fingerprint() -> str:
    """Return a digest of every workspace migration this version has (and of the cloning function)."""
    digest = hashlib.sha256(_FUNCTIONS.read_bytes())
    for label in sorted(settings.TENANT_LABELS):
        folder = Path(apps.get_app_config(label).path) / "migrations"
        for file in sorted(folder.glob("[0-9]*.py")):
            digest.update(f"{label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def clone_schema(schema_name: str) -> None:
    """Create ``schema_name`` as an empty copy of the template, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.ponte_clone_workspace(%s, %s)", [TEMPLATE_SCHEMA, schema_name])


def drop_schema(schema_name: str) -> None:
    """Drop a workspace's schema with all it holds, in the caller's transaction. Not undone."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks still to come would hold the tables
        cursor.execute("SELECT public.ponte_drop_workspace(%s)", [schema_name])


def migrate_all(*, progress: Progress = lambda line: None, force: bool = False) -> int:
    """Bring the shared schema, the template and every workspace up to date.

    Each schema is migrated by itself, so a broken one doesn't stop a later run from resuming. Schemas whose fingerprint
    matches are skipped unless ``force``. Returns how many schemas were migrated.
    """
    _migrate_shared(progress)
    _install_functions()
    wanted = fingerprint()
    migrated = 0
    if force or _template_fingerprint() != wanted:
        progress("template")
        migrate_schema(TEMPLATE_SCHEMA)
        _note_template_fingerprint(wanted)
        migrated += 1
    stale = Workspace.objects.all() if force else Workspace.objects.exclude(fingerprint=wanted)
    for workspace in stale.order_by("id"):
        progress(workspace.slug)
        migrate_schema(workspace.schema_name)
        with workspace_scope(workspace), translation.override(workspace.language):
            found(workspace)
        Workspace.objects.filter(id=workspace.id).update(fingerprint=wanted)
        migrated += 1
    return migrated


def migrate_schema(schema_name: str) -> None:
    """Run the workspace migrations in one schema, creating it when it isn't there."""
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema_name}"')
        cursor.execute("SELECT public.ponte_grant_workspace(%s)", [schema_name])
    token = migrating_workspace.set(True)
    try:
        with _session_search_path(schema_name):
            _execute(tenant=True)
    finally:
        migrating_workspace.reset(token)
    with owner.cursor() as cursor:
        cursor.execute("SELECT public.ponte_protect_logs(%s)", [schema_name])


def _migrate_shared(progress: Progress) -> None:
    executor = MigrationExecutor(connections["owner"])
    labels = {c.label for c in apps.get_app_configs()} - settings.TENANT_LABELS
    targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
    if executor.migration_plan(targets):
        progress("shared")
        executor.migrate(targets)
    call_command("createcachetable", database="owner", verbosity=0)


def _execute(*, tenant: bool) -> None:
    owner = connections["owner"]
    MigrationRecorder(owner).ensure_schema()
    executor = MigrationExecutor(owner, _after_each)
    _refuse_half_migrated(executor)
    targets = [
        node for node in executor.loader.graph.leaf_nodes() if (node[0] in settings.TENANT_LABELS) == tenant
    ]
    executor.migrate(targets)


def _refuse_half_migrated(executor: MigrationExecutor) -> None:
    """Stop where only some of the migrations were run that one file has replaced since: Django would pass over the rest."""
    graph, applied = executor.loader.graph, executor.loader.applied_migrations
    for (label, name), migration in executor.loader.replacements.items():
        if (label, name) not in graph.nodes:
            missing = ", ".join(
                sorted(step for app, step in migration.replaces if (app, step) not in applied)
            )
            raise RuntimeError(
                f"The tables of {label} were made by a version of Ponte that still lacked {missing}. "
                "Start the last version before 2026-11-26 once, which brings them up to date, then this one."
            )


def _after_each(step: str, *_about: object) -> None:
    """Free the models as they were before a migration: they refer to each other, and a gigabyte of them would gather."""
    if step == "apply_success":
        gc.collect()


@contextmanager
def _session_search_path(schema_name: str) -> Iterator[None]:
    # the one place with a session-wide path: the owner's direct connection, never a pooled one
    owner = connections["owner"]
    with owner.cursor() as cursor:
        cursor.execute(f'SET search_path TO "{schema_name}"')
    try:
        yield
    finally:
        with owner.cursor() as cursor:
            cursor.execute("SET search_path TO public")


def _install_functions() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(_FUNCTIONS.read_text())


def _template_fingerprint() -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regnamespace(%s), 'pg_namespace')", [TEMPLATE_SCHEMA])
        row = cursor.fetchone()
    return (row and row[0]) or ""


def _note_template_fingerprint(value: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"COMMENT ON SCHEMA \"{TEMPLATE_SCHEMA}\" IS '{value}'")
