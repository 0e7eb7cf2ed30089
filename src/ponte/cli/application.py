"""All commands put together, and how their failures are told."""

import signal
import sys
from typing import Annotated, NoReturn

import typer

from ponte.cli import accounts, serving, workspaces
from ponte.cli.backup.making import backup
from ponte.cli.backup.restoring import restore
from ponte.cli.demo import demo
from ponte.cli.doctor import doctor
from ponte.cli.exporting import export
from ponte.cli.importing import import_file
from ponte.cli.manage import manage
from ponte.cli.migrating import migrate
from ponte.cli.postgres.commands import app as postgres
from ponte.cli.problems import Problem
from ponte.cli.up import up

NOT_MIGRATED = frozenset({"42P01", "42703", "42883", "3F000"})  # no such table, column, function, schema
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    name="ponte",
    help="Ponte: customers seen whole. Settings are environment variables, described in docs/operations.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(up)
app.command()(demo)
app.command()(migrate)
app.add_typer(workspaces.app, name="workspace")
app.add_typer(accounts.users, name="user")
app.add_typer(accounts.tokens, name="token")
app.command()(serving.web)
app.command()(serving.worker)
app.command()(serving.live)
app.add_typer(postgres, name="postgres")
app.command("import")(import_file)
app.command()(export)
app.command()(doctor)
app.command()(backup)
app.command()(restore)
app.command(context_settings=PASS_ON)(manage)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"Ponte {version('ponte')}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Ponte: customers seen whole. Settings are environment variables, described in docs/operations.md."""


def run() -> None:
    """Run the command line; a problem a person can mend is a few lines and exit code 1."""
    signal.signal(signal.SIGTERM, _end)  # so that the database is left in order, as after Ctrl+C
    try:
        app()
    except Problem as problem:
        _tell(str(problem))
    except Exception as problem:
        refusal = _refusal(problem)
        if refusal is None:
            raise
        _tell(refusal)


def _end(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def _tell(message: str) -> None:
    typer.secho(message, fg="red", err=True)
    sys.exit(1)


def _refusal(problem: Exception) -> str | None:
    """What a service or the database said, where it is no fault of ours."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError

    from ponte.core.errors import DomainError, Invalid

    if isinstance(problem, Invalid):
        return "\n".join(
            f"{each.field}: {each.message}" if each.field else str(each.message) for each in problem.problems
        )
    if isinstance(problem, OperationalError):
        return f"The database does not answer: {str(problem).strip()}"
    if isinstance(problem, ProgrammingError) and getattr(problem.__cause__, "sqlstate", "") in NOT_MIGRATED:
        return "The database is not up to date. Run: ponte migrate"
    if isinstance(problem, DomainError | ImproperlyConfigured):
        return str(problem)
    return None
