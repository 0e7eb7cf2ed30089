"""The importer for programs that have a file on disk: the command line, tests, demonstrations."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.importing.dry_run import Trial, try_whole
from ponte.workplace.importing.fresh import FRESH
from ponte.workplace.importing.mapping import normal_header
from ponte.workplace.importing.running import Progress, carry_on, target_of
from ponte.workplace.importing.values import Plan
from ponte.workplace.models import ImportRun
from ponte.workplace.services.import_starting import check_mapping, start_import
from ponte.workplace.services.imports import create_import, map_import


def run_import_file(
    *,
    actor: Actor,
    target: str,
    path: Path,
    source: str = "",
    policy: str = "",
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> ImportRun:
    """Import a file from beginning to end, in this process. Call it inside ``workspace_context``.

    Killed in between, the workers take it up where it stood; called again, external ids keep it from doubling.

    Args:
        target: key of a registered target (``people``, ``orders`` …).
        source: the system the data come from, the name space of external ids.
        mapping: header → field key; the other columns are guessed unless a header is mapped to "".
        constants: field key → value for every row.
        progress: called with the run after each chunk.

    Raises:
        Invalid: the file cannot be read, the mapping names what isn't there, or required fields lack a column.
        Denied: the actor may not import this.
    """
    with workspace_scope(named_workspace()):
        run = _prepare(actor, target, path, source, policy, mapping, constants)
        start_import(run=run, actor=actor, in_background=False)
    return carry_on(run.id, progress=progress)


def try_import_file(
    *,
    actor: Actor,
    target: str,
    path: Path,
    source: str = "",
    policy: str = "",
    mapping: Mapping[str, str] | None = None,
    constants: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Trial:
    """Do what ``run_import_file`` does in one transaction, and undo all of it; nothing stays, the file neither."""
    workspace = named_workspace()
    with workspace_scope(workspace):
        run = _prepare(actor, target, path, source, policy, mapping, constants)
        check_mapping(target_of(run), Plan.from_json(run.plan))
        try:
            return try_whole(run, workspace, progress=progress)
        finally:
            transaction.set_rollback(True)
            default_storage.delete(run.storage_key)


def _prepare(
    actor: Actor,
    target: str,
    path: Path,
    source: str,
    policy: str,
    mapping: Mapping[str, str] | None,
    constants: Mapping[str, str] | None,
) -> ImportRun:
    with path.open("rb") as file:
        run = create_import(
            actor=actor, target=target, upload=File(file), name=path.name, source=source, policy=policy
        )
    if not mapping and not constants:
        return run
    columns = {**Plan.from_json(run.plan).columns, **columns_by_header(run, mapping or {})}
    kept = {index: key for index, key in columns.items() if key}
    return map_import(run=run, actor=actor, columns=kept, constants=constants)


def columns_by_header(run: ImportRun, mapping: Mapping[str, str]) -> dict[int, str]:
    """Return column index → field key for headers given by name; raises ``Invalid`` for unknown ones."""
    target = target_of(run)
    known = {normal_header(header): index for index, header in enumerate(run.headers)}
    columns = {}
    for header, key in mapping.items():
        index = known.get(normal_header(header))
        if index is None:
            told = {"header": header, "headers": ", ".join(run.headers)}
            raise Invalid.on(
                "mapping", "header", _("The file has no column “%(header)s”. It has: %(headers)s") % told
            )
        if key and not key.startswith(FRESH) and target.field_of(key) is None:
            fields = ", ".join(field.key for field in target.fields)
            raise Invalid.on(
                "mapping",
                "field",
                _("There is no field “%(key)s”. There are: %(fields)s") % {"key": key, "fields": fields},
            )
        columns[index] = key
    return columns
