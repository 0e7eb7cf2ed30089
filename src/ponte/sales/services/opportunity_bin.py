"""Opportunities go into the bin and come back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.services.files import purge_of_records
from ponte.events.sales_opportunities import OpportunityDeleted, OpportunityRestored
from ponte.sales.models import Opportunity
from ponte.sales.policies import check_opportunity
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.next_activity import TASKS, refresh_next_activities
from ponte.sales.services.opportunity_history import audit_opportunity, tell_boards
from ponte.timeline.services.about import detach_from


@transaction.atomic
def delete_opportunity(*, actor: Actor, opportunity_id: UUID, version: int | None = None) -> None:
    """Put an opportunity into the bin for 30 days: it counts nowhere from then on.

    Raises:
        Missing, Denied, Conflict: as everywhere.
    """
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "delete", opportunity)
    check_version(opportunity, version)
    _set_deleted(actor, opportunity, timezone.now(), "opportunity.deleted")
    gone = OpportunityDeleted(opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id))
    publish(gone, actor=actor)


@transaction.atomic
def restore_opportunity(*, actor: Actor, opportunity_id: UUID) -> Opportunity:
    """Take an opportunity out of the bin, as it was.

    Raises:
        Missing, Denied: as everywhere. Invalid: its customer is in the bin.
    """
    opportunity = lock_opportunity(opportunity_id, deleted=True)
    if opportunity.party.deleted_at is not None:
        raise Invalid.on("party_id", "missing", _("Restore the customer first."))
    check_opportunity(actor, "delete", opportunity)
    _set_deleted(actor, opportunity, None, "opportunity.restored")
    back = OpportunityRestored(opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id))
    publish(back, actor=actor)
    return opportunity


@transaction.atomic
def purge_opportunities(*, before: datetime, limit: int = 1000) -> int:
    """Remove for good opportunities put into the bin before ``before``, the oldest first; return how many.

    Their files go with them; tasks and meetings about them stay with the customer, quotes and conversions no longer name them.
    """
    rows = Opportunity.objects.filter(deleted_at__lt=before).order_by("deleted_at", "id")
    ids = list(rows.values_list("id", flat=True)[:limit])
    if ids:
        record_bulk(
            actor=Actor.for_job("sales.empty_opportunity_bin"),
            act="opportunity.purged",
            object_type="opportunity",
            ids=ids,
            summary={"count": len(ids)},
        )
        purge_of_records("opportunity", ids)
        detach_from(about_type=TASKS, ids=ids)
        parties = set(Opportunity.objects.filter(id__in=ids).values_list("party_id", flat=True))
        Opportunity.objects.filter(id__in=ids).delete()
        refresh_next_activities(parties)
    return len(ids)


def _set_deleted(actor: Actor, opportunity: Opportunity, at: datetime | None, act: str) -> None:
    opportunity.deleted_at = at
    opportunity.version += 1
    opportunity.save(update_fields=["deleted_at", "version", "updated_at"])
    audit_opportunity(actor, act, opportunity, {})
    tell_boards(opportunity)
