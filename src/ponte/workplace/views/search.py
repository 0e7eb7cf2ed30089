"""Global search: a page, and its results while typing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.workplace.search.finding import FoundGroup, highlight, search_everything
from ponte.workplace.selectors.records import recent_records

PER_SOURCE = 50
WHILE_TYPING = 6
LONGEST = 200


@require_safe
def search(request: WorkspaceRequest) -> HttpResponse:
    """Answer with everything found for ``?q=``; ``?in=`` keeps to one kind of record. htmx gets the results alone."""
    text = request.GET.get("q", "").replace("\x00", " ")[:LONGEST]
    result = search_everything(request.member, text, limit=PER_SOURCE, only=request.GET.get("in", "")[:40])
    note_seen_people(request, result.groups)
    context = {
        "text": text.strip(),
        "groups": [(group, _shown(group, result.words)) for group in result.groups],
        "recent": [] if text.strip() else recent_records(request.member),
        "is_partial": request.headers.get("HX-Target") == "search-results",
    }
    template = "workplace/search/_results.html" if context["is_partial"] else "workplace/search/page.html"
    return render(request, template, context)


def note_seen_people(request: WorkspaceRequest, groups: list[FoundGroup]) -> None:
    """Write to the access log whose data a search has shown, one row per kind of record."""
    for group in groups:
        if group.source.personal:
            ids = [hit.id for hit in group.hits]
            record_view(actor=request.actor, object_type=group.source.object, ids=ids, where="search")


def _shown(group: FoundGroup, words: object) -> list[dict[str, object]]:
    wanted = list(words) if isinstance(words, list | tuple) else []
    return [
        {"hit": hit, "title": highlight(hit.title, wanted), "subtitle": highlight(hit.subtitle, wanted)}
        for hit in group.hits
    ]
