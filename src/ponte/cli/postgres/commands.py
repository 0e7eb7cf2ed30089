"""`ponte postgres start|stop|status|url`: the embedded server by itself, for developers and operators."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ponte.cli.postgres.errors import PostgresProblem
from ponte.cli.postgres.lease import keep_running, stop_now
from ponte.cli.postgres.server import Server, find_server, running_pid
from ponte.cli.surroundings import default_home

app = typer.Typer(help="The embedded PostgreSQL server by itself.", no_args_is_help=True)

Home = Annotated[
    Path | None,
    typer.Option("--home", help="Data directory (default: PONTE_HOME).", file_okay=False, readable=False),
]
Database = Annotated[str, typer.Option("--database", "-d", help="Database to speak of; made when missing.")]


class Who(StrEnum):
    """The three roles of the embedded server."""

    APP = "app"
    OWNER = "owner"
    SUPERUSER = "superuser"


def _running(home: Path | None) -> Server:
    server = find_server((home or default_home()).absolute())
    if server is None:
        raise PostgresProblem(
            "The embedded PostgreSQL of this data directory is not running (ponte postgres start)."
        )
    return server


@app.command()
def start(home: Home = None, database: Database = "ponte") -> None:
    """Start the server (or find it running) and leave it running in the background."""
    server = keep_running((home or default_home()).absolute())
    server.create_database(database)
    typer.echo("started" if server.started_here else "was running already")


@app.command()
def stop(home: Home = None) -> None:
    """Stop the server, rolling back what is under way."""
    typer.echo("stopped" if stop_now((home or default_home()).absolute()) else "was not running")


@app.command()
def status(home: Home = None) -> None:
    """Tell whether the server runs, and where its files are."""
    server = _running(home)
    typer.echo(f"running, process {running_pid(server.place)}")
    typer.echo(f"data     {server.place.data}\nlog      {server.place.log}\nsocket   {server.place.socket}")
    typer.echo(f"programs {server.place.programs}")


@app.command()
def url(
    home: Home = None,
    database: Database = "ponte",
    role: Annotated[Who, typer.Option("--as", help="Whose address.")] = Who.APP,
) -> None:
    """Print the address of a database, password included (for psql, or DATABASE_URL)."""
    server = _running(home)
    server.create_database(database)
    typer.echo(server.url_for(role.value, database))
