"""What a member has chosen about a list, and the views he sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse

from ponte.core.arrays import AnyOf
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.rights import may, may_area
from ponte.workplace.lists import ListPage, list_pages
from ponte.workplace.models import ListPreference, SavedView, Sharing
from ponte.workplace.search import SearchHit

MOST_SHOWN = 100
PREFERENCE = Prepared[ListPreference](
    lambda member_id, key: ListPreference.objects.filter(member_id=member_id, list_key=key)[:1], UUID, str
)
VIEWS = Prepared[SavedView](
    lambda member_id, teams, key: (
        _seen_by(member_id, teams).filter(list_key=key).order_by("name", "id")[:MOST_SHOWN]
    ),
    UUID,
    list,
    str,
)


def preference_of(member: Member, page: ListPage) -> ListPreference:
    """Return what the member has chosen about a list; an unsaved, empty choice when nothing."""
    found = PREFERENCE.first(member.id, page.key)
    return found or ListPreference(member=member, list_key=page.key)


def chosen_columns(member: Member, page: ListPage) -> list[str] | None:
    """Return the column keys the member has chosen, None when he hasn't."""
    return preference_of(member, page).columns or None


def views_of(member: Member, page: ListPage, *, order: Sequence[UUID] = ()) -> list[SavedView]:
    """Return the views the member sees: those in ``order`` first, the others by name behind them."""
    places = {view_id: place for place, view_id in enumerate(order)}
    found = VIEWS.rows(member.id, _teams_above(member), page.key)
    return sorted(found, key=lambda view: places.get(view.id, len(places)))


def view_of(member: Member, page: ListPage, view_id: UUID) -> SavedView | None:
    """Return a view the member sees, None otherwise."""
    return visible_views(member).filter(id=view_id, list_key=page.key).first()


def visible_views(member: Member) -> QuerySet[SavedView]:
    """Return the views a member sees: own ones, those for everyone, those of the teams above and his own."""
    return _seen_by(member.id, _teams_above(member))


def _seen_by(member_id: UUID, teams: list[UUID]) -> QuerySet[SavedView]:
    of_teams = Q(sharing=Sharing.TEAM) & Q(AnyOf("team_id", teams))
    seen = Q(member_id=member_id) | Q(sharing=Sharing.EVERYONE) | of_teams
    return SavedView.objects.filter(seen).select_related("member", "team")


def may_change_view(member: Member, view: SavedView) -> bool:
    """Return whether a member may change or delete a view: his own, one of a team he leads, or any shared one with
    the right to the area "views"."""
    if view.member_id == member.id:
        return True
    if view.sharing == Sharing.TEAM and view.team is not None and view.team.leader_id == member.id:
        return True
    return view.is_shared and may_area(member, "views")


def address_of(page: ListPage, view: SavedView) -> str:
    """Return the address that opens a list in a saved view."""
    separator = "&" if len(view.query) > 1 else ""
    return f"{reverse(page.url_name)}{view.query or '?'}{separator}view={view.id}"


def view_hits(member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
    """Return views among ``ids`` that the member sees, as favourites show them."""
    hits = []
    for view in visible_views(member).filter(id__in=ids):
        page = list_pages.get(view.list_key)
        if page is not None and may(member, page.object, "view"):
            hits.append(SearchHit("savedview", view.id, view.name, address_of(page, view), icon=page.icon))
    return hits


def _teams_above(member: Member) -> list[UUID]:
    """Return the ids of the member's team and those above it, out of its path; none without a team."""
    if member.team is None:
        return []
    ids = [member.team.id]
    for part in member.team.path.split("/"):
        try:
            ids.append(UUID(part))
        except ValueError:
            continue
    return ids
