"""The tests' database: a shared embedded server, migrated once per state of the migrations."""

from __future__ import annotations

import getpass
import hashlib
import os
import tempfile
from pathlib import Path

from ponte.cli.postgres import ensure_server
from ponte.cli.postgres.server import Server

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(tempfile.gettempdir()) / f"ponte-test-{getpass.getuser()}"


def database_name() -> str:
    """Return this process's database: ``PYTEST_DB`` keeps people apart, the worker's name parallel runs."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return "_".join(filter(None, [os.environ.get("PYTEST_DB", "test_ponte"), worker]))


def point_settings_at_test_database() -> Server:
    """Start the server and set the environment that Django's settings read."""
    server = ensure_server(HOME, throwaway=True)
    name = database_name()
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "ponte.config.settings",  # only now: settings read the addresses below
        "PONTE_HOME": str(HOME / "homes" / name),
        "DATABASE_URL": server.url_for("app", name),
        "DATABASE_DIRECT_URL": server.url_for("owner", name),
        "PONTE_DATABASE_POOL": "0",
        "PONTE_LOG_LEVEL": "ERROR",
    }
    return server


def state_of_migrations() -> str:
    """Return a digest of all migrations and of what set-up does, so that a migrated database can be copied."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    files = [*ROOT.glob("src/ponte/**/migrations/[0-9]*.py"), *ROOT.glob("src/ponte/core/tenancy/*.*")]
    for file in sorted(files):
        digest.update(str(file).encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def make_database(server: Server) -> None:
    """Create this process's database as a copy of a migrated one, which is made when it isn't there yet."""
    template = f"template_{state_of_migrations()}"
    if not _exists(server, template):
        _migrate_into(server, template)
    name = database_name()
    server.drop_database(name)
    server.create_database(name, template=template)


def _exists(server: Server, name: str) -> bool:
    import psycopg

    with psycopg.connect(server.superuser_url) as connection:
        return (
            connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
        )


def _migrate_into(server: Server, template: str) -> None:
    from django.db import connections

    from ponte.core.services.workspaces import create_workspace
    from ponte.core.tenancy.schemas import migrate_all

    making = f"{template}_{os.getpid()}"
    server.create_database(making)
    names = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    try:
        for alias in names:
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = making
        migrate_all()
        create_workspace(name="Empresa Teste", slug="teste")
        create_workspace(name="Outra Empresa", slug="outra")
    finally:
        for alias, name in names.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name
    _rename(server, making, template)


def _rename(server: Server, made: str, wanted: str) -> None:
    import psycopg

    with psycopg.connect(server.superuser_url, autocommit=True) as connection:
        try:
            connection.execute(f'ALTER DATABASE "{made}" RENAME TO "{wanted}"')
        except psycopg.errors.DuplicateDatabase:  # another process was first
            connection.execute(f'DROP DATABASE "{made}"')
