"""Opening and changing opportunities. How they move and end: ``opportunity_state``, whose acts can be imported from here too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.events.sales import OpportunityChanged, OpportunityOpened
from ponte.sales.data import OpportunityData
from ponte.sales.models import Opportunity, StageAct
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_fields import FIELDS, OpportunityCleaner, filled
from ponte.sales.services.opportunity_history import audit_opportunity, enter_stage, set_search, tell_boards
from ponte.sales.services.opportunity_notices import tell_owner
from ponte.sales.services.opportunity_state import (
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    win_opportunity,
)

__all__ = [
    "create_opportunity",
    "lose_opportunity",
    "move_opportunity",
    "reopen_opportunity",
    "update_opportunity",
    "win_opportunity",
]


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
    set_search(opportunity)
    opportunity.save(force_insert=True)
    enter_stage(opportunity, StageAct.OPENED, actor, opportunity.opened_at)
    audit_opportunity(
        actor, "opportunity.created", opportunity, {**filled(opportunity), **cleaner.custom_changes}
    )
    publish(
        OpportunityOpened(
            opportunity_id=str(opportunity.id),
            party_id=str(opportunity.party_id),
            stage_id=str(stage.id),
            amount=str(opportunity.amount),
        ),
        actor=actor,
    )
    tell_owner(actor, opportunity)
    tell_boards(opportunity)
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
    _keep_sums(cleaner, opportunity, before, changes)
    cleaner.done()
    _set(opportunity, values)
    after = {name: getattr(opportunity, name) for name in FIELDS}
    differences = audit.diff(before, after) | cleaner.custom_changes
    if not differences:
        return opportunity
    opportunity.version += 1
    set_search(opportunity)
    opportunity.save()
    audit_opportunity(actor, "opportunity.updated", opportunity, differences)
    publish(
        OpportunityChanged(
            opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), fields=sorted(differences)
        ),
        actor=actor,
    )
    if "owner_id" in differences:
        tell_owner(actor, opportunity)
    tell_boards(opportunity, close_before=before["expected_close"])
    return opportunity


def _keep_sums(
    cleaner: OpportunityCleaner, opportunity: Opportunity, before: dict[str, Any], changes: dict[str, Any]
) -> None:
    """Refuse another value than the products add up to."""
    told = [name for name in ("amount", "monthly") if name in changes and changes[name] != before[name]]
    if told and opportunity.lines.exists():
        for name in told:
            cleaner.refuse(name, "follows_lines", _("The value is the sum of the products: change it there."))


def _set(opportunity: Opportunity, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(opportunity, name, value)
