"""A complete export: every table as CSV and JSON lines, every attachment, and a manifest that describes them.

``manifest.json`` names each file with its rows, columns and SHA-256. JSON lines are exact; in CSV, cells that a
spreadsheet would run are made plain text. All tables are read from one snapshot of the database.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import orjson
from django.core.files.storage import default_storage
from django.db import connection, transaction

from ponte.core.models import Attachment
from ponte.core.services.files import safe_name
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.exporting.sources import ExportSource, columns_of, export_sources, omissions

FORMAT, FORMAT_VERSION = "ponte-export", 1
BATCH = 2000
ExportProgress = Callable[[str, int], None]
_README = """Complete export of a Ponte workspace.

manifest.json   what is here: files, rows, columns, checksums
data/*.jsonl    one JSON object a line, exact values (dates in ISO 8601, money as text)
data/*.csv      the same for spreadsheets: UTF-8, comma, header row
files/          attachments, each under its id (see data/core.attachment.jsonl)

Columns ending in _id refer to the id column of another table.
"""


def export_workspace(directory: Path, *, progress: ExportProgress | None = None) -> dict[str, Any]:
    """Write everything the current workspace holds into ``directory``. Call it inside ``workspace_context``.

    Args:
        directory: made when it isn't there; must be empty.
        progress: called with a table's name and its rows as each is done.

    Returns:
        The manifest, as written to ``manifest.json``.

    Raises:
        FileExistsError: the directory holds something already.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    workspace = named_workspace()
    data = directory / "data"
    data.mkdir()
    files: list[dict[str, Any]] = []
    with _snapshot(workspace):
        for source in export_sources():
            entries = _write_table(source, data)
            files += entries
            if progress is not None:
                progress(source.key, entries[0]["rows"])
        files += _write_attachments(directory / "files")
    manifest = _manifest(workspace, files)
    (directory / "README.txt").write_text(_README, encoding="utf-8")
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (directory / "manifest.json").write_text(text, encoding="utf-8")
    return manifest


@contextmanager
def _snapshot(workspace: Workspace) -> Iterator[None]:
    """Open the workspace's scope so that all reads see the same moment."""
    if connection.in_atomic_block:
        with workspace_scope(workspace):
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with workspace_scope(workspace):
            yield


def _write_table(source: ExportSource, folder: Path) -> list[dict[str, Any]]:
    columns = columns_of(source)
    names = [column.attname for column in columns]
    lines, table = folder / f"{source.key}.jsonl", folder / f"{source.key}.csv"
    count = 0
    with lines.open("wb") as exact, table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        for row in _rows(source, names):
            count += 1
            exact.write(orjson.dumps(dict(zip(names, row, strict=True)), default=_plain) + b"\n")
            writer.writerow([_cell(value) for value in row])
    described = [{"name": column.attname, "type": column.get_internal_type()} for column in columns]
    common = {"table": source.key, "label": str(source.label), "rows": count, "columns": described}
    return [{"path": f"data/{path.name}", **_sum(path), **common} for path in (lines, table)]


def _rows(source: ExportSource, names: list[str]) -> Iterator[tuple[Any, ...]]:
    """Read a table in batches behind the last key, so that memory stays the same whatever its length."""
    rows = source.rows()
    key = rows.model._meta.pk
    assert key is not None
    last: Any = None
    while True:
        batch = list(
            (rows if last is None else rows.filter(**{f"{key.attname}__gt": last}))
            .order_by(key.attname)
            .values_list(key.attname, *names)[:BATCH]
        )
        for row in batch:
            yield row[1:]
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _write_attachments(folder: Path) -> list[dict[str, Any]]:
    written = []
    for attachment in Attachment.objects.order_by("id").iterator(chunk_size=500):
        folder.mkdir(exist_ok=True)
        path = folder / f"{attachment.id}-{safe_name(attachment.name)}"
        try:
            with default_storage.open(attachment.storage_key) as stored, path.open("wb") as copy:
                _copy(stored, copy)
        except OSError:
            path.unlink(missing_ok=True)
            written.append({"path": f"files/{path.name}", "missing": True})
            continue
        written.append({"path": f"files/{path.name}", **_sum(path)})
    return written


def _copy(stored: Any, copy: IO[bytes]) -> None:
    while block := stored.read(1 << 20):
        copy.write(block)


def _manifest(workspace: Workspace, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "ponte_version": version("ponte"),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workspace": {
            name: str(getattr(workspace, name))
            for name in ("id", "slug", "name", "kind", "language", "timezone", "currency")
        },
        "files": files,
        "left_out": [{"table": each.key, "reason": each.reason} for each in omissions],
    }


def _sum(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _plain(value: Any) -> Any:
    if isinstance(value, memoryview | bytes):
        return bytes(value).hex()
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return neutral(orjson.dumps(value, default=_plain).decode())
    if isinstance(value, datetime):
        return value.isoformat()
    return neutral(str(_plain(value)))
