"""Acting on selected rows: asking, showing what would happen, doing it, taking it back, watching it run."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import close_dialog, toast, trigger
from ponte.workplace.lists import BulkAction, ListPage
from ponte.workplace.lists.asking import action_for, list_for
from ponte.workplace.lists.bulk import BulkInput
from ponte.workplace.lists.preview import preview_of
from ponte.workplace.models import BulkChange
from ponte.workplace.selectors.runs import runs_of, underway_ids
from ponte.workplace.services.bulk_changes import Chosen, hide_change, run_bulk, undo_bulk


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
            rows=_rows(request),
            inputs=_inputs(request, chosen),
            once=_once(request),
        )
    except Invalid as refusal:
        return toast(HttpResponse(status=422), refusal.problems[0].message, tone="error")
    if change.background_id is not None:
        answer = close_dialog(_("It goes on in the background; this page shows how far it is."))
        return trigger(trigger(answer, "runs-changed"), "ponte:deselect")
    undo = (
        reverse("workplace:bulk_undo", args=[page.key, chosen.key, change.id])
        if change.undo is not None
        else ""
    )
    return close_dialog(_told(chosen, change), events=("list-changed",), undo_url=undo)


@require_POST
def bulk_preview(request: WorkspaceRequest, key: str, action: str) -> HttpResponse:
    """Answer with what an act would do to the selected rows; changes nothing."""
    page = list_for(request.member, key)
    chosen = action_for(request.member, page, action)
    rows = _rows(request)
    preview = preview_of(
        page, chosen, request.member, ids=rows.ids, query=rows.query, inputs=_given(request.POST, chosen)
    )
    return render(request, "workplace/lists/_preview.html", {"preview": preview, "action": chosen})


@require_POST
def bulk_undo(request: WorkspaceRequest, key: str, action: str, change_id: UUID) -> HttpResponse:
    """Take back a bulk act."""
    page = list_for(request.member, key)
    chosen = action_for(request.member, page, action)
    change = undo_bulk(actor=request.actor, page=page, action=chosen, change_id=change_id)
    if change.is_underway:
        return close_dialog(_("It is being taken back in the background."), events=("runs-changed",))
    return close_dialog(_("Taken back."), events=("list-changed",))


@require_safe
def runs(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the member's big acts and files of a list, how far they are, and what can be done with them."""
    page = list_for(request.member, key)
    found = runs_of(request.member, page)
    context = {"list": page, "runs": found, "underway": underway_ids(found)}
    response = render(request, "workplace/lists/_runs.html", context)
    before = set(request.GET.get("was", "").split(","))
    if any(str(run.id) in before and not run.is_underway and run.changes_rows for run in found):
        trigger(response, "list-changed")
    return response


@require_POST
def hide_run(request: WorkspaceRequest, key: str, run_id: UUID) -> HttpResponse:
    """Put a finished act away from above the list."""
    page = list_for(request.member, key)
    hide_change(member=request.member, change_id=run_id)
    found = runs_of(request.member, page)
    context = {"list": page, "runs": found, "underway": underway_ids(found)}
    return render(request, "workplace/lists/_runs.html", context)


def _form(request: WorkspaceRequest, page: ListPage, action: BulkAction) -> HttpResponse:
    inputs = [(item, item.choices(request.member) if item.choices else ()) for item in action.inputs]
    return render(
        request, "workplace/lists/bulk_form.html", {"list": page, "action": action, "inputs": inputs}
    )


def _rows(request: WorkspaceRequest) -> Chosen:
    if request.POST.get("all") == "1":
        return Chosen(query=request.POST.get("query", "")[:8_000])
    try:
        return Chosen(ids=[UUID(text) for text in request.POST.getlist("id")])
    except ValueError:
        raise Invalid.on("id", "invalid", _("Select the rows again.")) from None


def _once(request: WorkspaceRequest) -> UUID:
    try:
        return UUID(request.POST.get("once", ""))
    except ValueError:
        raise Invalid.on("once", "invalid", _("Load the page again and repeat.")) from None


def _given(values: Mapping[str, str], action: BulkAction) -> dict[str, str]:
    return {item.name: values.get(item.name, "").replace("\x00", "").strip()[:200] for item in action.inputs}


def _inputs(request: WorkspaceRequest, action: BulkAction) -> dict[str, str]:
    given = _given(request.POST, action)
    for item in action.inputs:
        _check(item, given[item.name], request)
    return given


def _check(item: BulkInput, value: str, request: WorkspaceRequest) -> None:
    if item.required and not value:
        raise Invalid.on(item.name, "required", _("Fill in “%(field)s”.") % {"field": item.label})
    if value and item.choices and value not in {str(key) for key, _label in item.choices(request.member)}:
        raise Invalid.on(item.name, "unknown", _("Choose “%(field)s” from the list.") % {"field": item.label})


def _told(action: BulkAction, change: BulkChange) -> str:
    text = str(action.done_text % {"count": change.count})  # a plural (``ngettext_lazy``) is chosen here
    return f"{text} {left_out(change.skipped)}" if change.skipped else text


def left_out(skipped: int) -> str:
    """Return the sentence about rows that were not the member's to change."""
    left = ngettext(
        "%(count)s left as it was: not yours to change.",
        "%(count)s left as they were: not yours to change.",
        skipped,
    )
    return left % {"count": skipped}
