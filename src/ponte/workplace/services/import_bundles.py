"""Several tables that came in one file: each a draft of its own, started together, coming in one after the other."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.jobs import enqueue
from ponte.core.services.files import safe_name
from ponte.workplace.importing.bundle_order import earlier_parts
from ponte.workplace.importing.bundles import Part, guess_target, parts_of
from ponte.workplace.importing.files import (
    MAX_FILE_BYTES,
    Sample,
    detect_layout,
    local_file,
    sheet_layout,
    take_sample,
)
from ponte.workplace.importing.kits import KITS, NO_KIT, guess_columns
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.targets import ImportTarget, targets
from ponte.workplace.models import ImportChunk, ImportRun
from ponte.workplace.selectors.imports import visible_imports
from ponte.workplace.services.import_starting import start_import
from ponte.workplace.services.imports import (
    DEFAULT_SOURCE,
    MAPPED,
    allowed_target,
    clean_source,
    draft_import,
    lock_import,
    read_sample,
    settle,
    store_upload,
    too_late,
    usable_targets,
)


@dataclass
class Bundle:
    """Tables that came in one file, in the order they come in; ``left_out`` are names of those that are no tables."""

    id: UUID
    runs: list[ImportRun] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def create_bundle(*, actor: Actor, upload: File[bytes], name: str, source: str = "", kit: str = "") -> Bundle:
    """Take an archive or a workbook in: every table in it becomes a draft, its target guessed by name and columns.

    Args:
        source: the system all of it comes from; the kit's, or the usual, when empty.

    Raises:
        Invalid: on "file", when nothing in it can be imported, or it is a bomb; on "source" or "kit".
        Denied: the member may import nothing.
    """
    fields = usable_targets(actor)
    if kit not in ("", NO_KIT, *KITS):
        raise Invalid.on("kit", "unknown", _("Choose where the file comes from."))
    if (upload.size or 0) > MAX_FILE_BYTES:
        raise Invalid.on(
            "file", "too_large", _("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE_BYTES >> 20}
        )
    shared = clean_source(source or (kit if kit in KITS else DEFAULT_SOURCE))
    bundle = Bundle(uuid7())
    with tempfile.NamedTemporaryFile(prefix="ponte-import-") as copy:
        for block in upload.chunks(1 << 20):
            copy.write(block)
        copy.flush()
        stored: dict[Path, str] = {}
        try:
            with parts_of(Path(copy.name), name) as parts:
                _draft_all(actor, bundle, parts, fields, shared, kit, stored)
        except Exception:  # the drafts are rolled back; their files are not
            for key in stored.values():
                default_storage.delete(key)
            raise
    if not bundle.runs:
        raise Invalid.on(
            "file", "no_table", _("Nothing in this file can be imported: no table whose columns are known.")
        )
    shown = safe_name(name)[:200]
    for run in bundle.runs:
        run.bundle_name = shown
    _put_in_order(bundle.runs)
    return bundle


def _draft_all(
    actor: Actor,
    bundle: Bundle,
    parts: Sequence[Part],
    usable: Sequence[ImportTarget],
    source: str,
    kit: str,
    stored: dict[Path, str],
) -> None:
    for part in parts:
        try:
            layout = detect_layout(part.path)
            sample = take_sample(
                part.path, (sheet_layout(part.path, part.sheet) if part.sheet else None) or layout
            )
        except Invalid:
            bundle.left_out.append(part.name)
            continue
        target = guess_target(usable, sample, part.name, KITS.get(kit))
        if target is None:
            bundle.left_out.append(part.name)
            continue
        if part.path not in stored:
            with part.path.open("rb") as file:
                stored[part.path] = store_upload(File(file))
        bundle.runs.append(
            draft_import(
                actor=actor,
                target=target,
                key=stored[part.path],
                size=part.path.stat().st_size,
                name=part.name,
                source=source,
                kit=kit,
                sheet=part.sheet,
                bundle=bundle.id,
            )
        )


def _put_in_order(runs: list[ImportRun]) -> None:
    """Give each draft its place: what others refer to comes first."""
    order = {target.key: target.order for target in targets}
    runs.sort(key=lambda run: (order.get(run.target, 0), run.id))
    for place, run in enumerate(runs, start=1):
        run.place = place
    ImportRun.objects.bulk_update(runs, ["place", "bundle_name"])


def get_bundle(actor: Actor, bundle_id: UUID) -> list[ImportRun]:
    """Return the files of a bundle the member may see, in order; raises ``Missing`` when there are none."""
    shown = visible_imports(actor.member) if actor.member is not None else ImportRun.objects.all()
    chunks = ImportChunk.objects.filter(run_id=OuterRef("id"))
    rows = shown.select_related("background").filter(bundle=bundle_id).annotate(has_chunks=Exists(chunks))
    runs: list[ImportRun] = list(rows.order_by("place", "id"))
    if not runs:
        raise Missing("import")
    return runs


def retarget_import(*, run: ImportRun, actor: Actor, target: str) -> ImportRun:
    """Let a draft become records of another kind; its columns are guessed anew.

    Raises:
        Invalid: unknown target, or it has started. Denied: the member may not import this. Missing: it is gone.
    """
    run = lock_import(run)
    chosen = allowed_target(actor, target)
    if run.state != ImportRun.State.DRAFT:
        raise too_late()
    if chosen.key == run.target:
        return run
    layout = Layout.from_json(run.layout)
    with local_file(run.storage_key) as path:
        sample: Sample = read_sample(path, layout)
    run.target, run.policy, run.match = chosen.key, chosen.policies[0], []
    settle(run, chosen, sample, guess_columns(chosen, sample, KITS.get(run.source)), {})
    run.save(update_fields=[*MAPPED, "target"])
    if run.bundle is not None:
        _put_in_order(list(ImportRun.objects.filter(bundle=run.bundle)))
    return run


def start_bundle(*, bundle_id: UUID, actor: Actor) -> list[ImportRun]:
    """Send the drafts of a bundle on their way, one after the other in their order; stopped ones go on.

    Raises:
        Invalid: one of them lacks a column it needs (the message names the file), or nothing waits for a start.
        Missing: no such bundle.
    """
    runs = get_bundle(actor, bundle_id)
    waiting = [
        run
        for run in runs
        if run.state in (ImportRun.State.DRAFT, ImportRun.State.FAILED, ImportRun.State.CANCELLED)
    ]
    if not waiting:
        raise too_late()
    started, problems = [], []
    for run in waiting:
        try:
            started.append(start_import(run=run, actor=actor, in_background=False))
        except Invalid as refusal:
            problems += [
                FieldProblem(one.field, one.code, f"{run.file_name}: {one.message}")
                for one in refusal.problems
            ]
    if problems:
        raise Invalid(problems)
    first = started[0]
    if not earlier_parts(first):
        enqueue("workplace.import", once=f"import:{first.id}", run_id=str(first.id))
    return started
