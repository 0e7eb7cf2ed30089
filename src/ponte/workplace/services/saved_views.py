"""Saving, changing, copying and deleting views of a list."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.rights import may_area
from ponte.core.services import audit
from ponte.workplace.lists import ListPage
from ponte.workplace.models import Favourite, SavedView, Sharing
from ponte.workplace.selectors.lists import may_change_view, view_of

MOST_VIEWS = 50  # of one member on one list
LONGEST_QUERY = 8_000


@dataclass(frozen=True)
class ViewDraft:
    """What a view is to be: its name, who sees it (a value of ``Sharing``), its folder ("" for none)."""

    name: str
    sharing: str = Sharing.PRIVATE
    folder: str = ""


def save_view(*, actor: Actor, page: ListPage, draft: ViewDraft, query: str) -> SavedView:
    """Save a list's state under a name.

    Args:
        query: the state as a query string, from ``ListState.query``.

    Raises:
        Invalid: a bad name or folder, too many views, or sharing that isn't the member's to give.
    """
    member = _member(actor)
    view = SavedView(list_key=page.key, member=member, query=_fitting(query))
    _describe(view, draft, member)
    _check_room(member, page)
    view.save()
    changes = {"name": ("", view.name), "sharing": (Sharing.PRIVATE.value, view.sharing)}
    audit.record(actor=actor, act="view.saved", target=view, changes=changes)
    return view


def change_view(
    *,
    actor: Actor,
    page: ListPage,
    view_id: UUID,
    draft: ViewDraft,
    query: str | None,
    version: int | None = None,
) -> SavedView:
    """Rename, share or move a view to a folder, or (``query``) keep another state in it.

    Raises:
        Missing: no such view, or not the member's to change. Invalid: see ``save_view``. Conflict: changed meanwhile.
    """
    view = _changeable(actor, page, view_id)
    check_version(view, version)
    before = _told(view)
    _describe(view, draft, _member(actor))
    if query is not None:
        view.query = _fitting(query)
    changes = audit.diff(before, _told(view))
    if changes:
        view.version += 1
        view.save()
        audit.record(actor=actor, act="view.changed", target=view, changes=changes)
    return view


def copy_view(*, actor: Actor, page: ListPage, view_id: UUID) -> SavedView:
    """Make a private copy of a view the member sees; raises ``Missing`` for any other, ``Invalid`` for too many."""
    member = _member(actor)
    found = view_of(member, page, view_id)
    if found is None:
        raise Missing
    name = _("%(name)s (copy)") % {"name": found.name[:50]}
    return save_view(actor=actor, page=page, draft=ViewDraft(name, folder=found.folder), query=found.query)


def delete_view(*, actor: Actor, page: ListPage, view_id: UUID) -> None:
    """Delete a view; raises ``Missing`` when it isn't the member's to delete."""
    view = _changeable(actor, page, view_id)
    audit.record(actor=actor, act="view.deleted", target=view, changes={"name": (view.name, "")})
    Favourite.objects.filter(object="savedview", object_id=view.id).delete()
    view.delete()


def _changeable(actor: Actor, page: ListPage, view_id: UUID) -> SavedView:
    member = _member(actor)
    seen = view_of(member, page, view_id)
    if seen is None or not may_change_view(member, seen):
        raise Missing
    view = SavedView.objects.select_for_update().filter(id=view_id).first()
    if view is None:
        raise Missing
    return view


def _describe(view: SavedView, draft: ViewDraft, member: Member) -> None:
    view.name = _line(draft.name, "name", most=60)
    if not view.name:
        raise Invalid.on("name", "required", _("Give the view a name."))
    view.folder = _line(draft.folder, "folder", most=40)
    if draft.sharing == view.sharing:
        return
    if draft.sharing not in Sharing.values:
        raise Invalid.on(
            "sharing", "invalid_choice", _("Choose who sees the view: only you, your team or everyone.")
        )
    if draft.sharing == Sharing.EVERYONE and not may_area(member, "views"):
        raise Invalid.on(
            "sharing",
            "not_allowed",
            _("Your role doesn't share views with everyone. Share it with your team."),
        )
    if draft.sharing == Sharing.TEAM and member.team_id is None:
        raise Invalid.on(
            "sharing", "no_team", _("You are in no team. Ask an administrator to put you into one.")
        )
    view.sharing = draft.sharing
    view.team_id = member.team_id if draft.sharing == Sharing.TEAM else None


def _told(view: SavedView) -> dict[str, str]:
    return {name: getattr(view, name) for name in ("name", "sharing", "folder", "query")}


def _check_room(member: Member, page: ListPage) -> None:
    if SavedView.objects.filter(member=member, list_key=page.key).count() >= MOST_VIEWS:
        raise Invalid.on("name", "too_many", _("You have many views of this list; delete one first."))


def _fitting(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise Invalid.on("query", "too_long", _("This view has too many filters to be kept. Take some away."))
    return query


def _line(text: str, field: str, *, most: int) -> str:
    text = " ".join(text.replace("\x00", " ").split())
    if len(text) > most:
        raise Invalid.on(field, "too_long", _("Use at most %(most)s letters.") % {"most": most})
    return text


def _member(actor: Actor) -> Member:
    if actor.member is None:
        raise Missing
    return actor.member
