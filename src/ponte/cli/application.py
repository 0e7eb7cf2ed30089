"""All commands put together, and how their failures are told."""

import sys

import typer

from ponte.cli.postgres.commands import app as postgres
from ponte.cli.postgres.errors import PostgresProblem

app = typer.Typer(
    name="ponte",
    help="Ponte: customers seen whole.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(postgres, name="postgres")


def run() -> None:
    """Run the command line; a problem a person can mend is one line and exit code 1."""
    try:
        app()
    except PostgresProblem as problem:
        typer.secho(str(problem), fg="red", err=True)
        sys.exit(1)
