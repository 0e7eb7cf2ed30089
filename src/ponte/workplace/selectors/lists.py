"""What a member has chosen about a list."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from ponte.core.models import Member
from ponte.workplace.lists import ListPage
from ponte.workplace.models import ListPreference, SavedView


def chosen_columns(member: Member, page: ListPage) -> list[str] | None:
    """Return the column keys the member has chosen, None when he hasn't."""
    return (
        ListPreference.objects.filter(member=member, list_key=page.key)
        .values_list("columns", flat=True)
        .first()
    )


def views_of(member: Member, page: ListPage) -> list[SavedView]:
    """Return the views the member sees as tabs: own ones and shared ones, by name."""
    return list(_visible(member, page).select_related("member").order_by("name", "id")[:40])


def view_of(member: Member, page: ListPage, view_id: UUID) -> SavedView | None:
    """Return a view the member sees, None otherwise."""
    return _visible(member, page).filter(id=view_id).first()


def _visible(member: Member, page: ListPage) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(member=member) | Q(shared=True), list_key=page.key)
