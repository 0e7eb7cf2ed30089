"""`ponte migrate`: every schema brought up to date."""

from typing import Annotated

import typer
from rich.console import Console

from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready


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

    from ponte.core.tenancy.schemas import migrate_all

    console = Console(stderr=True)
    seen: list[str] = []
    with console.status("Database …") as status:

        def progress(line: str) -> None:
            seen.append(line)
            status.update(f"Database: {line} ({len(seen)}) …")

        try:
            return migrate_all(progress=progress, force=force)
        except DatabaseError as problem:
            where = f" in {seen[-1]}" if seen else ""
            raise Problem(
                f"The database could not be brought up to date{where}: {str(problem).strip()}"
            ) from problem
