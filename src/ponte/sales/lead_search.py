"""Leads in the global search."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.sales.models import Lead, LeadStatus
from ponte.sales.policies import visible_leads
from ponte.sales.tables.leads import STATUS_TONES, search_leads
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms
from ponte.workplace.visibility import who_may


def lead_hit(lead: Lead) -> SearchHit:
    """Return a lead as the global search shows it."""
    return SearchHit(
        object="lead",
        id=lead.id,
        title=lead.party.label,
        url=reverse("sales:lead", args=[lead.id]),
        subtitle=str(lead),
        icon="magnet",
        badge=lead.get_status_display(),
        tone=STATUS_TONES[LeadStatus(lead.status)],
    )


def _leads(member: Member) -> QuerySet[Lead]:
    return visible_leads(member).defer("message", "typed", "marks").select_related("party")


def search(member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
    """Return the leads of customers named so, those in work first."""
    found = list(search_leads(_leads(member), terms.text[:100]).order_by("-captured_at", "-id")[: 4 * limit])
    ended = (LeadStatus.CONVERTED, LeadStatus.DISQUALIFIED)
    found.sort(key=lambda lead: lead.status in ended)
    return [lead_hit(lead) for lead in found[:limit]]


def fetch(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return these leads as far as visible, for recent and favourite records."""
    return [lead_hit(lead) for lead in _leads(member).filter(id__in=ids)]


def seen(member: Member, ids: Collection[UUID]) -> set[UUID]:
    """Return which of these leads the member sees."""
    return set(visible_leads(member).filter(id__in=ids).values_list("id", flat=True))


SOURCE = SearchSource(
    "lead", _("Leads"), "magnet", search, order=25, fetch=fetch, list_url_name="sales:leads", personal=True,
    visible=who_may("lead", "view"),
)  # fmt: skip
