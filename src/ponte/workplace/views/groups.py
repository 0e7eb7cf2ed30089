"""Sections of a table: their further rows, their sums; and the sums under a list's columns."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.filters import NONE
from ponte.workplace.lists.groups import groups_of, more_of_group
from ponte.workplace.lists.looks import Head
from ponte.workplace.lists.opening import opens_beside
from ponte.workplace.lists.results import Found, select
from ponte.workplace.lists.showing import css_of
from ponte.workplace.lists.state import ListState, read_state
from ponte.workplace.lists.totals import Totals, board_figures, figures_of, group_totals, totals_of
from ponte.workplace.selectors.lists import chosen_columns


def groups_context(request: WorkspaceRequest, state: ListState, found: Found) -> dict[str, Any]:
    """Return what the template of a table in sections needs; what was shown is written to the access log."""
    groups = groups_of(state, request.member, found, beside=opens_beside(request.member))
    _note(request, state, [row.id for group in groups for row in group.rows])
    figures = {column.key for column in figures_of(state.columns)}
    return {
        "groups": groups,
        "heads": [(column.key if column.key in figures else "", css_of(column)) for column in state.columns],
    }


def totals_context(state: ListState, totals: Totals | None) -> dict[str, Any]:
    """Return what the line under a list's columns needs: sums that are known, or the address they come from."""
    if not figures_of(state.columns):
        return {"has_totals": False}
    return {"has_totals": True, "totals": None if totals is None else totals_line(state, totals)}


def totals_line(state: ListState, totals: Totals) -> dict[str, Any]:
    """Return the cells of the line: (classes, text)."""
    sums = totals.sums or {}
    return {
        "cells": [(css_of(column), sums.get(column.key, "")) for column in state.columns],
        "about": totals.about,
        "failed": totals.sums is None,
    }


@require_safe
def more_rows(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with further rows of one section."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    value = request.GET.get("column", "")
    known = {str(one) for one, _label in state.group.options(request.member)} if state.group else set()
    if state.group is None or value not in known | {NONE}:
        raise Missing
    found = select(state, request.member)
    group = more_of_group(state, request.member, found, value, beside=opens_beside(request.member))
    _note(request, state, [row.id for row in group.rows])
    context = {
        "list": page,
        "group": group,
        "width": len(state.columns) + 1,
        "actions": page.actions_for(request.member),
    }
    return render(request, "workplace/lists/_group_rows.html", context)


@require_safe
def sums(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the exact counts and sums of the sections of a table or the columns of a board, for their places."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    by = state.board or state.group
    if by is None:
        raise Missing
    if (lines := _kept(state, request.member)) is not None:
        return render(request, "workplace/lists/_sums.html", {"lines": lines, "is_board": True})
    columns = board_figures(state, request.member) if state.board else figures_of(state.columns)
    labels = {column.key: str(column.label) for column in columns}
    found = group_totals(state, request.member, by)
    lines = [
        (one.number, one.count, [(name, labels[name], text) for name, text in one.sums.items()])
        for one in found or ()
    ]
    context = {"lines": lines, "is_board": state.board is not None}
    return render(request, "workplace/lists/_sums.html", context)


def _kept(state: ListState, member: Member) -> list[tuple[int, int, list[tuple[str, str, str]]]] | None:
    """Return the lines of a board that has totals of its own, None where the list's figures are added up."""
    look = state.look
    heads = look.heads(state, member) if look is not None and look.heads is not None else None
    if heads is None and look is not None and look.later_heads is not None:
        heads = look.later_heads(state, member)
    if heads is None or look is None or state.board is None:
        return None
    options = [str(key) for key, _label in state.board.options_in(state, member)]
    found = [(place, heads.get(value, Head(0))) for place, value in enumerate(options)]
    return [
        (place, head.count, [("", label, text) for label, text in head.sums])
        for place, head in found
        if head.count or options[place] not in look.hidden_when_empty
    ]


@require_safe
def totals(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the line under a list's columns: estimated where rows are many, exact when asked for."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member, chosen=chosen_columns(request.member, page))
    found = totals_of(state, request.member, exact=request.GET.get("exact") == "1")
    context = {
        "list": page,
        "list_url": reverse(page.url_name),
        "query": state.query(),
        "totals": totals_line(state, found),
        "actions": page.actions_for(request.member),
    }
    return render(request, "workplace/lists/_totals.html", context)


def _note(request: WorkspaceRequest, state: ListState, ids: list[Any]) -> None:
    if state.page.personal:
        record_view(
            actor=request.actor, object_type=state.page.object, ids=ids, where=f"list {state.page.key}"
        )
