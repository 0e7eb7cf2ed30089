"""Opportunities have custom fields, and tasks may be steps of them."""

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
from ponte.sales.models import Opportunity
from ponte.sales.policies import get_visible_opportunity, visible_opportunities
from ponte.sales.services.next_activity import TASKS, refresh_next_activities
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.services.opportunity_bulk import note_edits
from ponte.timeline.subjects import TaskSubject
from ponte.workplace.custom_fields.objects import CustomObject, Named, Pairs


def _find(member: Member, opportunity_id: UUID, act: str) -> Opportunity:
    deal = get_visible_opportunity(member, opportunity_id)
    if act != "view" and not may(member, "opportunity", act, deal):
        raise Denied("opportunity", act)
    return deal


def _change(actor: Actor, opportunity_id: UUID, values: Mapping[str, Any], version: int | None) -> object:
    return update_opportunity(
        actor=actor, opportunity_id=opportunity_id, changes={"custom": values}, version=version
    )


def _note_many(actor: Actor, right: str, changes: Pairs) -> None:
    note_edits(actor=actor, changes={key: {right: pair} for key, pair in changes.items()})


def opportunity_labels(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, Named]:
    """Return title and page of opportunities, those the member may see."""
    rows = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    found = rows.filter(id__in=list(ids)).values_list("id", "title")
    return {key: Named(title, reverse_lazy("sales:opportunity", args=[key])) for key, title in found}


def customers_of(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Return whose opportunities these are: of any there are, for a member of those they see."""
    rows = visible_opportunities(member) if member else Opportunity.objects.all()
    return dict(rows.filter(id__in=list(ids)).values_list("id", "party_id"))


def opportunities_by_keys(member: Member | None, source: str, keys: Collection[str]) -> Mapping[str, UUID]:
    """Return the opportunities another system knows by these ids, those the member may see."""
    rows = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    return dict(rows.filter(source=source, external_id__in=set(keys) - {""}).values_list("external_id", "id"))


OPPORTUNITY = CustomObject(
    key="opportunity",
    label=_("Opportunity"),
    plural=_("Opportunities"),
    rights_object="opportunity",
    model=Opportunity,
    icon="chart-funnel",
    order=45,
    alive="deleted_at",
    find=_find,
    change=_change,
    note_many=_note_many,
    subject="party_id",
    order_by=("opened_at",),
)
STEPS = TaskSubject(
    key=TASKS,
    label=_("Opportunity"),
    parties_of=customers_of,
    names=opportunity_labels,
    refresh=refresh_next_activities,
    pick_url="sales:opportunity_pick",
    may_pick=lambda member: may(member, "opportunity", "view"),
    by_keys=opportunities_by_keys,
)
