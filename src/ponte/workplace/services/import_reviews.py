"""Deciding what becomes of rows about records that are there already."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.services import audit
from ponte.workplace.importing.reviewing import carry_out_decisions
from ponte.workplace.importing.targets import Policy, targets
from ponte.workplace.models import ImportRun
from ponte.workplace.services.imports import allowed_target

AT_ONCE = 50  # rows written while one waits


def decisions_of(run: ImportRun) -> list[Policy]:
    """Return what can be decided about the rows of an import."""
    target = targets.get(run.target)
    return [one for one in target.policies if one is not Policy.ASK] if target else []


def decide_rows(*, run: ImportRun, actor: Actor, decision: str, rows: Sequence[int] | None = None) -> int:
    """Decide what becomes of rows that wait; up to 50 are written at once, more in the background.

    Args:
        decision: "update", "fill", "skip" or, where the target has it, "create".
        rows: their numbers; None: all that wait. Those decided already are passed over.

    Returns:
        How many rows were decided.

    Raises:
        Invalid: on "decision" or "rows", or the import is under way or undone.
        Missing: somebody has deleted it meanwhile. Denied: the member may not import this.
    """
    held = ImportRun.objects.select_for_update().filter(id=run.id).first()
    if held is None:
        raise Missing("import")
    allowed_target(actor, held.target)
    if held.is_busy or held.state == ImportRun.State.UNDONE:
        raise Invalid.on("", "state", _("The import is under way or undone. Its rows can't be decided now."))
    if decision not in decisions_of(held):
        raise Invalid.on("decision", "unknown", _("Choose what becomes of the row."))
    waiting = held.reviews.filter(outcome="", decision="")
    if rows is not None:
        if not rows:
            raise Invalid.on("rows", "required", _("Choose at least one row."))
        waiting = waiting.filter(row__in=rows)
    count = waiting.update(decision=decision, decided_by=actor.member, decided_at=timezone.now())
    if count:
        changes = {"decision": (None, decision), "count": (None, count)}
        audit.record(actor=actor, act="import.rows_decided", target=held, changes=changes)
    if count > AT_ONCE:
        enqueue("workplace.import_decisions", once=f"import-decisions:{held.id}", run_id=str(held.id))
    elif count:
        carry_out_decisions(held.id)
    return count
