"""The tools around every list: filter forms, columns, count, neighbours. One address each, for all lists."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.ui.htmx import go_to
from ponte.workplace.lists.asking import filter_for, list_for
from ponte.workplace.lists.neighbours import neighbours_of
from ponte.workplace.lists.results import exact_size_of, select, select_whole, size_of
from ponte.workplace.lists.state import read_state
from ponte.workplace.selectors.lists import chosen_columns
from ponte.workplace.services.list_preferences import choose_columns


@require_safe
def filter_menu(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the names of the filters one can add."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member)
    context = {"list": page, "query": state.query(), "filters": page.simple_filters_for(request.member)}
    return render(request, "workplace/lists/_filter_menu.html", context)


@require_safe
def filter_form(request: WorkspaceRequest, key: str, name: str) -> HttpResponse:
    """Answer with the form of one filter, filled in with its value in the URL."""
    page = list_for(request.member, key)
    chosen = filter_for(request.member, page, name)
    state = read_state(page, request.GET, request.member)
    value = state.value_of(name)
    context = {
        "list": page,
        "list_url": reverse(page.url_name),
        "filter": chosen,
        "value": value,
        "others": state.pairs(without=(name,)),
        "without": state.query(without=(name,)) if value is not None else "",
        **chosen.form(value, request.member),
    }
    return render(request, chosen.template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def columns(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show which columns there are, or keep the ones chosen and reload the list with them."""
    page = list_for(request.member, key)
    if request.method == "POST":
        reset = "reset" in request.POST
        choose_columns(
            member=request.member, page=page, columns=[] if reset else request.POST.getlist("columns")
        )
        state = read_state(page, request.GET, request.member)
        return go_to(reverse(page.url_name) + state.query(without=("cols",)))
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    shown = list(state.columns)
    rest = [column for column in page.columns_for(request.member) if column not in shown]
    options = [(column, True) for column in shown] + [(column, False) for column in rest]
    context = {"list": page, "query": state.query(), "options": options}
    return render(request, "workplace/lists/columns.html", context)


@require_safe
def count(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the number of rows: exact when small, estimated when big; of a condition exact in a second answer."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member)
    if "exact" in request.GET:
        size = exact_size_of(select_whole(state, request.member, act="view").rows)
        if size is None:
            return HttpResponse(status=204)
        return render(request, "workplace/lists/_count.html", {"list": page, "size": size})
    found = select(state, request.member)
    size = found.size or size_of(found.rows)
    context = {"list": page, "size": size, "capped": found.capped}
    if found.size is not None and size.estimated:
        context["exact_query"] = state.query(exact="1")
    return render(request, "workplace/lists/_count.html", context)


@require_safe
def neighbours(request: WorkspaceRequest, key: str, row_id: UUID) -> HttpResponse:
    """Answer with links to the rows before and after one, in the order and with the filters of its list."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member)
    context = {"around": neighbours_of(state, request.member, row_id), "list": page}
    return render(request, "workplace/lists/_neighbours.html", context)
