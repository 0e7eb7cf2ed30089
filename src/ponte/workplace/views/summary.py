"""What a list's rows add up to."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.state import read_state
from ponte.workplace.lists.summary import summary_of


@require_safe
def summary(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with counts, sums and averages, in all and by the field ``group``."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member)
    groupings = page.groupings_for(request.member)
    asked = request.GET.get("group", state.board.key if state.board else "")
    by = next((item for item in groupings if item.key == asked), None)
    found = summary_of(state, request.member, by=by, anyway=request.GET.get("anyway") == "1")
    context = {
        "list": page,
        "list_url": reverse(page.url_name),
        "query": replace(state, group=None).query(),
        "summary": found,
        "by": by,
        "choices": [("", None, by is None), *((item.key, item.label, item is by) for item in groupings)],
    }
    return render(request, "workplace/lists/summary.html", context)
