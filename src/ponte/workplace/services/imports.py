"""Acts of importing before the start: taking a file in, mapping it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.services import audit
from ponte.core.services.files import safe_name
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.importing.bundles import guess_target, target_named
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.files import (
    MAX_FILE_BYTES,
    Sample,
    detect_layout,
    local_file,
    sheet_layout,
    take_sample,
)
from ponte.workplace.importing.kits import KITS, NO_KIT, guess_columns, recognise
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.mapping import fingerprint, guess_mapping
from ponte.workplace.importing.targets import ImportTarget, targets, targets_for
from ponte.workplace.importing.values import Plan, make_plan
from ponte.workplace.models import ImportMapping, ImportRun
from ponte.workplace.selectors.imports import visible_imports
from ponte.workplace.services.import_fields import check_fresh, split_fresh

DEFAULT_SOURCE = "import"
MAPPED = (
    "layout",
    "plan",
    "headers",
    "fingerprint",
    "estimated_rows",
    "source",
    "policy",
    "match",
    "updated_at",
)


def create_import(
    *,
    actor: Actor,
    target: str,
    upload: File[bytes],
    name: str,
    source: str = "",
    policy: str = "",
    match: Sequence[str] = (),
    kit: str = "",
) -> ImportRun:
    """Take a file in and guess how it is to be read and what its columns are.

    Args:
        target: key of a registered target; empty to tell it from the file's name and columns.
        upload: the file's content.
        name: the file's name, as shown.
        source: the system the data come from; that of the last similar file when empty, else of the kit.
        match: what tells a known record, the surest first (keys of the target's ``match``); the usual when empty.
        kit: key of one of ``importing.kits``; "none" for no kit, empty to tell it from the headers.

    Returns:
        A draft with layout and plan; nothing is imported yet.

    Raises:
        Denied: the member may not import this.
        Invalid: on "file", when it is no readable table, on "target", when what it contains can't be told, or on "source",
            "policy" or "kit".
    """
    chosen = allowed_target(actor, target) if target else None
    if kit not in ("", NO_KIT, *KITS):
        raise Invalid.on("kit", "unknown", _("Choose where the file comes from."))
    size = upload.size or 0
    if size > MAX_FILE_BYTES:
        raise Invalid.on(
            "file", "too_large", _("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE_BYTES >> 20}
        )
    if size == 0:
        raise Invalid.on("file", "empty", _("The file is empty."))
    key = store_upload(upload)
    try:
        chosen = chosen or _told_target(actor, key, name, kit)
        return draft_import(
            actor=actor, target=chosen, key=key, size=size, name=name, source=source, policy=policy, match=match, kit=kit,
        )  # fmt: skip
    except Invalid:
        default_storage.delete(key)
        raise


def usable_targets(actor: Actor) -> list[ImportTarget]:
    """Return what the actor may import, with their fields; raises ``Denied`` where that is nothing."""
    usable = targets_for(actor.member) if actor.member else list(targets)
    if not usable:
        raise Denied("import", "create")
    return [extended(one, actor.member) for one in usable]


def _told_target(actor: Actor, key: str, name: str, kit: str) -> ImportTarget:
    """Return what a stored file contains, by its name and columns."""
    usable = usable_targets(actor)
    with local_file(key) as path:
        sample = take_sample(path, detect_layout(path))
    found = guess_target(usable, sample, name, KITS.get(kit)) or target_named(usable, name)
    if found is None:
        message = _("What the file contains can't be told from its columns. Choose it.")
        raise Invalid.on("target", "unknown", message)
    return found


def store_upload(upload: File[bytes]) -> str:
    """Keep a file where imports find it; returns its key."""
    return default_storage.save(f"{current_workspace().schema_name}/imports/{uuid7()}", upload)


def draft_import(
    *,
    actor: Actor,
    target: ImportTarget,
    key: str,
    size: int,
    name: str,
    source: str = "",
    policy: str = "",
    match: Sequence[str] = (),
    kit: str = "",
    sheet: str = "",
    bundle: UUID | None = None,
) -> ImportRun:
    """Make the draft of a file that is stored under ``key``; see ``create_import``. ``sheet`` names one of a workbook's."""
    with local_file(key) as path:
        layout = detect_layout(path)
        sample = take_sample(path, (sheet_layout(path, sheet) if sheet else None) or layout)
    found = ImportMapping.objects.filter(target=target.key, fingerprint=fingerprint(target, sample)).first()
    from_kit = KITS.get(kit) or (recognise(target.key, sample.headers) if not kit else None)
    known_source = found.source if found else from_kit.key if from_kit else DEFAULT_SOURCE
    run = ImportRun(
        target=target.key, file_name=safe_name(name), storage_key=key, size=size, started_by=actor.member, bundle=bundle,
        source=clean_source(source or known_source),
        policy=_policy(target, policy or (found.policy if found else "")),
        match=_match(target, match or (found.match if found else ())),
    )  # fmt: skip
    columns = _by_index(found.columns) if found else guess_columns(target, sample, from_kit)
    settle(run, target, sample, columns, found.constants if found else {})
    run.save(force_insert=True)
    audit.record(
        actor=actor,
        act="import.file_received",
        target=run,
        changes={"file": (None, run.file_name), "size": (None, size)},
    )
    return run


def map_import(
    *,
    run: ImportRun,
    actor: Actor,
    columns: Mapping[int, str] | None = None,
    constants: Mapping[str, str] | None = None,
    source: str | None = None,
    policy: str | None = None,
    match: Sequence[str] | None = None,
    layout: Mapping[str, Any] | None = None,
) -> ImportRun:
    """Change how a draft's file is read and what its columns become; None leaves a part as it is.

    A change of ``layout`` (encoding, delimiter, header or not, sheet) reads the file's beginning again.

    Raises:
        Invalid: the file cannot be read that way, or the source or policy is unknown.
        Invalid: also when the import has started already.
        Missing: somebody has deleted it meanwhile.
    """
    run = lock_import(run)
    target = allowed_target(actor, run.target)
    if run.state != ImportRun.State.DRAFT:
        raise too_late()
    plan = Plan.from_json(run.plan)
    new_layout = Layout.from_json({**run.layout, **(layout or {})})
    with local_file(run.storage_key) as path:
        sample = read_sample(path, new_layout)
    if new_layout != Layout.from_json(run.layout) and columns is None:
        columns = guess_mapping(target, sample)
    if source is not None:
        run.source = clean_source(source)
    chosen, fresh = split_fresh(columns) if columns is not None else (plan.columns, dict(plan.fresh))
    check_fresh(actor, target, fresh.values())
    if policy is not None:
        run.policy = _policy(target, policy)
    if match is not None:
        run.match = _match(target, match)
    settle(
        run,
        target,
        sample,
        chosen,
        plan.constants if constants is None else constants,
        fresh,
    )
    run.save(update_fields=MAPPED)
    return run


def clean_source(source: str) -> str:
    """Return the name of a source as it is stored: short, lower case. Raises ``Invalid`` on "source"."""
    plain = source.strip().lower()
    if not plain or len(plain) > 40 or not all(letter.isalnum() or letter in "-_." for letter in plain):
        raise Invalid.on("source", "invalid", _("A source is one word of letters, digits, dots or dashes."))
    return plain


def get_for(actor: Actor, run_id: UUID) -> ImportRun:
    """Return an import the member may see; raises ``Missing`` otherwise."""
    shown = visible_imports(actor.member) if actor.member is not None else ImportRun.objects.all()
    run = shown.select_related("started_by", "background").filter(id=run_id).first()
    if run is None:
        raise Missing("import")
    return run


def lock_import(run: ImportRun) -> ImportRun:
    """Return the import as it stands now, held until the transaction ends; raises ``Missing`` when it is gone."""
    held = ImportRun.objects.select_for_update().filter(id=run.id).first()
    if held is None:
        raise Missing("import")
    return held


def allowed_target(actor: Actor, key: str) -> ImportTarget:
    """Return a target the actor may import to, with their fields; raises ``Invalid`` on "target", or ``Denied``."""
    found = targets.get(key)
    if found is None:
        raise Invalid.on("target", "unknown", _("Choose what the file contains."))
    if actor.member is not None and key not in {each.key for each in targets_for(actor.member)}:
        raise Denied("import", key)
    return extended(found, actor.member)


def settle(
    run: ImportRun,
    target: ImportTarget,
    sample: Sample,
    columns: Mapping[int, str],
    constants: Mapping[str, str],
    fresh: Mapping[int, str] | None = None,
) -> None:
    """Write into a draft how its file is read and what its columns become."""
    run.layout = sample.layout.to_json()
    run.headers = sample.headers
    run.fingerprint = fingerprint(target, sample)
    run.estimated_rows = sample.estimated_rows
    run.plan = make_plan(target, sample, columns, constants, fresh).to_json()


def read_sample(path: Path, layout: Layout) -> Sample:
    """Return the beginning of a file; raises ``Invalid`` on "encoding" where it can't be read so."""
    try:
        return take_sample(path, layout)
    except (LookupError, UnicodeError) as error:
        raise Invalid.on("encoding", "unknown", _("The file cannot be read in this encoding.")) from error


def _policy(target: ImportTarget, policy: str) -> str:
    if not policy:
        return target.policies[0]
    if policy not in target.policies:
        raise Invalid.on("policy", "unknown", _("Choose what happens to records that are there already."))
    return policy


def _match(target: ImportTarget, match: Sequence[str]) -> list[str]:
    chosen = list(dict.fromkeys(key for key in match if key))
    if any(key not in target.match for key in chosen):
        raise Invalid.on("match", "unknown", _("Choose what a known record is recognised by."))
    return [] if chosen == list(target.match) else chosen


def too_late() -> Invalid:
    """Return the refusal of what comes after the start."""
    return Invalid.on("", "state", _("The import is under way or done already."))


def _by_index(stored: Mapping[str, str]) -> dict[int, str]:
    return {int(index): key for index, key in stored.items()}
