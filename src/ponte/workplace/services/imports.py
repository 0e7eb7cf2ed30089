"""Acts of importing: taking a file in, mapping it, starting, stopping, going on, forgetting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.ids import uuid7
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.core.services.files import safe_name
from ponte.core.services.runs import start_run
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.files import MAX_FILE_BYTES, Sample, detect_layout, local_file, take_sample
from ponte.workplace.importing.kits import KITS, NO_KIT, guess_columns, recognise
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.mapping import fingerprint, guess_mapping
from ponte.workplace.importing.running import page_of
from ponte.workplace.importing.targets import ImportTarget, targets, targets_for
from ponte.workplace.importing.values import Plan, make_plan
from ponte.workplace.models import ImportMapping, ImportRun
from ponte.workplace.selectors.imports import visible_imports

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
        target: key of a registered target.
        upload: the file's content.
        name: the file's name, as shown.
        source: the system the data come from; that of the last similar file when empty, else of the kit.
        match: what tells a known record, the surest first (keys of the target's ``match``); the usual when empty.
        kit: key of one of ``importing.kits``; "none" for no kit, empty to tell it from the headers.

    Returns:
        A draft with layout and plan; nothing is imported yet.

    Raises:
        Denied: the member may not import this.
        Invalid: on "file", when it is no readable table, or on "source", "policy" or "kit".
    """
    chosen = allowed_target(actor, target)
    if kit not in ("", NO_KIT, *KITS):
        raise Invalid.on("kit", "unknown", _("Choose where the file comes from."))
    size = upload.size or 0
    if size > MAX_FILE_BYTES:
        raise Invalid.on(
            "file", "too_large", _("The file is larger than %(limit)s MB.") % {"limit": MAX_FILE_BYTES >> 20}
        )
    if size == 0:
        raise Invalid.on("file", "empty", _("The file is empty."))
    run_id = uuid7()
    key = default_storage.save(f"{current_workspace().schema_name}/imports/{run_id}", upload)
    try:
        with local_file(key) as path:
            layout = detect_layout(path)
            sample = take_sample(path, layout)
    except Invalid:
        default_storage.delete(key)
        raise
    remembered = ImportMapping.objects.filter(target=target, fingerprint=fingerprint(chosen, sample)).first()
    from_kit = KITS.get(kit) or (recognise(target, sample.headers) if not kit else None)
    known_source = remembered.source if remembered else from_kit.key if from_kit else DEFAULT_SOURCE
    run = ImportRun(
        id=run_id, target=target, file_name=safe_name(name), storage_key=key, size=size, started_by=actor.member,
        source=clean_source(source or known_source),
        policy=_policy(chosen, policy or (remembered.policy if remembered else "")),
        match=_match(chosen, match or (remembered.match if remembered else ())),
    )  # fmt: skip
    columns = _by_index(remembered.columns) if remembered else guess_columns(chosen, sample, from_kit)
    _settle(run, chosen, sample, columns, remembered.constants if remembered else {})
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
    run = _locked(run)
    target = allowed_target(actor, run.target)
    if run.state != ImportRun.State.DRAFT:
        raise _too_late()
    plan = Plan.from_json(run.plan)
    new_layout = Layout.from_json({**run.layout, **(layout or {})})
    with local_file(run.storage_key) as path:
        sample = _sample(path, new_layout)
    if new_layout != Layout.from_json(run.layout) and columns is None:
        columns = guess_mapping(target, sample)
    if source is not None:
        run.source = clean_source(source)
    if policy is not None:
        run.policy = _policy(target, policy)
    if match is not None:
        run.match = _match(target, match)
    _settle(
        run,
        target,
        sample,
        plan.columns if columns is None else columns,
        plan.constants if constants is None else constants,
    )
    run.save(update_fields=MAPPED)
    return run


