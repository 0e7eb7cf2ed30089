"""Taking back everything that came in one file, the last part first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.jobs import enqueue
from ponte.workplace.models import ImportRun
from ponte.workplace.services.import_bundles import get_bundle
from ponte.workplace.services.import_undo import check_undoable, undo_import


@dataclass(frozen=True)
class UndoPart:
    """One file of a bundle that came in, and why it can't be taken back ("" where it can)."""

    run: ImportRun
    reason: str = ""


def undo_parts(runs: Sequence[ImportRun], actor: Actor) -> list[UndoPart]:
    """Return the files that brought something in, the last first, each with what stands against taking it back."""
    came = [run for run in runs if run.state != ImportRun.State.DRAFT and (run.created or run.updated)]
    return [UndoPart(run, _reason(run, actor)) for run in sorted(came, key=lambda run: -run.place)]


def undo_bundle(*, bundle_id: UUID, actor: Actor) -> list[ImportRun]:
    """Have everything a file of several tables brought in taken back, in the background: the last table first.

    What can't be taken back is left: its page says why. Killed, it goes on where it stood; where a table stops, those before it wait
    for another call.

    Returns:
        The tables being taken back.

    Raises:
        Invalid: some are still under way or being taken back, or none can be.
        Missing: no such bundle.
    """
    list(ImportRun.objects.filter(bundle=bundle_id).select_for_update().order_by("id"))
    runs = get_bundle(actor, bundle_id)
    refuse_busy(runs)
    parts = undo_parts(runs, actor)
    started = [
        undo_import(run=part.run, actor=actor, in_background=False) for part in parts if not part.reason
    ]
    if not started:
        raise Invalid.on("", "nothing", parts[0].reason if parts else _("These tables brought nothing in."))
    first = started[0]
    enqueue("workplace.import_undo", once=f"import-undo:{first.id}", run_id=str(first.id))
    return started


def refuse_busy(runs: Sequence[ImportRun]) -> None:
    """Raise ``Invalid`` while tables of a bundle come in or are taken back."""
    if any(run.is_underway for run in runs):
        raise Invalid.on("", "state", _("Some tables are still coming in. Stop them first."))
    if any(run.is_undoing for run in runs):
        raise Invalid.on("", "undoing", _("This import is being undone already."))


def can_undo_bundle(runs: Sequence[ImportRun], actor: Actor) -> bool:
    """Return whether ``undo_bundle`` would be accepted now."""
    return not any(run.is_busy for run in runs) and any(not part.reason for part in undo_parts(runs, actor))


def _reason(run: ImportRun, actor: Actor) -> str:
    try:
        check_undoable(run, actor)
    except Invalid as refusal:
        return str(refusal.problems[0].message)
    except Denied:
        return _("Your role may not delete and change such records.")
    return ""
