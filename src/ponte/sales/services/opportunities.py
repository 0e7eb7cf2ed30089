"""Opening, changing, moving and ending opportunities."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales import (
    OpportunityChanged,
    OpportunityLost,
    OpportunityMoved,
    OpportunityOpened,
    OpportunityReopened,
    OpportunityWon,
)
from ponte.sales.data import OpportunityData
from ponte.sales.models import DealStatus, Opportunity, Reason, ReasonKind, Stage, StageAct, StageEntry
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_fields import FIELDS, PERSONAL, OpportunityCleaner, filled


@transaction.atomic
def create_opportunity(*, actor: Actor, data: OpportunityData) -> Opportunity:
    """Open a sale with a customer.

    Raises:
        Denied: the role doesn't let them. Invalid: an unknown customer, stage or member, values that can't be accepted, an
        external id that is taken.
    """
    check_opportunity(actor, "create")
    cleaner = OpportunityCleaner(actor)
    opportunity = Opportunity(is_demo=data.is_demo)
    values = cleaner.clean(data, opportunity)
    stage = cleaner.stage(data)
    cleaner.done()
    _set(opportunity, values)
    opportunity.stage, opportunity.pipeline = stage, stage.pipeline
    opportunity.opened_at = opportunity.stage_since = data.opened_at or timezone.now()
    if opportunity.owner_id is None and actor.kind in {"member", "token"}:
        opportunity.owner = actor.member
    opportunity.save(force_insert=True)
    _enter(opportunity, StageAct.OPENED, actor, opportunity.opened_at)
    _audit(actor, "opportunity.created", opportunity, {**filled(opportunity), **cleaner.custom_changes})
    publish(
        OpportunityOpened(
            opportunity_id=str(opportunity.id),
            party_id=str(opportunity.party_id),
            stage_id=str(stage.id),
            amount=str(opportunity.amount),
        ),
        actor=actor,
    )
    return opportunity


@transaction.atomic
def update_opportunity(
    *, actor: Actor, opportunity_id: UUID, changes: dict[str, Any], version: int | None = None
) -> Opportunity:
    """Change the given fields (names of ``OpportunityData`` but stage and pipeline, see ``move_opportunity``).

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: what can't be accepted.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    before = {name: getattr(opportunity, name) for name in FIELDS}
    cleaner = OpportunityCleaner(actor)
    values = cleaner.clean(replace(OpportunityData(**before), **changes), opportunity)
    cleaner.done()
    _set(opportunity, values)
    after = {name: getattr(opportunity, name) for name in FIELDS}
    differences = audit.diff(before, after) | cleaner.custom_changes
    if not differences:
        return opportunity
    opportunity.version += 1
    opportunity.save()
    _audit(actor, "opportunity.updated", opportunity, differences)
    publish(
        OpportunityChanged(
            opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), fields=sorted(differences)
        ),
        actor=actor,
    )
    return opportunity


