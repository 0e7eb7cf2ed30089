"""The API of lists: what lists there are, and saved views of them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, QueryDict
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging, Sparse
from ponte.apikit.writes import if_match
from ponte.core.errors import Missing
from ponte.core.rights import may
from ponte.workplace.api.list_schemas import (
    ArrangementIn,
    ArrangementOut,
    ListOut,
    ViewFilters,
    ViewIn,
    ViewOut,
    ViewPatch,
)
from ponte.workplace.lists import ListPage, list_pages
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.state import read_state
from ponte.workplace.models import SavedView
from ponte.workplace.selectors.lists import preference_of, visible_views
from ponte.workplace.services import saved_views
from ponte.workplace.services.list_preferences import arrange_views
from ponte.workplace.services.saved_views import ViewDraft

router = Router(tags=["Lists"])
READ, WRITE = scope("lists:read"), scope("lists:write")


@router.get("/lists", auth=READ, response=list[ListOut])
def list_lists(request: ApiRequest) -> HttpResponse:
    """The lists the member sees, with the columns, filters and sorts that views may name."""
    found = [
        ListOut.of(each, request.member) for each in list_pages if may(request.member, each.object, "view")
    ]
    return json_response([each.model_dump(mode="json") for each in found])


@router.get("/views", auth=READ, response=Page[ViewOut])
def list_views(request: ApiRequest, filters: Query[ViewFilters], paging: Query[Paging]) -> HttpResponse:
    """Saved views the member sees."""
    rows = visible_views(request.member).filter(list_key__in=_keys(request))
    if filters.list is not None:
        rows = rows.filter(list_key=list_for(request.member, filters.list).key)
    return page(request, rows, order=("id",), schema=ViewOut, paging=paging)


@router.post("/views", auth=WRITE, response={201: ViewOut})
def create_view(request: ApiRequest, data: ViewIn) -> HttpResponse:
    """Save a view. Parts of the query the list doesn't know, or the member may not use, are left out."""
    list_page = list_for(request.member, data.list)
    view = saved_views.save_view(
        actor=request.actor,
        page=list_page,
        draft=ViewDraft(data.name, data.sharing, data.folder),
        query=_query(request, list_page, data.query),
    )
    return respond(request, view, ViewOut, status=201, location=f"/api/v1/views/{view.id}")


@router.get("/views/{view_id}", auth=READ, response=ViewOut)
def get_view(request: ApiRequest, view_id: UUID, sparse: Query[Sparse]) -> HttpResponse:
    """One saved view."""
    return respond(request, _view(request, view_id)[0], ViewOut, fields=sparse.fields)


@router.patch("/views/{view_id}", auth=WRITE, response=ViewOut)
def update_view(request: ApiRequest, view_id: UUID, data: ViewPatch) -> HttpResponse:
    """Change a view; send the version you read in If-Match."""
    view, list_page = _view(request, view_id)
    given = data.given()
    draft = ViewDraft(
        given.get("name", view.name), given.get("sharing", view.sharing), given.get("folder", view.folder)
    )
    query = _query(request, list_page, given["query"]) if given.get("query") is not None else None
    changed = saved_views.change_view(
        actor=request.actor,
        page=list_page,
        view_id=view_id,
        draft=draft,
        query=query,
        version=if_match(request),
    )
    return respond(request, changed, ViewOut)


@router.delete("/views/{view_id}", auth=WRITE, response={204: None})
def delete_view(request: ApiRequest, view_id: UUID) -> Status[None]:
    """Delete a view; the records stay."""
    _found, list_page = _view(request, view_id)
    saved_views.delete_view(actor=request.actor, page=list_page, view_id=view_id)
    return Status(204, None)


@router.post("/views/{view_id}/copy", auth=WRITE, response={201: ViewOut})
def copy_view(request: ApiRequest, view_id: UUID) -> HttpResponse:
    """Make a private copy of a view."""
    _found, list_page = _view(request, view_id)
    copy = saved_views.copy_view(actor=request.actor, page=list_page, view_id=view_id)
    return respond(request, copy, ViewOut, status=201, location=f"/api/v1/views/{copy.id}")


@router.get("/lists/{key}/views/order", auth=READ, response=ArrangementOut)
def get_arrangement(request: ApiRequest, key: str) -> HttpResponse:
    """The member's own order of a list's views, and the one it opens with."""
    preference = preference_of(request.member, list_for(request.member, key))
    return respond(request, preference, ArrangementOut)


@router.put("/lists/{key}/views/order", auth=WRITE, response=ArrangementOut)
def put_arrangement(request: ApiRequest, key: str, data: ArrangementIn) -> HttpResponse:
    """Set the member's own order of a list's views, and the one it opens with."""
    preference = arrange_views(
        member=request.member,
        page=list_for(request.member, key),
        order=data.view_order,
        default=data.default_view,
    )
    return respond(request, preference, ArrangementOut)


def _view(request: ApiRequest, view_id: UUID) -> tuple[SavedView, ListPage]:
    view = visible_views(request.member).filter(id=view_id).first()
    if view is None:
        raise Missing
    return view, list_for(request.member, view.list_key)


def _keys(request: ApiRequest) -> list[str]:
    return [each.key for each in list_pages if may(request.member, each.object, "view")]


def _query(request: ApiRequest, list_page: ListPage, text: str) -> str:
    params = QueryDict(text.removeprefix("?"))
    return read_state(list_page, params, request.member).query(without=("view",))
