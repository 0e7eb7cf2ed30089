"""`ponte import <object> FILE`: the product's own importer from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponte.cli.finding import member_of, workspace_named
from ponte.cli.problems import Problem
from ponte.cli.surroundings import ready

if TYPE_CHECKING:
    from ponte.core.actors import Actor
    from ponte.core.tenancy.models import Workspace
    from ponte.workplace.models import ImportRun

COUNTS = ("created", "updated", "unchanged", "skipped", "rejected")
SHOWN_REJECTIONS = 20


def import_file(
    what: Annotated[
        str, typer.Argument(metavar="OBJECT", help="What the rows are: people, companies, orders …")
    ],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX, as it comes.", exists=True, dir_okay=False)],
    workspace: Annotated[str, typer.Option("--workspace", "-w", help="Address (slug) of the workspace.")],
    user: Annotated[
        str | None, typer.Option("--user", "-u", help="Import in this person's name and rights.")
    ] = None,
    source: Annotated[str, typer.Option(help="System the data come from; name space of their ids.")] = "",
    policy: Annotated[
        str, typer.Option(help="For records that are there: update, fill, skip, ask or create.")
    ] = "",
    kit: Annotated[
        str,
        typer.Option(
            help="Its exporter: hubspot, pipedrive, rdstation, agendor, ploomes, salesforce, zoho or none."
        ),
    ] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help='"Column=field", again for each; "Column=" leaves it out. The rest is guessed.'
        ),
    ] = None,
    constant: Annotated[
        list[str] | None, typer.Option("--set", help='"field=value" for every row; may be given again.')
    ] = None,
    rejected: Annotated[
        Path | None, typer.Option(help="Write refused rows with their reasons to this CSV.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, change nothing.")
    ] = False,
) -> None:
    """Import a file: columns are guessed as on the page, and a second time changes nothing.

    An import that is interrupted goes on by itself as soon as a worker runs. Exit code 1 when it failed.
    """
    ready()
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.workplace.services.import_starting import delete_import, start_import

    tenant = workspace_named(workspace)
    with workspace_scope(tenant):
        actor = _actor(user)
        run = _draft(what, file, actor, source, policy, kit, mapping, constant)
        if dry_run:
            _try(run, tenant)
            delete_import(run=run, actor=actor)
            return
        start_import(run=run, actor=actor, in_background=False)
    done = _carry_on(run, tenant)
    with workspace_scope(tenant):
        _report(done, rejected)
    if done.state == done.State.FAILED:
        raise Problem(f"The import stopped: {done.error}")


def _actor(user: str | None) -> Actor:
    from ponte.core.actors import Actor

    return Actor.for_member(member_of(user)) if user else Actor.system("ponte import")


def _draft(
    what: str,
    file: Path,
    actor: Actor,
    source: str,
    policy: str,
    kit: str,
    mapping: list[str] | None,
    constant: list[str] | None,
) -> ImportRun:
    """Take the file in and say how its columns are understood."""
    from django.core.files.base import File

    from ponte.workplace.importing import targets
    from ponte.workplace.importing.extensions import extended
    from ponte.workplace.services.imports import create_import, map_import

    target = targets.get(what)
    if target is None:
        raise Problem(f"{what} cannot be imported. Choose one of: {', '.join(each.key for each in targets)}")
    with file.open("rb") as content:
        run = create_import(
            actor=actor,
            target=what,
            upload=File(content),
            name=file.name,
            source=source,
            policy=policy,
            kit=kit,
        )
    offered = {field.key for field in extended(target, actor.member).fields}
    if mapping or constant:
        columns = {int(index): key for index, key in run.plan["columns"].items()}
        columns |= _columns(run, _pairs(mapping or [], "--map"), offered)
        constants = {**run.plan["constants"], **_pairs(constant or [], "--set")}
        _require_fields(constants, offered)
        kept = {index: key for index, key in columns.items() if key}
        run = map_import(run=run, actor=actor, columns=kept, constants=constants)
    _show_plan(run)
    return run


def _pairs(given: list[str], option: str) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, value = each.rpartition("=") if option == "--map" else each.partition("=")
        if not equals:
            raise Problem(f"{option} takes name=value, not {each!r}")
        pairs[name.strip()] = value.strip()
    return pairs


def _columns(run: ImportRun, given: dict[str, str], offered: set[str]) -> dict[int, str]:
    places = {header.strip().casefold(): index for index, header in enumerate(run.headers)}
    unknown = [header for header in given if header.casefold() not in places]
    if unknown:
        raise Problem(f"The file has no column {', '.join(unknown)}. It has: {', '.join(run.headers)}")
    _require_fields({key: "" for key in given.values() if key}, offered)
    return {places[header.casefold()]: key for header, key in given.items()}


def _require_fields(given: dict[str, Any], offered: set[str]) -> None:
    unknown = sorted(set(given) - offered)
    if unknown:
        raise Problem(f"There is no field {', '.join(unknown)}. There are: {', '.join(sorted(offered))}")


def _show_plan(run: ImportRun) -> None:
    from rich.console import Console
    from rich.table import Table

    columns = {int(index): key for index, key in run.plan["columns"].items()}
    table = Table("column", "becomes", box=None, header_style="bold")
    for index, header in enumerate(run.headers):
        table.add_row(header, columns.get(index, "[dim]left out[/]"))
    for key, value in run.plan["constants"].items():
        table.add_row(f"[dim]always[/] {value}", key)
    console = Console(stderr=True)
    console.print(
        f"{run.file_name}: about {run.estimated_rows} rows, source {run.source}, policy {run.policy}"
    )
    console.print(table)


def _try(run: ImportRun, tenant: Workspace) -> None:
    from ponte.workplace.importing.dry_run import try_whole

    trial = try_whole(run, tenant)
    typer.echo(
        f"would import {trial.rows} rows: " + ", ".join(f"{trial.counts[name]} {name}" for name in COUNTS)
    )
    for number, problems in trial.rejected[:SHOWN_REJECTIONS]:
        typer.echo(f"  row {number}: " + "; ".join(each.message for each in problems))


def _carry_on(run: ImportRun, tenant: Workspace) -> ImportRun:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    from ponte.core.tenancy.scope import workspace_context
    from ponte.workplace.importing.running import carry_on

    columns = (BarColumn(), MofNCompleteColumn(), "rows", TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar, workspace_context(tenant):
        task = bar.add_task("", total=run.estimated_rows)

        def progress(current: ImportRun) -> None:
            bar.update(task, completed=current.rows, total=max(current.estimated_rows, current.rows))

        done = carry_on(run.id, progress=progress)
        bar.update(task, completed=done.rows, total=done.rows)
    return done


def _report(done: ImportRun, rejected: Path | None) -> None:
    from ponte.workplace.importing.rejected import labels_of, reason, rejected_csv

    counts = ", ".join(f"{getattr(done, name)} {name}" for name in COUNTS)
    typer.echo(f"{done.rows} rows: {counts}")
    labels = labels_of(done)
    for each in done.rejections.order_by("row")[:SHOWN_REJECTIONS]:
        typer.echo(f"  row {each.row}: {reason(labels, each.problems)}")
    if done.rejected > SHOWN_REJECTIONS:
        typer.echo(f"  … and {done.rejected - SHOWN_REJECTIONS} more (--rejected FILE writes them all)")
    if rejected and done.rejected:
        with rejected.open("w", encoding="utf-8", newline="") as out:
            out.writelines(rejected_csv(done))
