"""`ponte migrate`: every schema brought up to date."""

import hashlib
from pathlib import Path
from typing import Annotated

import typer

from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready

_MARK = "ponte "


def migrate(
    force: Annotated[
        bool, typer.Option("--force", help="Look into every schema, even those marked as current.")
    ] = False,
) -> None:
    """Bring the database up to date: shared tables, template and every workspace, each by itself.

    Safe to run again after a failure: what is done is skipped.
    """
    ready()
    migrated = migrate_with_progress(force=force)
    typer.echo(f"{migrated} schemas brought up to date" if migrated else "everything is up to date")


def migrate_with_progress(*, force: bool = False) -> int:
    """Run the migrations and show which schema is being worked on; return how many were changed.

    Raises:
        Problem: a migration failed; the message names it.
    """
    from django.db import DatabaseError
    from rich.console import Console

    from ponte.core.tenancy.schemas import migrate_all

    version = _version_of_migrations()
    if not force and _is_current(version):
        return 0
    console = Console(stderr=True)
    seen: list[str] = []
    with console.status("Database …") as status:

        def progress(line: str) -> None:
            seen.append(line)
            status.update(f"Database: {line} ({len(seen)}) …")

        try:
            migrated = migrate_all(progress=progress, force=force)
        except DatabaseError as problem:
            where = f" in {seen[-1]}" if seen else ""
            reason = str(problem).strip()
            raise Problem(f"The database could not be brought up to date{where}: {reason}") from problem
    _note(version)
    return migrated


def _version_of_migrations() -> str:
    """A digest of every migration of every installed app, shared and per workspace."""
    from django.apps import apps

    from ponte.core.tenancy.schemas import fingerprint

    digest = hashlib.sha256(fingerprint().encode())
    for config in sorted(apps.get_app_configs(), key=lambda each: each.label):
        for file in sorted((Path(config.path) / "migrations").glob("[0-9]*.py")):
            digest.update(f"{config.label}/{file.name}".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _is_current(version: str) -> bool:
    """Whether a start with these very migrations went through before; saves most of a start's time."""
    from django.db import connections

    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.schemas import fingerprint

    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('public.django_migrations'), 'pg_class')")
        row = cursor.fetchone()
    if row is None or row[0] != _MARK + version:
        return False
    return not Workspace.objects.exclude(fingerprint=fingerprint()).exists()


def _note(version: str) -> None:
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(f"COMMENT ON TABLE public.django_migrations IS '{_MARK}{version}'")
