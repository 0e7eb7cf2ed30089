"""A list's rows as a file: at once while it is short, in the background when it is long."""

from __future__ import annotations

from uuid import UUID

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.download import (
    FORMATS,
    MOST_DIRECT,
    chunks,
    file_bytes,
    has_more_than,
    xlsx_file,
)
from ponte.workplace.lists.state import ListState, read_state
from ponte.workplace.selectors.lists import chosen_columns
from ponte.workplace.services.list_exports import extension, start_file, take_file

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_http_methods(["GET", "POST"])
def export(request: WorkspaceRequest, key: str, format: str) -> HttpResponseBase:
    """Answer with all rows of a list as a file: its filters, its order, the columns shown.

    A long list is answered with a page that offers to make the file in the background (POST); nothing is ever cut.
    """
    page = list_for(request.member, key, "export")
    if format not in FORMATS:
        raise Http404
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    if request.method == "POST":
        return _start(request, state, format)
    if has_more_than(state, request.member, MOST_DIRECT):
        return _long(request, state, format)
    rows = chunks(state, request.actor, request.workspace)
    ending = extension(format)
    name = f"{page.key}-{timezone.localdate().isoformat()}.{ending}"
    if format == "xlsx":
        file = xlsx_file(state, rows)
        return FileResponse(file, as_attachment=True, filename=name, content_type=TYPES[ending])
    return StreamingHttpResponse(
        file_bytes(state, rows, _dialect(request, format)),
        content_type=TYPES[ending],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_GET
def download(request: WorkspaceRequest, key: str, file_id: UUID) -> FileResponse:
    """Send a file of a list made in the background to the member who asked for it."""
    page = list_for(request.member, key, "export")
    made = take_file(actor=request.actor, page=page, file_id=file_id)
    ending = extension(made.format)
    name = f"{page.key}-{made.created_at:%Y-%m-%d}.{ending}"
    return FileResponse(
        default_storage.open(made.storage_key), as_attachment=True, filename=name, content_type=TYPES[ending]
    )


def _dialect(request: WorkspaceRequest, format: str) -> str:
    # a stream runs when the request's language is gone already
    if format != "csv":
        return format
    return "csv-br" if request.member.language.startswith("pt") else "csv-int"


def _start(request: WorkspaceRequest, state: ListState, format: str) -> HttpResponseBase:
    try:
        start_file(actor=request.actor, state=state, format=format)
    except Invalid as refusal:
        return _long(request, state, format, problem=str(refusal.problems[0].message))
    return redirect(reverse(state.page.url_name) + state.query())


def _long(request: WorkspaceRequest, state: ListState, format: str, *, problem: str = "") -> HttpResponseBase:
    context = {
        "list": state.page,
        "back": reverse(state.page.url_name) + state.query(),
        "query": state.query(),
        "format": format,
        "most": MOST_DIRECT,
        "problem": problem,
        "title": _("A long list"),
    }
    return render(request, "workplace/lists/too_long.html", context, status=422 if problem else 200)
