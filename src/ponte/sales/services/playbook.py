"""Ticking the steps of a stage's checklist."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.events import publish
from ponte.events.sales import OpportunityChanged
from ponte.sales.models import OpportunityCheck, Stage
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_history import audit_opportunity


@transaction.atomic
def tick_step(*, actor: Actor, opportunity_id: UUID, stage_id: UUID, key: str, done: bool = True) -> bool:
    """Tick a step of a stage's checklist, or take the tick away; return whether that changed anything.

    Raises:
        Missing, Denied: as everywhere. Invalid: the stage has no such step.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    stage = Stage.objects.filter(id=stage_id, pipeline_id=opportunity.pipeline_id).first()
    text = next((one["text"] for one in stage.checklist if one["key"] == key), None) if stage else None
    if stage is None or text is None:
        raise Invalid.on("key", "missing", _("There is no such step."))
    ticked = OpportunityCheck.objects.filter(opportunity=opportunity, stage=stage, key=key)
    if ticked.exists() == done:
        return False
    if done:
        OpportunityCheck.objects.create(opportunity=opportunity, stage=stage, key=key, member=actor.member)
    else:
        ticked.delete()
    opportunity.version += 1
    opportunity.save(update_fields=["version", "updated_at"])
    pair = (None, text) if done else (text, None)
    audit_opportunity(actor, "opportunity.step_ticked", opportunity, {"step": pair})
    publish(
        OpportunityChanged(
            opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), fields=["checklist"]
        ),
        actor=actor,
    )
    return True
