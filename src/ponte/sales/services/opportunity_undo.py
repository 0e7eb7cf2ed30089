"""Taking back the latest step of an opportunity, made by mistake a moment ago: the history shows nothing of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import DomainError, Invalid
from ponte.sales.models import DealStatus, Opportunity, StageAct, StageEntry
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_state import announce_move, announce_reopened

UNDO_FOR = timedelta(minutes=15)
_UNDONE = [
    "stage", "pipeline", "stage_since", "status", "closed_at", "reason", "competitor", "close_note", "version",
    "updated_at",
]  # fmt: skip


@transaction.atomic
def undo_latest(*, actor: Actor, opportunity_id: UUID, version: int) -> Opportunity:
    """Take back a move, a win or a loss that is the latest change of an opportunity.

    Raises:
        Missing, Denied: as everywhere. Conflict: something was changed since. Invalid: there is nothing to take back, or it
        is longer ago than ``UNDO_FOR``.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    latest = (
        StageEntry.objects.select_related("stage")
        .filter(opportunity=opportunity)
        .order_by("-created_at", "-id")[:2]
    )
    entries = list(latest)
    undoable = (StageAct.MOVED, StageAct.WON, StageAct.LOST)
    if len(entries) < 2 or entries[0].act not in undoable or _is_old(entries[0]):
        raise Invalid.on("", "too_late", _("This can't be taken back any more: move it by hand."))
    last, before = entries
    former_stage, former_status = opportunity.stage, opportunity.status
    last.delete()
    before.left_at = None
    before.save(update_fields=["left_at", "updated_at"])
    opportunity.stage, opportunity.pipeline_id = before.stage, before.stage.pipeline_id
    opportunity.stage_since = before.entered_at
    opportunity.status, opportunity.closed_at = DealStatus.OPEN, None
    opportunity.reason = opportunity.competitor = None
    opportunity.close_note = ""
    opportunity.version += 1
    opportunity.save(update_fields=_UNDONE)
    if former_status == DealStatus.OPEN:
        announce_move(actor, opportunity, former_stage, "opportunity.move_undone")
    else:
        announce_reopened(actor, opportunity, former_status)
    return opportunity


@transaction.atomic
def undo_moves(*, actor: Actor, versions: Mapping[UUID, int]) -> list[UUID]:
    """Take the latest move of many opportunities back, where nothing was changed since; return which.

    Args:
        versions: the version each had after its move.
    """
    undone = []
    for opportunity_id, version in sorted(versions.items()):
        try:
            with transaction.atomic():
                undo_latest(actor=actor, opportunity_id=opportunity_id, version=version)
        except DomainError:
            continue
        undone.append(opportunity_id)
    return undone


def _is_old(entry: StageEntry) -> bool:
    return entry.created_at < timezone.now() - UNDO_FOR
