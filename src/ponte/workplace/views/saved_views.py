"""Saving a list's state under a name, and keeping such views in order."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area
from ponte.ui.htmx import go_to
from ponte.workplace.lists import ListPage
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.state import read_state
from ponte.workplace.models import Favourite, SavedView, Sharing
from ponte.workplace.selectors.lists import (
    address_of,
    may_change_view,
    preference_of,
    view_of,
    views_of,
)
from ponte.workplace.services.list_preferences import arrange_views
from ponte.workplace.services.saved_views import ViewDraft, change_view, copy_view, delete_view, save_view


@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Ask for a name, or save the state in the URL under it."""
    page = list_for(request.member, key)
    query = _state_query(request, page)
    if request.method != "POST":
        return _form(request, page, query=query)
    try:
        view = save_view(actor=request.actor, page=page, draft=_draft(request), query=query)
    except Invalid as refusal:
        return _form(request, page, query=query, refusal=refusal)
    return go_to(address_of(page, view))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_view(request: WorkspaceRequest, key: str, view_id: UUID) -> HttpResponse:
    """Rename, share, file or overwrite a view that is the member's to change; any other can be copied."""
    page = list_for(request.member, key)
    view = view_of(request.member, page, view_id)
    if view is None:
        raise Missing
    query = _state_query(request, page)
    if not may_change_view(request.member, view):
        if request.method == "POST":
            raise Missing
        context = {"list": page, "view": view, "query": query}
        return render(request, "workplace/lists/view_foreign.html", context)
    if request.method != "POST":
        return _form(request, page, query=query, view=view)
    try:
        view = change_view(
            actor=request.actor,
            page=page,
            view_id=view_id,
            draft=_draft(request),
            query=query if request.POST.get("keep") == "on" else None,
            version=_version(request),
        )
    except Invalid as refusal:
        return _form(request, page, query=query, view=view, refusal=refusal)
    return go_to(address_of(page, view))


@require_POST
def duplicate_view(request: WorkspaceRequest, key: str, view_id: UUID) -> HttpResponse:
    """Make a private copy of a view and open it."""
    page = list_for(request.member, key)
    return go_to(address_of(page, copy_view(actor=request.actor, page=page, view_id=view_id)))


@require_POST
def drop_view(request: WorkspaceRequest, key: str, view_id: UUID) -> HttpResponse:
    """Delete a view."""
    page = list_for(request.member, key)
    delete_view(actor=request.actor, page=page, view_id=view_id)
    return go_to(f"{reverse(page.url_name)}?view=all")


@require_http_methods(["GET", "HEAD", "POST"])
def arrange(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show the views of a list to be put in order, starred and chosen as the one it opens with; or keep that."""
    page = list_for(request.member, key)
    if request.method == "POST":
        arrange_views(
            member=request.member,
            page=page,
            order=_uuids(request.POST.getlist("order")),
            default=next(iter(_uuids([request.POST.get("default", "")])), None),
        )
        return go_to(f"{reverse(page.url_name)}{_state_query(request, page, keep_view=True)}")
    preference = preference_of(request.member, page)
    views = views_of(request.member, page, order=preference.view_order)
    starred = set(
        Favourite.objects.filter(member=request.member, object="savedview").values_list(
            "object_id", flat=True
        )
    )
    context = {
        "list": page,
        "query": _state_query(request, page, keep_view=True),
        "views": [(view, view.id in starred) for view in views],
        "default": preference.default_view,
    }
    return render(request, "workplace/lists/view_order.html", context)


def _state_query(request: WorkspaceRequest, page: ListPage, *, keep_view: bool = False) -> str:
    state = read_state(page, request.GET, request.member)
    return state.query(without=() if keep_view else ("view",))


def _draft(request: WorkspaceRequest) -> ViewDraft:
    given = request.POST
    return ViewDraft(given.get("name", ""), given.get("sharing", Sharing.PRIVATE), given.get("folder", ""))


def _version(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _form(
    request: WorkspaceRequest,
    page: ListPage,
    *,
    query: str,
    view: SavedView | None = None,
    refusal: Invalid | None = None,
) -> HttpResponse:
    if request.method == "POST":
        draft = _draft(request)
    else:
        draft = ViewDraft(view.name, view.sharing, view.folder) if view else ViewDraft("")
    context = {
        "list": page,
        "query": query,
        "view": view,
        "draft": draft,
        "sharings": _sharings(request.member, view),
        "folders": sorted({each.folder for each in views_of(request.member, page) if each.folder}),
        "problems": {problem.field: problem.message for problem in refusal.problems} if refusal else {},
    }
    return render(request, "workplace/lists/view_form.html", context, status=422 if refusal else 200)


def _sharings(member: Member, view: SavedView | None) -> list[tuple[str, str]]:
    """Return the ways of sharing the member may choose, the view's present one among them."""
    now = view.sharing if view else Sharing.PRIVATE
    offered = [(Sharing.PRIVATE.value, str(Sharing.PRIVATE.label))]
    team = view.team if view and view.team else member.team
    if team is not None:
        offered.append((Sharing.TEAM.value, _("My team: %(team)s") % {"team": team.name}))
    if may_area(member, "views") or now == Sharing.EVERYONE:
        offered.append((Sharing.EVERYONE.value, str(Sharing.EVERYONE.label)))
    return offered
