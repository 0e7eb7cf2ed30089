"""Leads have custom fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.models import Lead
from ponte.sales.policies import get_visible_lead, visible_leads
from ponte.sales.services.lead_bulk import note_lead_edits
from ponte.sales.services.lead_edits import update_lead
from ponte.workplace.custom_fields.objects import CustomObject, Named, Pairs


def _find(member: Member, lead_id: UUID, act: str) -> Lead:
    lead = get_visible_lead(member, lead_id)
    if act != "view" and not may(member, "lead", act, lead):
        raise Denied("lead", act)
    return lead


def _change(actor: Actor, lead_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    return update_lead(actor=actor, lead_id=lead_id, changes={"custom": values}, version=version)


def _note(actor: Actor, right: str, changes: Pairs) -> None:
    note_lead_edits(actor=actor, changes={key: {right: pair} for key, pair in changes.items()})


def lead_names(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return what tells customer and page of leads, those the member may see."""
    rows = visible_leads(member) if member else Lead.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).select_related("party")
    return {row.id: Named(row.party.label, reverse_lazy("sales:lead", args=[row.id])) for row in found}


LEAD_OBJECT = CustomObject(
    key="lead",
    label=_("Lead"),
    plural=_("Leads"),
    rights_object="lead",
    model=Lead,
    icon="magnet",
    order=60,
    alive="deleted_at",
    find=_find,
    change=_change,
    note_many=_note,
    subject="party_id",
    order_by=("captured_at",),
)
