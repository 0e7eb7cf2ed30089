"""Who looks after the quality of which customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from ponte.core.models import Member, Team
from ponte.directory.models import Party, QualitySteward
from ponte.workplace.lists import list_pages
from ponte.workplace.lists.results import select_whole
from ponte.workplace.lists.state import read_state

LISTS = {"person": "people", "company": "companies"}


def areas_of(member: Member) -> list[QualitySteward]:
    """Return what a member looks after, alone or with their team and the teams above it."""
    condition = Q(member=member)
    if member.team is not None:
        condition |= Q(team_id__in=[part for part in member.team.path.split("/") if part] or [member.team_id])
    return list(QualitySteward.objects.filter(condition).select_related("view").order_by("id"))


def within_areas(rows: QuerySet[Party], areas: Sequence[QualitySteward], member: Member) -> QuerySet[Party]:
    """Return those of the customers that belong to one of the areas, as the member sees them."""
    condition = Q(pk__in=[])
    for area in areas:
        condition |= Q(kind=area.kind, pk__in=_view_ids(area, member)) if area.view else Q(kind=area.kind)
    return rows.filter(condition)


def _view_ids(area: QualitySteward, member: Member) -> Any:
    """Return the customers a saved view shows, as a query of ids; none where the view can't be read any more."""
    page = list_pages.get(LISTS[area.kind])
    if page is None or area.view is None:
        return []
    state = read_state(page, QueryDict(area.view.query.removeprefix("?")), member)
    return select_whole(state, member, act="edit").rows.order_by().values("pk")


def members_of(area: QualitySteward) -> list[Member]:
    """Return the active members an area's steward stands for."""
    if area.member_id:
        return list(Member.objects.filter(id=area.member_id, is_active=True).select_related("role", "team"))
    team = Team.objects.filter(id=area.team_id).first() if area.team_id else None
    if team is None:
        return []
    return list(
        Member.objects.filter(team__path__startswith=team.path, is_active=True).select_related("role", "team")
    )
