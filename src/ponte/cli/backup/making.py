"""`ponte backup FILE`."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ponte.cli.backup.archive import DUMP, FILES, KEYS, Manifest, add_bytes, add_stream, key_mark, writing
from ponte.cli.backup.tools import run
from ponte.cli.problems import Problem
from ponte.cli.surroundings import Surroundings, ready

if TYPE_CHECKING:
    from ponte.core.tenancy.models import Workspace

LAST_BACKUP = "last-backup.json"


def backup(
    file: Annotated[Path, typer.Argument(help="File to write, e.g. ponte-2026-11-22.tar.", dir_okay=False)],
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Only this workspace. [default: everything]")
    ] = None,
    without_keys: Annotated[
        bool,
        typer.Option(
            "--without-keys", help="Leave the installation's keys out; keep PONTE_HOME/keys.json yourself."
        ),
    ] = False,
) -> None:
    """Write database and attachments into one file, while people go on working.

    It holds personal data and the installation's keys: keep it where nobody else reads it.
    """
    surroundings = ready()
    if file.exists():
        raise Problem(f"{file} exists already; choose another name.")
    from ponte.cli.finding import workspace_named

    chosen = workspace_named(workspace) if workspace else None
    make_backup(file, surroundings, workspace=chosen, with_keys=not without_keys)
    _note(surroundings.home, file, workspace)
    typer.echo(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def make_backup(
    file: Path, surroundings: Surroundings, *, workspace: Workspace | None = None, with_keys: bool = True
) -> None:
    """Write a backup of everything, or of one workspace.

    Raises:
        Problem: it could not be made; no file is left.
    """
    from rich.console import Console

    file = file.absolute()
    manifest = _manifest(workspace)
    selection = [f"--schema={workspace.schema_name}"] if workspace else []
    console = Console(stderr=True)
    try:
        scratch = tempfile.TemporaryDirectory(prefix=".ponte-backup-", dir=file.parent)
    except OSError as problem:
        raise Problem(f"The backup cannot be written to {file.parent}: {problem.strerror}.") from problem
    with scratch as folder, writing(file, manifest) as tar:
        dump = Path(folder) / DUMP
        with console.status("Database …"):
            options = ["--format=custom", "--no-owner", "--no-acl", f"--file={dump}", *selection]
            run("pg_dump", options, url=surroundings.superuser_url)
        with dump.open("rb") as stream:
            add_stream(tar, DUMP, stream, dump.stat().st_size)
        dump.unlink()
        keys = surroundings.home / KEYS
        if with_keys and not workspace and keys.exists():
            add_bytes(tar, KEYS, keys.read_bytes())
        with console.status("Files …") as status:
            for number, (key, size) in enumerate(stored_files(workspace.schema_name if workspace else ""), 1):
                _add_file(tar, key, size)
                if number % 100 == 0:
                    status.update(f"Files: {number} …")


def _add_file(tar: Any, key: str, size: int) -> None:
    from django.core.files.storage import default_storage

    try:
        stream = default_storage.open(key)
    except FileNotFoundError:  # removed while we were at it
        return
    with stream:
        add_stream(tar, FILES + key, stream, size)


def stored_files(folder: str) -> Iterator[tuple[str, int]]:
    """Key and size in bytes of every stored file below a folder of the storage."""
    from django.core.files.storage import default_storage

    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    for name in sorted(files):
        if name:
            yield prefix + name, default_storage.size(prefix + name)
    for name in sorted(folders):
        yield from stored_files(prefix + name)


def _manifest(workspace: Workspace | None) -> Manifest:
    from django.conf import settings

    return Manifest(
        kind="workspace" if workspace else "all",
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        ponte=version("ponte"),
        key_mark=key_mark(settings.PONTE_ENCRYPTION_KEY),
        workspace=_describe(workspace) if workspace else {},
    )


def _describe(workspace: Workspace) -> dict[str, Any]:
    """The workspace's row of the shared schema, and the accounts of those who belong to it."""
    columns = (
        "slug",
        "name",
        "kind",
        "schema_name",
        "fingerprint",
        "language",
        "timezone",
        "currency",
        "is_demo",
    )
    users = [
        {
            "id": str(membership.user.id),
            "email": membership.user.email,
            "name": membership.user.name,
            "password": membership.user.password,
            "language": membership.user.language,
            "is_active": membership.is_active,
        }
        for membership in workspace.memberships.select_related("user")
    ]
    return {"id": str(workspace.id), **{name: getattr(workspace, name) for name in columns}, "users": users}


def _note(home: Path, file: Path, workspace: str | None) -> None:
    """Remember the last backup of everything, for `ponte doctor`."""
    if workspace is None:
        note = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), "file": str(file.absolute())}
        with os.fdopen(os.open(home / LAST_BACKUP, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(note, out)