@transaction.atomic
def move_opportunity(
    *, actor: Actor, opportunity_id: UUID, stage_id: UUID, version: int | None = None
) -> Opportunity:
    """Bring an open opportunity to another stage, of this pipeline or another.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it is won or lost, there is no such stage.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    check_version(opportunity, version)
    _check_status(opportunity, DealStatus.OPEN, _("This opportunity has ended: reopen it first."))
    stage = Stage.objects.select_related("pipeline").filter(id=stage_id, pipeline__archived_at=None).first()
    if stage is None:
        raise Invalid.on("stage_id", "missing", _("There is no such stage."))
    if stage.id == opportunity.stage_id:
        return opportunity
    before = opportunity.stage
    now = timezone.now()
    opportunity.stage, opportunity.pipeline, opportunity.stage_since = stage, stage.pipeline, now
    opportunity.version += 1
    opportunity.save()
    _enter(opportunity, StageAct.MOVED, actor, now)
    _audit(actor, "opportunity.moved", opportunity, {"stage": (before.name, stage.name)})
    publish(
        OpportunityMoved(
            opportunity_id=str(opportunity.id),
            party_id=str(opportunity.party_id),
            before=str(before.id),
            after=str(stage.id),
        ),
        actor=actor,
    )
    return opportunity


@transaction.atomic
def win_opportunity(
    *, actor: Actor, opportunity_id: UUID, note: str = "", closed_at: datetime | None = None
) -> Opportunity:
    """End an open opportunity as won.

    Raises:
        Missing, Denied: as everywhere. Invalid: it has ended already.
    """
    opportunity = _end(actor, opportunity_id, DealStatus.WON, note=note, closed_at=closed_at)
    publish(
        OpportunityWon(
            opportunity_id=str(opportunity.id),
            party_id=str(opportunity.party_id),
            amount=str(opportunity.amount),
            monthly=str(opportunity.monthly),
        ),
        actor=actor,
    )
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
) -> Opportunity:
    """End an open opportunity as lost, for a reason and perhaps to a competitor.

    Raises:
        Missing, Denied: as everywhere. Invalid: it has ended already, no such reason or competitor.
    """
    reason = Reason.objects.filter(id=reason_id, kind=ReasonKind.LOST).first()
    if reason is None:
        raise Invalid.on("reason_id", "missing", _("Choose why it was lost."))
    opportunity = _end(
        actor,
        opportunity_id,
        DealStatus.LOST,
        note=note,
        closed_at=closed_at,
        reason=reason,
        competitor_id=competitor_id,
    )
    publish(
        OpportunityLost(
            opportunity_id=str(opportunity.id),
            party_id=str(opportunity.party_id),
            amount=str(opportunity.amount),
            reason_id=str(reason.id),
        ),
        actor=actor,
    )
    return opportunity


@transaction.atomic
def reopen_opportunity(*, actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Work a won or lost opportunity again, in the stage it ended in; its past stays in the history.

    Raises:
        Missing, Denied: as everywhere. Invalid: it is open.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    if opportunity.status == DealStatus.OPEN:
        raise Invalid.on("status", "open", _("This opportunity is open."))
    before, now = opportunity.status, timezone.now()
    opportunity.status, opportunity.closed_at, opportunity.stage_since = DealStatus.OPEN, None, now
    opportunity.reason = opportunity.competitor = None
    opportunity.close_note = ""
    opportunity.version += 1
    opportunity.save()
    _enter(opportunity, StageAct.REOPENED, actor, now)
    _audit(actor, "opportunity.reopened", opportunity, {"status": (before, DealStatus.OPEN)})
    publish(
        OpportunityReopened(
            opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), before=before
        ),
        actor=actor,
    )
    return opportunity


def _end(
    actor: Actor,
    opportunity_id: UUID,
    status: DealStatus,
    *,
    note: str,
    closed_at: datetime | None,
    reason: Reason | None = None,
    competitor_id: UUID | None = None,
) -> Opportunity:
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    _check_status(opportunity, DealStatus.OPEN, _("This opportunity has ended already."))
    opportunity.status, opportunity.closed_at = status, closed_at or timezone.now()
    opportunity.reason, opportunity.close_note = reason, note.strip()[:1000]
    opportunity.competitor_id = competitor_id
    opportunity.version += 1
    opportunity.save()
    act = StageAct.WON if status == DealStatus.WON else StageAct.LOST
    _enter(opportunity, act, actor, opportunity.closed_at)
    changes = {"status": (DealStatus.OPEN, status), "reason": (None, reason.name if reason else None)}
    _audit(actor, f"opportunity.{status}", opportunity, changes)
    return opportunity


def _set(opportunity: Opportunity, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(opportunity, name, value)


def _check_status(opportunity: Opportunity, status: DealStatus, message: Any) -> None:
    if opportunity.status != status:
        raise Invalid.on("status", "ended", message)


def _enter(opportunity: Opportunity, act: StageAct, actor: Actor, at: datetime) -> None:
    StageEntry.objects.filter(opportunity=opportunity, left_at=None).update(left_at=at)
    StageEntry.objects.create(
        opportunity=opportunity,
        act=act,
        stage_id=opportunity.stage_id,
        entered_at=at,
        member=actor.member,
        amount=opportunity.amount,
    )


def _audit(actor: Actor, act: str, opportunity: Opportunity, changes: dict[str, tuple[Any, Any]]) -> None:
    personal = {*PERSONAL, *(name for name in changes if name.startswith("custom."))}
    audit.record(
        actor=actor,
        act=act,
        target=opportunity,
        changes=changes,
        subject_id=opportunity.party_id,
        personal=personal,
    )
