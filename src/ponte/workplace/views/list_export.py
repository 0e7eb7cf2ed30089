"""A list's rows as a file."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from ponte.core.requests import WorkspaceRequest
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.download import chunks, csv_lines, xlsx_file
from ponte.workplace.lists.state import read_state
from ponte.workplace.selectors.lists import chosen_columns

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export(request: WorkspaceRequest, key: str, format: str) -> HttpResponseBase:
    """Answer with all rows of a list as CSV or XLSX: its filters, its order, the columns shown."""
    page = list_for(request.member, key, "export")
    if format not in ("csv", "xlsx"):
        raise Http404
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
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
