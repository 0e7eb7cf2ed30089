"""Acts of importing from the start on: starting, stopping, going on, forgetting."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.core.services.runs import start_run
from ponte.workplace.importing.bundle_order import go_on_with_bundle
from ponte.workplace.importing.files import local_file
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.running import page_of
from ponte.workplace.importing.targets import ImportTarget
from ponte.workplace.importing.values import Plan
from ponte.workplace.models import ImportMapping, ImportRun
from ponte.workplace.services.import_fields import check_fresh, make_fields
from ponte.workplace.services.imports import allowed_target, lock_import, read_sample, settle, too_late


def start_import(*, run: ImportRun, actor: Actor, in_background: bool = True) -> ImportRun:
    """Send a draft on its way, or a failed or stopped import on from where it stands; its mapping is remembered.

    Custom fields it is to make are made now.

    Args:
        in_background: enqueue the job; without, the caller runs ``importing.running.carry_on`` itself.

    Raises:
        Invalid: on "mapping", when a required field has no column or nothing says which record a row means, or a custom
            field can't be made.
            Also when it is under way or done already.
    """
    run = lock_import(run)
    target = allowed_target(actor, run.target)
    if (
        run.state not in (ImportRun.State.DRAFT, ImportRun.State.FAILED, ImportRun.State.CANCELLED)
        or run.removed
    ):
        raise too_late()
    plan = Plan.from_json(run.plan)
    check_mapping(target, plan)
    if plan.fresh:
        _make_fields(run, actor, plan)
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


def _make_fields(run: ImportRun, actor: Actor, plan: Plan) -> None:
    """Make the custom fields columns are to go to, and send the columns there."""
    target = allowed_target(actor, run.target)
    check_fresh(actor, target, plan.fresh.values())
    with local_file(run.storage_key) as path:
        sample = read_sample(path, Layout.from_json(run.layout))
    made = make_fields(run, actor, sample, plan.fresh)
    settle(run, allowed_target(actor, run.target), sample, {**plan.columns, **made}, plan.constants)


def cancel_import(*, run: ImportRun, actor: Actor) -> ImportRun:
    """Stop an import behind its current chunk; what is in stays in and ``start_import`` goes on from there."""
    run = lock_import(run)
    if run.is_underway:
        run.state, run.finished_at = ImportRun.State.CANCELLED, timezone.now()
        run.save(update_fields=["state", "finished_at", "updated_at"])
        if run.background is not None:
            run.background.state = run.background.State.CANCELLED
            run.background.save(update_fields=["state", "updated_at"])
        audit.record(actor=actor, act="import.stopped", target=run)
        go_on_with_bundle(run)
    return run


def delete_import(*, run: ImportRun, actor: Actor) -> None:
    """Forget an import, its file and its refused rows; imported records stay.

    Raises:
        Invalid: it is under way; stop it first.
    """
    run = lock_import(run)
    if run.is_busy:
        raise too_late()
    audit.record(actor=actor, act="import.deleted", target=run, changes={"file": (run.file_name, None)})
    key = run.storage_key
    run.delete()
    if not ImportRun.objects.filter(storage_key=key).exists():  # other sheets of the workbook may need it
        transaction.on_commit(lambda: default_storage.delete(key))


def check_mapping(target: ImportTarget, plan: Plan) -> None:
    """Raise ``Invalid`` on "mapping" unless every required field and some identity gets a value."""
    given = {*plan.columns.values(), *plan.constants}
    missing = [str(field.label) for field in target.fields if field.required and field.key not in given]
    if missing:
        message = _("Say which column is: %(fields)s.") % {"fields": ", ".join(missing)}
        raise Invalid.on("mapping", "required", message)
    if not given and not plan.fresh:
        raise Invalid.on(
            "mapping",
            "empty",
            _("No column goes anywhere yet. Choose a field under “Goes to” for one column at least."),
        )


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
