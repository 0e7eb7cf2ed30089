"""Saving, renaming, sharing and deleting a member's views of a list."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.services import audit
from ponte.workplace.lists import ListPage
from ponte.workplace.models import SavedView

MOST_VIEWS = 50  # of one member on one list
LONGEST_QUERY = 4_000


def save_view(*, actor: Actor, page: ListPage, name: str, shared: bool, query: str) -> SavedView:
    """Save a list's state under a name.

    Args:
        query: the state as a query string, from ``ListState.query``.

    Raises:
        Invalid: no or too long a name, or too many views.
    """
    member = _member(actor)
    if SavedView.objects.filter(member=member, list_key=page.key).count() >= MOST_VIEWS:
        raise Invalid.on("name", "too_many", _("You have many views of this list; delete one first."))
    view = SavedView.objects.create(
        list_key=page.key, name=_checked(name), member=member, shared=shared, query=query[:LONGEST_QUERY]
    )
    audit.record(
        actor=actor,
        act="view.saved",
        target=view,
        changes={"name": ("", view.name), "shared": (False, shared)},
    )
    return view


def change_view(
    *, actor: Actor, page: ListPage, view_id: UUID, name: str, shared: bool, query: str | None
) -> SavedView:
    """Rename or share one of the member's own views, or (``query``) keep another state in it.

    Raises:
        Missing: no such view, or somebody else's. Invalid: a bad name.
    """
    view = _own(actor, page, view_id)
    before = {"name": view.name, "shared": view.shared, "query": view.query}
    view.name, view.shared = _checked(name), shared
    if query is not None:
        view.query = query[:LONGEST_QUERY]
    view.save()
    after = {"name": view.name, "shared": view.shared, "query": view.query}
    audit.record(actor=actor, act="view.changed", target=view, changes=audit.diff(before, after))
    return view


def delete_view(*, actor: Actor, page: ListPage, view_id: UUID) -> None:
    """Delete one of the member's own views; raises ``Missing`` for any other."""
    view = _own(actor, page, view_id)
    audit.record(actor=actor, act="view.deleted", target=view, changes={"name": (view.name, "")})
    view.delete()


def _own(actor: Actor, page: ListPage, view_id: UUID) -> SavedView:
    view = (
        SavedView.objects.select_for_update()
        .filter(id=view_id, list_key=page.key, member=_member(actor))
        .first()
    )
    if view is None:
        raise Missing
    return view


def _checked(name: str) -> str:
    name = " ".join(name.replace("\x00", " ").split())
    if not name:
        raise Invalid.on("name", "required", _("Give the view a name."))
    if len(name) > 60:
        raise Invalid.on("name", "too_long", _("Use at most 60 letters."))
    return name


def _member(actor: Actor) -> Member:
    if actor.member is None:
        raise Missing
    return actor.member
