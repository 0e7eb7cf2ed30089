"""Leads have custom fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.models import Lead
from ponte.sales.policies import get_visible_lead, visible_leads
from ponte.sales.services.lead_bulk import note_lead_edits
from ponte.sales.services.lead_edits import update_lead
from ponte.workplace.custom_fields.objects import Named
from ponte.workplace.custom_fields.records import OF_A_CUSTOMER, record_object


def lead_names(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return what tells customer and page of leads, those the member may see."""
    rows = visible_leads(member) if member else Lead.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).select_related("party")
    return {row.id: Named(row.party.label, reverse_lazy("sales:lead", args=[row.id])) for row in found}


LEAD_OBJECT = record_object(
    key="lead",
    label=_("Lead"),
    plural=_("Leads"),
    model=Lead,
    icon="magnet",
    order=60,
    get_visible=get_visible_lead,
    update=update_lead,
    note=note_lead_edits,
    order_by=("captured_at",),
    **OF_A_CUSTOMER,
)
