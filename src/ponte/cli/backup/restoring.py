"""`ponte restore FILE`: everything back as it was, or one workspace beside the others."""

from __future__ import annotations

import json
import os
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from psycopg import sql

from ponte.cli.backup.archive import Manifest, dump_of, files_of, key_mark, keys_of, member, reading
from ponte.cli.backup.tools import restore_as_sql, run
from ponte.cli.postgres import Server, find_server
from ponte.cli.postgres.databases import OWNER
from ponte.cli.postgres.server import DATABASE
from ponte.cli.problems import Problem
from ponte.cli.surroundings import Surroundings, default_home, prepare, start_django, write_keys

BEFORE, COMING = f"{DATABASE}_before_restore", f"{DATABASE}_coming"


def restore(
    file: Annotated[Path, typer.Argument(help="A file made by `ponte backup`.", dir_okay=False, exists=True)],
    slug: Annotated[
        str | None,
        typer.Option("--as", help="For a backup of one workspace: another address to restore it under."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Bring back a backup: everything (stop `ponte up` first), or the one workspace it holds.

    What the embedded database held before a full restore is kept in the database ponte_before_restore.
    """
    with reading(file) as (manifest, tar):
        what = f"the workspace {manifest.workspace['slug']}" if manifest.kind == "workspace" else "everything"
        if not yes and not typer.confirm(f"Restore {what}, as of {manifest.made_at}?"):
            raise typer.Exit(1)
        if manifest.kind == "workspace":
            from ponte.cli.backup.one_workspace import restore_workspace

            restored = restore_workspace(manifest, tar, slug=slug)
            typer.echo(f"workspace {restored} restored")
            return
        if slug:
            raise Problem("--as is for backups of one workspace; this one holds everything.")
        restore_all(manifest, tar)
        typer.echo("everything restored")


def restore_all(manifest: Manifest, tar: tarfile.TarFile) -> None:
    """Replace the whole installation by the backup. The database changes in one step, when all of it is in.

    Raises:
        Problem: it could not be done; the database is as it was.
    """
    settle_keys(manifest, tar)
    surroundings = prepare()
    require_key(manifest)
    if surroundings.embedded:
        server = find_server(surroundings.home)
        assert server is not None  # prepare() holds it
        _replace_embedded(server, tar)
    else:
        _fill_foreign(surroundings, tar)
    start_django()
    from ponte.cli.migrating import migrate_with_progress

    migrate_with_progress(force=True)  # rights of the application's role come with it
    put_files(tar)


def settle_keys(manifest: Manifest, tar: tarfile.TarFile) -> None:
    """Take the backup's keys, unless the environment gives them; keys it replaces are kept beside."""
    from ponte.cli.postgres.place import make_home

    keys = keys_of(tar)
    if keys is None or os.environ.get("PONTE_ENCRYPTION_KEY"):
        return
    home = make_home(default_home())
    file = home / "keys.json"
    if file.exists():
        if json.loads(file.read_text(encoding="utf-8")) == keys:
            return
        file.rename(home / f"keys-before-{datetime.now(UTC):%Y%m%d%H%M%S}.json")
    write_keys(file, keys)


def require_key(manifest: Manifest) -> None:
    """Refuse a backup whose secrets could not be read afterwards.

    Raises:
        Problem: this installation has another encryption key.
    """
    from ponte.cli.surroundings import read_settings

    if key_mark(read_settings().PONTE_ENCRYPTION_KEY) != manifest.key_mark:
        raise Problem(
            "This backup was made with another encryption key: its secrets and its audit log could not be read. "
            "Set PONTE_ENCRYPTION_KEY to the key of the installation it comes from."
        )


def _replace_embedded(server: Server, tar: tarfile.TarFile) -> None:
    """Restore into a new database beside the present one, then let them change names."""
    admin = server.url_for("superuser", "postgres")
    with closing(psycopg.connect(admin, autocommit=True)) as connection:
        _require_idle(connection)
        server.drop_database(COMING)
        server.create_database(COMING)
        try:
            with dump_of(tar) as dump:
                options = ["--no-owner", "--no-acl", f"--role={OWNER}", "--exit-on-error", "--jobs=2"]
                run("pg_restore", [*options, f"--dbname={COMING}", str(dump)], url=admin)
        except BaseException:
            server.drop_database(COMING)
            raise
        _require_idle(connection)
        server.drop_database(BEFORE)
        with connection.transaction():
            for old, new in ((DATABASE, BEFORE), (COMING, DATABASE)):
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(old), sql.Identifier(new)))


def _require_idle(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
    row = connection.execute(query, [DATABASE]).fetchone()
    if row and row[0]:
        raise Problem("Ponte is running on this database. Stop `ponte up` (and other ponte commands) first.")


def _fill_foreign(surroundings: Surroundings, tar: tarfile.TarFile) -> None:
    """A database of one's own must be empty; it is filled in one transaction."""
    with psycopg.connect(surroundings.superuser_url) as connection:
        row = connection.execute("SELECT to_regclass('public.django_migrations') IS NOT NULL").fetchone()
    if row and row[0]:
        raise Problem(
            "The database of DATABASE_URL is not empty. Create an empty one, let DATABASE_URL point to it, "
            "and restore again; the present one stays as it is."
        )
    with dump_of(tar) as dump:
        restore_as_sql(dump, url=surroundings.superuser_url, rewrite=lambda lines: lines)


def put_files(tar: tarfile.TarFile, *, prefix: tuple[str, str] | None = None) -> int:
    """Put the attachments into the storage, under another folder where `prefix` (old, new) says so.

    Files that are there already in the same size are left. Returns how many were written.
    """
    from django.core.files import File
    from django.core.files.storage import default_storage

    written = 0
    for key, info in files_of(tar):
        name = prefix[1] + key.removeprefix(prefix[0]) if prefix and key.startswith(prefix[0]) else key
        if default_storage.exists(name):
            if default_storage.size(name) == info.size:
                continue
            default_storage.delete(name)
        default_storage.save(name, File(member(tar, info), name=name))
        written += 1
    return written
