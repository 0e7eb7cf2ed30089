"""`ponte workspace create|list|delete`."""

from __future__ import annotations

from typing import Annotated

import typer

from ponte.cli.finding import workspace_named
from ponte.cli.surroundings import ready

app = typer.Typer(help="Workspaces: one business each.", no_args_is_help=True)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Name of the business.")],
    slug: Annotated[
        str | None, typer.Option(help="Address, e.g. padaria-sol. [default: made of the name]")
    ] = None,
    kind: Annotated[str, typer.Option(help="Kind of business.")] = "other",
    language: Annotated[str, typer.Option(help="pt-br or en.")] = "pt-br",
    timezone: Annotated[str, typer.Option(help="Time zone.")] = "America/Sao_Paulo",
    currency: Annotated[str, typer.Option(help="Currency code.")] = "BRL",
) -> None:
    """Make a workspace. Let people in with `ponte user create`."""
    from zoneinfo import available_timezones

    from ponte.cli.problems import Problem

    ready()
    from django.conf import settings

    from ponte.core.services.workspaces import create_workspace
    from ponte.core.tenancy.models import Workspace

    for value, offered, what in (
        (kind, set(Workspace.Kind.values), "kind of business"),
        (language, {code for code, _ in settings.LANGUAGES}, "language"),
        (timezone, available_timezones(), "time zone"),
    ):
        if value not in offered:
            hint = f" Choose one of: {', '.join(sorted(offered))}" if len(offered) < 20 else ""
            raise Problem(f"There is no {what} {value}.{hint}")
    made = create_workspace(
        name=name, slug=slug, kind=kind, language=language, timezone=timezone, currency=currency.upper()
    )
    typer.echo(f"workspace {made.slug} made; next: ponte user create --workspace {made.slug} --email …")


@app.command("list")
def list_workspaces() -> None:
    """Show the workspaces: address, name, people, size."""
    ready()
    from django.db import connection
    from django.db.models import Count, Q
    from rich.console import Console
    from rich.table import Table

    from ponte.core.tenancy.models import Workspace

    members = Count("memberships", filter=Q(memberships__is_active=True))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relnamespace::regnamespace::text, sum(pg_total_relation_size(oid)) / 1048576 "
            "FROM pg_class WHERE relkind = 'r' GROUP BY 1"
        )
        sizes = dict(cursor.fetchall())
    table = Table("address", "name", "people", "MB", "made on", "state", box=None, header_style="bold")
    for each in Workspace.objects.annotate(members=members).order_by("slug"):
        state = ", ".join(
            word for word, true in (("demo", each.is_demo), ("closed", not each.is_active)) if true
        )
        megabytes = f"{sizes.get(each.schema_name, 0):.0f}"
        table.add_row(
            each.slug, each.name, str(each.members), megabytes, f"{each.created_at:%Y-%m-%d}", state
        )
    Console().print(table)


@app.command("delete")
def delete(
    slug: Annotated[str, typer.Argument(help="Address of the workspace.")],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Delete a workspace with everything in it, for good. Take a backup first."""
    ready()
    from ponte.core.services.workspaces import delete_workspace

    workspace = workspace_named(slug)
    if (
        not yes
        and typer.prompt(f"Everything in {workspace.name} will be lost. Type its address to go on") != slug
    ):
        typer.echo("nothing was deleted", err=True)
        raise typer.Exit(1)
    delete_workspace(workspace)
    typer.echo(f"workspace {slug} deleted")
