"""A list's rows as a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from ponte.core.requests import WorkspaceRequest
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.download import MOST_XLSX, chunks, csv_lines, too_long_for_xlsx, xlsx_file
from ponte.workplace.lists.state import ListState, read_state
from ponte.workplace.selectors.lists import chosen_columns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export(request: WorkspaceRequest, key: str, format: str) -> HttpResponseBase:
    """Answer with all rows of a list as CSV or XLSX: its filters, its order, the columns shown.

    A list too long for a sheet is refused with a page that offers the CSV; it is never cut.
    """
    page = list_for(request.member, key, "export")
    if format not in ("csv", "xlsx"):
        raise Http404
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    if format == "xlsx" and too_long_for_xlsx(state, request.member):
        return _too_long(request, state)
    rows = chunks(state, request.actor, request.workspace)
    name = f"{page.key}-{timezone.localdate().isoformat()}.{format}"
    if format == "xlsx":
        return FileResponse(xlsx_file(state, rows), as_attachment=True, filename=name, content_type=XLSX)
    brazilian = request.member.language.startswith("pt")
    return StreamingHttpResponse(
        csv_lines(state, rows, brazilian=brazilian),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _too_long(request: WorkspaceRequest, state: ListState) -> HttpResponseBase:
    context = {
        "list": state.page,
        "back": reverse(state.page.url_name) + state.query(),
        "query": state.query(),
        "most": MOST_XLSX,
    }
    return render(request, "workplace/lists/too_long.html", context, status=422)
