"""`ponte manage`: Django's own commands, with Ponte's surroundings."""

import os
import warnings

import typer

from ponte.cli.surroundings import default_home, prepare, start_django

# These work without a database; nothing is started for them.
WITHOUT_DATABASE = frozenset({
    "check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages",
    "makemigrations", "messages", "openapi", "version", "--help", "--version",
})  # fmt: skip


def manage(context: typer.Context) -> None:
    """Run one of Django's commands, for example `ponte manage shell`."""
    arguments = context.args or ["help"]
    if arguments[0] in WITHOUT_DATABASE:
        _prepare_without_database()
    else:
        prepare()
    start_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["ponte manage", *arguments])


def _prepare_without_database() -> None:
    from ponte.cli.postgres import find_server

    home = default_home()
    os.environ["PONTE_HOME"] = str(home)
    if os.environ.get("DATABASE_URL"):
        return
    server = find_server(home) if os.access(home / "postgres.json", os.R_OK) else None
    os.environ["DATABASE_URL"] = server.app_url if server else "postgresql://nobody@/ponte?host=/nonexistent"
    if server:
        os.environ["DATABASE_DIRECT_URL"] = server.owner_url
    else:
        os.environ["PONTE_DATABASE_POOL"] = "0"  # a pool would wait for the server that is not there
        warnings.filterwarnings("ignore", message="Got an error checking a consistent migration history")
