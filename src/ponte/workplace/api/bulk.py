"""The API of acts on many rows of a list: shown first, done in the background when many, taken back for a day."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Router

from ponte.apikit.auth import scope
from ponte.apikit.problems import Problem
from ponte.apikit.replies import json_response, respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.scopes import covers
from ponte.core.errors import Invalid, Missing
from ponte.core.ids import uuid7
from ponte.workplace.api.bulk_schemas import ActionOut, BulkActIn, BulkChangeOut, BulkPreviewOut
from ponte.workplace.lists import BulkAction, ListPage
from ponte.workplace.lists.asking import action_for, list_for
from ponte.workplace.lists.preview import preview_of
from ponte.workplace.models import BulkChange
from ponte.workplace.services.bulk_changes import Chosen, run_bulk, undo_bulk

router = Router(tags=["Lists"])
READ, WRITE = scope("lists:read"), scope("lists:write")


@router.get("/lists/{key}/actions", auth=READ, response=list[ActionOut])
def list_actions(request: ApiRequest, key: str) -> HttpResponse:
    """What the member may do to many rows of a list, with what each act asks for."""
    actions = list_for(request.member, key).actions_for(request.member)
    found = [ActionOut.of(each, request.member) for each in actions if not each.page_url]
    return json_response([each.model_dump(mode="json") for each in found])


@router.post("/lists/{key}/actions/{action}/preview", auth=READ, response=BulkPreviewOut)
def preview_action(request: ApiRequest, key: str, action: str, data: BulkActIn) -> HttpResponse:
    """How many rows an act would change, and how many are not the member's to change; changes nothing."""
    page, chosen = _asked(request, key, action)
    rows = _rows(data)
    found = preview_of(page, chosen, request.member, ids=rows.ids, query=rows.query, inputs=data.inputs)
    out = BulkPreviewOut(
        changing=found.changing.count,
        skipped=found.skipped.count,
        estimated=found.changing.estimated or found.loose,
    )
    return json_response(out.model_dump(mode="json"))


@router.post("/lists/{key}/actions/{action}", auth=WRITE, response={200: BulkChangeOut, 202: BulkChangeOut})
def run_action(request: ApiRequest, key: str, action: str, data: BulkActIn) -> HttpResponse:
    """Do an act to many rows; 202 when it goes on in the background. Needs the scope to write these records, too."""
    page, chosen = _asked(request, key, action)
    _check_scope(request, page)
    inputs = _checked(request, chosen, data)
    change = run_bulk(
        actor=request.actor,
        page=page,
        action=chosen,
        rows=_rows(data),
        inputs=inputs,
        once=data.once or uuid7(),
    )
    return respond(
        request,
        change,
        BulkChangeOut,
        status=202 if change.is_underway else 200,
        location=f"/api/v1/bulk-changes/{change.id}",
    )


@router.get("/bulk-changes/{change_id}", auth=READ, response=BulkChangeOut)
def get_change(request: ApiRequest, change_id: UUID) -> HttpResponse:
    """One act of the member's own and how far it is."""
    return respond(request, _own(request, change_id), BulkChangeOut)


@router.post("/bulk-changes/{change_id}/undo", auth=WRITE, response=BulkChangeOut)
def undo_change(request: ApiRequest, change_id: UUID) -> HttpResponse:
    """Take an act back, once, within a day; a big one in the background."""
    change = _own(request, change_id)
    page, action = _asked(request, change.list_key, change.action)
    _check_scope(request, page)
    return respond(
        request, undo_bulk(actor=request.actor, page=page, action=action, change_id=change_id), BulkChangeOut
    )


def _asked(request: ApiRequest, key: str, action: str) -> tuple[ListPage, BulkAction]:
    page = list_for(request.member, key)
    chosen = action_for(request.member, page, action)
    if chosen.page_url:  # a page that asks; there is nothing to do here
        raise Missing
    return page, chosen


def _own(request: ApiRequest, change_id: UUID) -> BulkChange:
    change = BulkChange.objects.filter(id=change_id, member=request.member).first()
    if change is None:
        raise Missing
    return change


def _rows(data: BulkActIn) -> Chosen:
    if (data.query is None) == (not data.ids):
        raise Invalid.on("ids", "one_of", _("Give either ids or a query."))
    return Chosen(query=data.query) if data.query is not None else Chosen(ids=data.ids)


def _check_scope(request: ApiRequest, page: ListPage) -> None:
    wanted = f"{page.scope or f'{page.object}s'}:write"
    if not covers(request.token.scopes, wanted):
        detail = _("This token lacks the scope %(scope)s.") % {"scope": wanted}
        raise Problem(403, "scope_missing", _("Not allowed"), detail, extra={"required_scope": wanted})


def _checked(request: ApiRequest, action: BulkAction, data: BulkActIn) -> dict[str, str]:
    given = {item.name: data.inputs.get(item.name, "").replace("\x00", "").strip() for item in action.inputs}
    unknown = sorted(set(data.inputs) - set(given))
    if unknown:
        raise Invalid.on(
            "inputs", "unknown", _("This act doesn't ask for %(names)s.") % {"names": ", ".join(unknown)}
        )
    for item in action.inputs:
        value = given[item.name]
        if item.required and not value:
            raise Invalid.on(item.name, "required", _("Fill in “%(field)s”.") % {"field": item.label})
        if value and item.choices and value not in {str(key) for key, _label in item.choices(request.member)}:
            raise Invalid.on(
                item.name, "unknown", _("Choose “%(field)s” from the list.") % {"field": item.label}
            )
    return given
