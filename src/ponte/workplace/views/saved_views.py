"""Saving a list's state under a name, and keeping such views in order."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import go_to
from ponte.workplace.lists import ListPage
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.state import read_state
from ponte.workplace.models import SavedView
from ponte.workplace.selectors.lists import view_of
from ponte.workplace.services.saved_views import change_view, delete_view, save_view


@require_http_methods(["GET", "HEAD", "POST"])
def new_view(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Ask for a name, or save the state in the URL under it."""
    page = list_for(request.member, key)
    query = read_state(page, request.GET, request.member).query(without=("view",))
    if request.method != "POST":
        return _form(request, page, query=query)
    try:
        view = save_view(
            actor=request.actor,
            page=page,
            name=request.POST.get("name", ""),
            shared=request.POST.get("shared") == "on",
            query=query,
        )
    except Invalid as refusal:
        return _form(request, page, query=query, refusal=refusal)
    return go_to(address_of(page, view))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_view(request: WorkspaceRequest, key: str, view_id: UUID) -> HttpResponse:
    """Rename, share or overwrite one of the member's own views."""
    page = list_for(request.member, key)
    view = view_of(request.member, page, view_id)
    if view is None or view.member_id != request.member.id:
        raise Missing
    query = read_state(page, request.GET, request.member).query(without=("view",))
    if request.method != "POST":
        return _form(request, page, query=query, view=view)
    try:
        view = change_view(
            actor=request.actor,
            page=page,
            view_id=view_id,
            name=request.POST.get("name", ""),
            shared=request.POST.get("shared") == "on",
            query=query if request.POST.get("keep") == "on" else None,
        )
    except Invalid as refusal:
        return _form(request, page, query=query, view=view, refusal=refusal)
    return go_to(address_of(page, view))


@require_POST
def drop_view(request: WorkspaceRequest, key: str, view_id: UUID) -> HttpResponse:
    """Delete one of the member's own views."""
    page = list_for(request.member, key)
    delete_view(actor=request.actor, page=page, view_id=view_id)
    return go_to(reverse(page.url_name))


def address_of(page: ListPage, view: SavedView) -> str:
    """Return the address that opens a list in a saved view."""
    separator = "&" if len(view.query) > 1 else ""
    return f"{reverse(page.url_name)}{view.query or '?'}{separator}view={view.id}"


def _form(
    request: WorkspaceRequest,
    page: ListPage,
    *,
    query: str,
    view: SavedView | None = None,
    refusal: Invalid | None = None,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    context = {
        "list": page,
        "query": query,
        "view": view,
        "name": given.get("name", "") if given is not None else (view.name if view else ""),
        "shared": given.get("shared") == "on" if given is not None else bool(view and view.shared),
        "problem": refusal.problems[0].message if refusal else "",
    }
    return render(request, "workplace/lists/view_form.html", context, status=422 if refusal else 200)
