"""Opportunities have custom fields, and tasks may be steps of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.models import Opportunity
from ponte.sales.policies import get_visible_opportunity, visible_opportunities
from ponte.sales.services.next_activity import TASKS, refresh_next_activities
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.services.opportunity_bulk import note_edits
from ponte.timeline.subjects import TaskSubject
from ponte.workplace.custom_fields.records import OF_A_CUSTOMER, labels_by, record_object

opportunity_labels = labels_by(
    "title", "sales:opportunity", visible=visible_opportunities, all_of=Opportunity
)


def customers_of(member: Member | None, ids: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Return whose opportunities these are: of any there are, for a member of those they see."""
    rows = visible_opportunities(member) if member else Opportunity.objects.all()
    return dict(rows.filter(id__in=list(ids)).values_list("id", "party_id"))


def opportunities_by_keys(member: Member | None, source: str, keys: Collection[str]) -> Mapping[str, UUID]:
    """Return the opportunities another system knows by these ids, those the member may see."""
    rows = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    return dict(rows.filter(source=source, external_id__in=set(keys) - {""}).values_list("external_id", "id"))


OPPORTUNITY = record_object(
    key="opportunity",
    label=_("Opportunity"),
    plural=_("Opportunities"),
    model=Opportunity,
    icon="chart-funnel",
    order=45,
    get_visible=get_visible_opportunity,
    update=update_opportunity,
    note=note_edits,
    order_by=("opened_at",),
    **OF_A_CUSTOMER,
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
