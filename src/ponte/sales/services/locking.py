"""Taking a lead or an opportunity for change."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Missing
from ponte.core.prepared import Prepared
from ponte.sales.models import Lead, Opportunity


def _to_lock(opportunity_id: UUID, *, deleted: bool) -> QuerySet[Opportunity]:
    rows = Opportunity.objects.select_for_update(of=("self",)).filter(id=opportunity_id)
    return rows.select_related("party", "owner", "stage", "pipeline").filter(deleted_at__isnull=not deleted)


STANDING = Prepared[Opportunity](lambda opportunity_id: _to_lock(opportunity_id, deleted=False), UUID)
BINNED = Prepared[Opportunity](lambda opportunity_id: _to_lock(opportunity_id, deleted=True), UUID)


def lock_lead(lead_id: UUID, *, deleted: bool = False) -> Lead:
    """Return a lead locked for change (from the bin with ``deleted``); raise ``Missing``."""
    rows = Lead.objects.select_for_update(of=("self",)).select_related("party", "owner")
    lead = rows.filter(id=lead_id, deleted_at__isnull=not deleted).first()
    if lead is None:
        raise Missing
    return lead


def lock_opportunity(opportunity_id: UUID, *, deleted: bool = False) -> Opportunity:
    """Return an opportunity locked for change (from the bin with ``deleted``); raise ``Missing``."""
    opportunity = (BINNED if deleted else STANDING).first(opportunity_id)
    if opportunity is None:
        raise Missing
    return opportunity
