"""Choosing an opportunity by typing: its title, or whose it is."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.text import search_query
from ponte.directory.policies import visible_parties
from ponte.directory.selectors.search import matching_parties
from ponte.sales.models import DealStatus, Opportunity
from ponte.sales.policies import visible_opportunities
from ponte.workplace.search.candidates import bitmap_scans_only, matching

MOST = 12
CANDIDATES = 200


@require_safe
@requires("opportunity", "view")
def pick(request: WorkspaceRequest) -> JsonResponse:
    """Answer the opportunities a picker offers for ``?q=``, open ones first; without it the member's own open ones."""
    text = request.GET.get("q", "")[:100].strip()
    rows = visible_opportunities(request.member).select_related("party", "stage")
    rows = rows.defer("search", "description", "custom", "party__description", "party__custom")
    if text:
        found = list(_matching(request.member, rows, text)[:CANDIDATES])
        found.sort(key=lambda deal: (deal.closed_at is not None, deal.title.casefold(), str(deal.id)))
    else:
        mine = rows.filter(status=DealStatus.OPEN, owner=request.member)
        found = list(mine.order_by("-stage_since", "-id")[:MOST])
    items = [
        {"value": str(deal.id), "label": deal.title, "note": f"{deal.party.label} · {_standing(deal)}"}
        for deal in found[:MOST]
    ]
    return JsonResponse({"items": items})


def _matching(member: Member, rows: QuerySet[Opportunity], text: str) -> QuerySet[Opportunity]:
    """Those whose words match, and those of customers whose do: ids first, so that the indexes on words serve."""
    query = search_query(text)
    with bitmap_scans_only():
        ids = (
            list(matching(visible_opportunities(member), query).values_list("id", flat=True)[:CANDIDATES])
            if query
            else []
        )
        parties = []
        if may(member, "customer", "view"):
            named = matching_parties(visible_parties(member), text, member)
            parties = list(named.values_list("id", flat=True)[:CANDIDATES])
    return rows.filter(Q(id__in=ids) | Q(party_id__in=parties)).order_by()


def _standing(deal: Opportunity) -> str:
    return deal.stage.name if deal.status == DealStatus.OPEN else deal.get_status_display()