def start_import(*, run: ImportRun, actor: Actor, in_background: bool = True) -> ImportRun:
    """Send a draft on its way, or a failed or stopped import on from where it stands; its mapping is remembered.

    Args:
        in_background: enqueue the job; without, the caller runs ``importing.running.carry_on`` itself.

    Raises:
        Invalid: on "mapping", when a required field has no column or nothing says which record a row means.
            Also when it is under way or done already.
    """
    run = _locked(run)
    target = allowed_target(actor, run.target)
    if (
        run.state not in (ImportRun.State.DRAFT, ImportRun.State.FAILED, ImportRun.State.CANCELLED)
        or run.removed
    ):
        raise _too_late()
    check_mapping(target, Plan.from_json(run.plan))
    run.background = start_run(
        kind="import", title=run.file_name, member=actor.member, total=run.estimated_rows, url=page_of(run.id)
    )
    run.state, run.error, run.started_by = ImportRun.State.QUEUED, "", actor.member
    run.started_at = run.started_at or timezone.now()
    run.finished_at = None
    run.save()
    _remember(run)
    audit.record(actor=actor, act="import.started", target=run, changes={"source": (None, run.source)})
    if in_background:
        enqueue("workplace.import", run_id=str(run.id))
    return run


def cancel_import(*, run: ImportRun, actor: Actor) -> ImportRun:
    """Stop an import behind its current chunk; what is in stays in and ``start_import`` goes on from there."""
    run = _locked(run)
    if run.is_underway:
        run.state, run.finished_at = ImportRun.State.CANCELLED, timezone.now()
        run.save(update_fields=["state", "finished_at", "updated_at"])
        if run.background is not None:
            run.background.state = run.background.State.CANCELLED
            run.background.save(update_fields=["state", "updated_at"])
        audit.record(actor=actor, act="import.stopped", target=run)
    return run


def delete_import(*, run: ImportRun, actor: Actor) -> None:
    """Forget an import, its file and its refused rows; imported records stay.

    Raises:
        Invalid: it is under way; stop it first.
    """
    run = _locked(run)
    if run.is_busy:
        raise _too_late()
    audit.record(actor=actor, act="import.deleted", target=run, changes={"file": (run.file_name, None)})
    key = run.storage_key
    run.delete()
    transaction.on_commit(lambda: default_storage.delete(key))


def check_mapping(target: ImportTarget, plan: Plan) -> None:
    """Raise ``Invalid`` on "mapping" unless every required field and some identity gets a value."""
    given = {*plan.columns.values(), *plan.constants}
    missing = [str(field.label) for field in target.fields if field.required and field.key not in given]
    if missing:
        message = _("Say which column is: %(fields)s.") % {"fields": ", ".join(missing)}
        raise Invalid.on("mapping", "required", message)
    if not given:
        raise Invalid.on("mapping", "empty", _("No column has been assigned yet."))


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


def _locked(run: ImportRun) -> ImportRun:
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


def _settle(
    run: ImportRun,
    target: ImportTarget,
    sample: Sample,
    columns: Mapping[int, str],
    constants: Mapping[str, str],
) -> None:
    run.layout = sample.layout.to_json()
    run.headers = sample.headers
    run.fingerprint = fingerprint(target, sample)
    run.estimated_rows = sample.estimated_rows
    run.plan = make_plan(target, sample, columns, constants).to_json()


def _remember(run: ImportRun) -> None:
    plan = run.plan
    ImportMapping.objects.update_or_create(
        target=run.target,
        fingerprint=run.fingerprint,
        defaults={
            "columns": plan["columns"],
            "constants": plan["constants"],
            "source": run.source,
            "policy": run.policy,
            "match": run.match,
        },
    )


def _sample(path: Path, layout: Layout) -> Sample:
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


def _too_late() -> Invalid:
    return Invalid.on("", "state", _("The import is under way or done already."))


def _by_index(stored: Mapping[str, str]) -> dict[int, str]:
    return {int(index): key for index, key in stored.items()}
