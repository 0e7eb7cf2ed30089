"""`ponte export`: everything a workspace holds, in open formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ponte.cli.finding import workspace_named
from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready


def export(
    folder: Annotated[Path, typer.Argument(help="New or empty folder to write to.", file_okay=False)],
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Address (slug) of the workspace.")],
) -> None:
    """Write every table as CSV and JSON lines, and every attachment, with a manifest that describes them.

    All of it is read at one moment. The export is noted in the workspace's log of accesses.
    """
    ready()
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from ponte.core.actors import Actor
    from ponte.core.services import audit
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.workplace.exporting.complete import export_workspace
    from ponte.workplace.exporting.sources import export_sources

    tenant = workspace_named(workspace)
    rows = 0
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("tables  {task.description}"))
    with Progress(*columns, console=Console(stderr=True)) as bar, workspace_context(tenant):
        task = bar.add_task("", total=sum(1 for _ in export_sources()))

        def progress(table: str, written: int) -> None:
            nonlocal rows
            rows += written
            bar.update(task, advance=1, description=table)

        try:
            export_workspace(folder, progress=progress)
        except FileExistsError as problem:
            raise Problem(f"{folder} is not empty; choose a new folder.") from problem
        except OSError as problem:
            raise Problem(
                f"The export cannot be written to {folder}: {problem.strerror or problem}."
            ) from problem
    with workspace_scope(tenant):
        actor = Actor.system("ponte export")
        audit.record_view(
            actor=actor, object_type="workspace", ids=[tenant.id], where="ponte export", act="export"
        )
    typer.echo(f"{folder}: {rows} rows")
