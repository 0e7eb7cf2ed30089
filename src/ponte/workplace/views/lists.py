"""The one view behind every list: whole page, changed results and further rows come from the same code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.ids import uuid7
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.audit import record_view
from ponte.workplace.importing.targets import targets_for
from ponte.workplace.lists import ListPage
from ponte.workplace.lists.bulk import MOST_ROWS
from ponte.workplace.lists.keyset import Slice
from ponte.workplace.lists.opening import opens_beside
from ponte.workplace.lists.results import SEARCH_CAP, Found, cursor_of, page_of, select
from ponte.workplace.lists.showing import chips, headings, show_rows
from ponte.workplace.lists.state import ALL_ROWS, ListState, read_state
from ponte.workplace.lists.totals import totals_of_rows
from ponte.workplace.selectors.lists import address_of, preference_of, view_of, views_of
from ponte.workplace.selectors.runs import runs_of, underway_ids
from ponte.workplace.views.board import board_context
from ponte.workplace.views.groups import groups_context, totals_context
from ponte.workplace.views.list_calendar import calendar_context
from ponte.workplace.views.tabs import view_tabs

TEMPLATES = {"list-more": "workplace/lists/_rows.html", "list-results": "workplace/lists/_results.html"}
WHOLE = "workplace/lists/list.html"

View = Callable[..., HttpResponseBase]


def list_view(page: ListPage) -> View:
    """Return the view of a list, guarded by the right to view its object. Mount it under ``page.url_name``."""

    @require_safe
    @requires(page.object, "view")
    def view(request: WorkspaceRequest) -> HttpResponse:
        return show_list(request, page)

    view.__name__ = f"{page.key}_list"
    return view


def show_list(request: WorkspaceRequest, page: ListPage) -> HttpResponse:
    """Answer with as much of a list as was asked for: further rows, the results, or the whole page."""
    member = request.member
    preference = preference_of(member, page)
    opening = "" if preference.default_view else page.opens(member)
    if not request.GET and not request.htmx:
        view = view_of(member, page, preference.default_view) if preference.default_view else None
        if view is not None or opening:
            return redirect(address_of(page, view) if view else f"{reverse(page.url_name)}?{opening}")
    state = read_state(page, request.GET, member, chosen=preference.columns or None)
    if opening and state.view is None and not state.is_narrowed:
        state = replace(state, all_rows=True)  # the address it leads to must not open with less
    template = TEMPLATES.get(request.headers.get("HX-Target", ""), WHOLE) if request.htmx else WHOLE
    if getattr(request.htmx, "history_restore_request", False):
        template = WHOLE
    found = select(state, member)
    whole = (state.board or state.group or state.calendar) is not None
    in_parts = whole and template != TEMPLATES["list-more"]
    part = Slice([], None) if in_parts else page_of(state, member, found)
    if page.personal and not in_parts:
        record_view(
            actor=request.actor,
            object_type=page.object,
            ids=[row.pk for row in part.rows],
            where=f"list {page.key}",
        )
    context = _rows_context(page, state, part, found, member)
    context["all_query"] = f"?view={ALL_ROWS}" if preference.default_view or opening else ""
    if template != TEMPLATES["list-more"]:
        context |= _results_context(request, page, state, part, found)
        context |= _ways(page, state, member)
    if in_parts:
        shown = board_context if state.board else calendar_context if state.calendar else groups_context
        context |= {**shown(request, state, found), "count": None}
    if template == WHOLE:
        context |= {
            "tabs": view_tabs(page, state, views_of(member, page, order=preference.view_order)),
            "create": _usable(page.create, request),
            "runs": (found_runs := runs_of(member, page)),
            "underway": underway_ids(found_runs),
        }
    response = render(request, template, context)
    response["Vary"] = "HX-Request, HX-Target, Cookie"
    if template == TEMPLATES["list-results"]:
        response["HX-Push-Url"] = f"{context['list_url']}{state.query()}"
    return response


def _rows_context(
    page: ListPage, state: ListState, part: Slice, found: Found, member: Member
) -> dict[str, Any]:
    actions = page.actions_for(member)
    return {
        "list": page,
        "list_url": reverse(page.url_name),
        "state": state,
        "rows": show_rows(
            state, part.rows, beside=opens_beside(member), member=member, selectable=bool(actions)
        ),
        "more": state.query(cursor=cursor_of(state, found.rows, part.next)) if part.next else "",
        "width": len(state.columns) + 1,
        "actions": actions,
        "edits": [action for action in actions if action.is_edit],
    }


def _results_context(
    request: WorkspaceRequest, page: ListPage, state: ListState, part: Slice, found: Found
) -> dict[str, Any]:
    member = request.member
    is_whole = part.next is None and not state.cursor and state.group is None
    return {
        **totals_context(state, totals_of_rows(state, part.rows) if is_whole else None),
        "headings": headings(state, page.sorts_for(member)),
        "chips": chips(state, member),
        "query": state.query(),
        "count": len(part.rows) if part.next is None and not state.cursor else None,
        "capped": SEARCH_CAP if found.capped else 0,
        "once": uuid7(),
        "most": MOST_ROWS,
        "can_export": may(member, page.object, "export"),
        "has_filters": bool(page.filters_for(member)),
        "search_shown": page.search_shown(member),
        "empty_actions": [action for action in page.empty.actions if action.visible(member)],
        "empty_import": _import_target(page, member),
        "state_pairs": state.pairs(without=("q",)),
    }


def _import_target(page: ListPage, member: Member) -> str:
    """Return the key of what rows of a file can become to stand in the list, "" for nothing the member may import."""
    if any(action.url_name == "workplace:import_new" for action in page.empty.actions):
        return ""
    return next((target.key for target in targets_for(member) if target.list_url_name == page.url_name), "")


def _ways(page: ListPage, state: ListState, member: Member) -> dict[str, Any]:
    """Return the ways to see the list: layouts as (icon, label, query, chosen), groups of a table as (label, query, chosen)."""
    groupings, dates = page.groupings_for(member), page.dates_for(member)
    bare = replace(state, board=None, group=None, calendar=None, cursor="")
    in_table = state.board is None and state.calendar is None
    layouts = [("table", _("Table"), replace(bare, group=state.group).query(), in_table)]
    layouts += [
        (
            "layout-kanban",
            _("Board by %(field)s") % {"field": str(item.label).lower()},
            replace(bare, board=item).query(),
            item == state.board,
        )
        for item in groupings
    ]
    layouts += [
        (
            "calendar",
            _("Calendar by %(field)s") % {"field": str(item.label).lower()},
            replace(bare, calendar=item).query(),
            item == state.calendar,
        )
        for item in dates
    ]
    groups = [(str(item.label), replace(bare, group=item).query(), item == state.group) for item in groupings]
    return {
        "layouts": layouts if len(layouts) > 1 else [],
        "groupings": [(_("No groups"), bare.query(), state.group is None), *groups]
        if groups and in_table
        else [],
    }


def _usable(action: Any, request: WorkspaceRequest) -> Any:
    return action if action is not None and action.visible(request.member) else None
