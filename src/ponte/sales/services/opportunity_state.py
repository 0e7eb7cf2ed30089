"""An opportunity's way through its stages to its end, and back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.events import publish
from ponte.events.sales import OpportunityLost, OpportunityMoved, OpportunityReopened, OpportunityWon
from ponte.sales.models import Competitor, DealStatus, Opportunity, Reason, ReasonKind, Stage, StageAct
from ponte.sales.policies import check_opportunity
from ponte.sales.selectors.pipelines import find_stage
from ponte.sales.services.exit_rules import check_exit
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_history import audit_opportunity, enter_stage, tell_boards

AHEAD = timedelta(days=1)  # clocks and time zones differ
_MOVED = ["stage", "pipeline", "stage_since", "version", "updated_at"]
_ENDED = [
    "status", "closed_at", "reason", "competitor", "close_note", "stage_since", "version", "updated_at",
]  # fmt: skip


@transaction.atomic
def move_opportunity(
    *, actor: Actor, opportunity_id: UUID, stage_id: UUID, version: int | None = None, rules: bool = True
) -> Opportunity:
    """Bring an open opportunity to another stage, of this pipeline or another.

    Args:
        rules: going forward it must have what the stages it leaves ask for; acts of the system go without.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is won or lost, there is no such stage, something is missing
        (``exit_rules.RULE``).
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    check_status(opportunity, DealStatus.OPEN, _("This opportunity has ended: reopen it first."))
    stage = find_stage(stage_id)
    if stage is None:
        raise Invalid.on("stage_id", "missing", _("There is no such stage."))
    if stage.id == opportunity.stage_id:
        return opportunity
    if rules and actor.member is not None:
        check_exit(opportunity, stage)
    before = opportunity.stage
    opportunity.stage, opportunity.pipeline, opportunity.stage_since = stage, stage.pipeline, timezone.now()
    opportunity.version += 1
    opportunity.save(update_fields=_MOVED)
    enter_stage(opportunity, StageAct.MOVED, actor, opportunity.stage_since)
    announce_move(actor, opportunity, before, "opportunity.moved")
    return opportunity


def announce_move(actor: Actor, opportunity: Opportunity, before: Stage, act: str) -> None:
    """Audit, publish and show a move. Part of the caller's act."""
    audit_opportunity(actor, act, opportunity, {"stage": (before.name, opportunity.stage.name)})
    moved = OpportunityMoved(
        opportunity_id=str(opportunity.id),
        party_id=str(opportunity.party_id),
        before=str(before.id),
        after=str(opportunity.stage_id),
    )
    publish(moved, actor=actor)
    tell_boards(opportunity, before=before.id)


@transaction.atomic
def win_opportunity(
    *,
    actor: Actor,
    opportunity_id: UUID,
    note: str = "",
    closed_at: datetime | None = None,
    version: int | None = None,
    rules: bool = True,
) -> Opportunity:
    """End an open opportunity as won. ``rules``: it must have what its stage asks for; acts of the system go without.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it has ended already, it isn't over yet at ``closed_at``, something
        is missing (``exit_rules.RULE``).
    """
    opportunity = _open(actor, opportunity_id, version)
    if rules and actor.member is not None:
        check_exit(opportunity, None)
    _end(actor, opportunity, DealStatus.WON, note=note, closed_at=closed_at)
    won = OpportunityWon(
        opportunity_id=str(opportunity.id),
        party_id=str(opportunity.party_id),
        amount=str(opportunity.amount),
        monthly=str(opportunity.monthly),
    )
    publish(won, actor=actor)
    return opportunity


@transaction.atomic
def lose_opportunity(
    *,
    actor: Actor,
    opportunity_id: UUID,
    reason_id: UUID,
    competitor_id: UUID | None = None,
    note: str = "",
    closed_at: datetime | None = None,
    version: int | None = None,
) -> Opportunity:
    """End an open opportunity as lost, for a reason and perhaps to a competitor.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it has ended already, no such reason or competitor.
    """
    reason = Reason.objects.filter(id=reason_id, kind=ReasonKind.LOST).first()
    if reason is None:
        raise Invalid.on("reason_id", "missing", _("Choose why it was lost."))
    competitor = Competitor.objects.filter(id=competitor_id).first() if competitor_id else None
    if competitor_id and competitor is None:
        raise Invalid.on("competitor_id", "missing", _("There is no such competitor."))
    opportunity = _open(actor, opportunity_id, version)
    opportunity.reason, opportunity.competitor = reason, competitor
    _end(actor, opportunity, DealStatus.LOST, note=note, closed_at=closed_at)
    lost = OpportunityLost(
        opportunity_id=str(opportunity.id),
        party_id=str(opportunity.party_id),
        amount=str(opportunity.amount),
        reason_id=str(reason.id),
    )
    publish(lost, actor=actor)
    return opportunity


@transaction.atomic
def reopen_opportunity(
    *, actor: Actor, opportunity_id: UUID, note: str = "", version: int | None = None
) -> Opportunity:
    """Work a won or lost opportunity again, in the stage it ended in; its past stays in the history.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is open.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    if opportunity.status == DealStatus.OPEN:
        raise Invalid.on("status", "open", _("This opportunity is open."))
    before = opportunity.status
    opportunity.status, opportunity.closed_at = DealStatus.OPEN, None
    opportunity.stage_since = timezone.now()
    opportunity.reason = opportunity.competitor = None
    opportunity.close_note = ""
    opportunity.version += 1
    opportunity.save(update_fields=_ENDED)
    enter_stage(opportunity, StageAct.REOPENED, actor, opportunity.stage_since, note.strip())
    announce_reopened(actor, opportunity, before)
    return opportunity


def announce_reopened(actor: Actor, opportunity: Opportunity, before: str) -> None:
    """Audit, publish and show that an opportunity is open again. Part of the caller's act."""
    audit_opportunity(actor, "opportunity.reopened", opportunity, {"status": (before, DealStatus.OPEN)})
    reopened = OpportunityReopened(
        opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), before=before
    )
    publish(reopened, actor=actor)
    tell_boards(opportunity)


def check_status(opportunity: Opportunity, status: DealStatus, message: object) -> None:
    """Raise ``Invalid`` unless the opportunity has this status."""
    if opportunity.status != status:
        raise Invalid.on("status", "ended", str(message))


def _open(actor: Actor, opportunity_id: UUID, version: int | None) -> Opportunity:
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    check_status(opportunity, DealStatus.OPEN, _("This opportunity has ended already."))
    return opportunity


def _end(
    actor: Actor, opportunity: Opportunity, status: DealStatus, *, note: str, closed_at: datetime | None
) -> None:
    now = timezone.now()
    at = closed_at or now
    if at > now + AHEAD or at < opportunity.opened_at - AHEAD:
        raise Invalid.on("closed_at", "range", _("It ends between the day it was opened and today."))
    opportunity.status, opportunity.closed_at, opportunity.close_note = status, at, note.strip()[:1000]
    opportunity.version += 1
    opportunity.save(update_fields=_ENDED)
    act = StageAct.WON if status == DealStatus.WON else StageAct.LOST
    reason = opportunity.reason.name if opportunity.reason else ""
    enter_stage(opportunity, act, actor, at, " · ".join(filter(None, (reason, opportunity.close_note))))
    changes = {
        "status": (DealStatus.OPEN, status),
        "reason": (None, reason or None),
        "competitor": (None, opportunity.competitor.name if opportunity.competitor else None),
        "note": (None, opportunity.close_note or None),
    }
    audit_opportunity(actor, f"opportunity.{status}", opportunity, changes)
    tell_boards(opportunity)
