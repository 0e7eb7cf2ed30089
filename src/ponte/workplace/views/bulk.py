"""Acting on selected rows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import close_dialog, toast
from ponte.workplace.lists import BulkAction, ListPage
from ponte.workplace.lists.asking import action_for, list_for
from ponte.workplace.models import BulkChange
from ponte.workplace.services.bulk_changes import run_bulk, undo_bulk


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: WorkspaceRequest, key: str, action: str) -> HttpResponse:
    """Ask what an act needs to know, or do it to the selected rows."""
    page = list_for(request.member, key)
    chosen = action_for(request.member, page, action)
    if chosen.page_url:
        raise Missing
    if request.method != "POST":
        return _form(request, page, chosen)
    try:
        change = run_bulk(
            actor=request.actor,
            page=page,
            action=chosen,
            ids=_ids(request),
            inputs=_inputs(request, chosen),
            once=_once(request),
        )
    except Invalid as refusal:
        return toast(HttpResponse(status=422), refusal.problems[0].message, tone="error")
    undo = (
        reverse("workplace:bulk_undo", args=[page.key, chosen.key, change.id])
        if change.undo is not None
        else ""
    )
    return close_dialog(_told(chosen, change), events=("list-changed",), undo_url=undo)


@require_POST
def bulk_undo(request: WorkspaceRequest, key: str, action: str, change_id: UUID) -> HttpResponse:
    """Take back a bulk act."""
    page = list_for(request.member, key)
    undo_bulk(
        actor=request.actor, page=page, action=action_for(request.member, page, action), change_id=change_id
    )
    return close_dialog(_("Taken back."), events=("list-changed",))


def _form(request: WorkspaceRequest, page: ListPage, action: BulkAction) -> HttpResponse:
    inputs = [(item, item.choices(request.member) if item.choices else ()) for item in action.inputs]
    return render(
        request, "workplace/lists/bulk_form.html", {"list": page, "action": action, "inputs": inputs}
    )


def _ids(request: WorkspaceRequest) -> list[UUID]:
    try:
        return [UUID(text) for text in request.POST.getlist("id")]
    except ValueError:
        raise Invalid.on("id", "invalid", _("Select the rows again.")) from None


def _once(request: WorkspaceRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        raise Invalid.on("once", "invalid", _("Load the page again and repeat.")) from None


def _inputs(request: WorkspaceRequest, action: BulkAction) -> dict[str, str]:
    given: dict[str, str] = {}
    for item in action.inputs:
        value = request.POST.get(item.name, "").replace("\x00", "").strip()[:200]
        if item.required and not value:
            raise Invalid.on(item.name, "required", _("Fill in “%(field)s”.") % {"field": item.label})
        if value and item.choices and value not in {str(key) for key, _label in item.choices(request.member)}:
            raise Invalid.on(
                item.name, "unknown", _("Choose “%(field)s” from the list.") % {"field": item.label}
            )
        given[item.name] = value
    return given


def _told(action: BulkAction, change: BulkChange) -> str:
    text = str(action.done_text % {"count": change.count})  # a plural (``ngettext_lazy``) is chosen here
    if not change.skipped:
        return text
    left = ngettext(
        "%(count)s left as it was: not yours to change.",
        "%(count)s left as they were: not yours to change.",
        change.skipped,
    )
    return f"{text} {left % {'count': change.skipped}}"
