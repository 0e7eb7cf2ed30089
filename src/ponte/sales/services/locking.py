"""Taking a lead or an opportunity for change."""

from __future__ import annotations

from uuid import UUID

from ponte.core.errors import Missing
from ponte.sales.models import Lead, Opportunity


def lock_lead(lead_id: UUID, *, deleted: bool = False) -> Lead:
    """Return a lead locked for change (from the bin with ``deleted``); raise ``Missing``."""
    rows = Lead.objects.select_for_update(of=("self",)).select_related("party", "owner")
    lead = rows.filter(id=lead_id, deleted_at__isnull=not deleted).first()
    if lead is None:
        raise Missing
    return lead


def lock_opportunity(opportunity_id: UUID, *, deleted: bool = False) -> Opportunity:
    """Return an opportunity locked for change (from the bin with ``deleted``); raise ``Missing``."""
    rows = Opportunity.objects.select_for_update(of=("self",)).select_related(
        "party", "owner", "stage", "pipeline"
    )
    opportunity = rows.filter(id=opportunity_id, deleted_at__isnull=not deleted).first()
    if opportunity is None:
        raise Missing
    return opportunity
