"""The advanced filter of a list: building a condition, seeing whom it finds, applying it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.conditions.building.drafts import Group, Row, Writing, draft_of
from ponte.conditions.building.reading import apply_act, drop_empty, read_draft
from ponte.conditions.building.showing import Showing
from ponte.conditions.catalogue import Catalogue, catalogue_of, subject_named
from ponte.conditions.encoding import LONGEST, encode
from ponte.conditions.explaining import explain
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.conditions.planning import planned
from ponte.conditions.wording import number
from ponte.core.errors import Invalid, Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.ui.htmx import go_to, trigger
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.cells import Main
from ponte.workplace.lists.filters.condition import WHERE
from ponte.workplace.lists.page import ListPage
from ponte.workplace.lists.results import Size, size_of
from ponte.workplace.lists.state import ListState, read_state

SAMPLE = 10


@require_http_methods(["GET", "HEAD", "POST"])
def condition(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show the builder with the condition in the URL, or apply the one that was built."""
    page, state = _asked(request, key)
    if request.method != "POST":
        value = state.value_of(WHERE)
        draft = draft_of(value["where"]) if value else Group("all", [Row()])
        return _form(request, page, state, draft, {})
    draft = read_draft(request.POST)
    writing = Writing(_catalogue(page, request.member))
    address = reverse(page.url_name)
    try:
        made = _written(draft, writing, page, request.member)
    except Invalid as refusal:
        problems = {writing.place_of(one.field): str(one.message) for one in reversed(refusal.problems)}
        return _form(request, page, state, draft, problems, status=422)
    if made is None:
        return go_to(address + state.query(without=(WHERE,)))
    text = encode({"v": 1, "where": made.raw["where"]})
    if len(text) > LONGEST:
        return _form(
            request,
            page,
            state,
            draft,
            {"w": _("This condition is too long for an address; shorten it.")},
            status=422,
        )
    return go_to(address + state.query(without=(WHERE,), **{WHERE: text}))


@require_POST
def tree(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the builder's lines after a button or a menu changed what is asked."""
    page, state = _asked(request, key)
    draft = read_draft(request.POST)
    focus = apply_act(draft, request.POST.get("act", ""))
    context = _addresses(page, state) | {
        "shown": Showing({}).group(draft, _catalogue(page, request.member)), "focus": focus,
    }  # fmt: skip
    return trigger(render(request, "conditions/_group.html", context), "condition-changed")


@require_POST
def preview(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the condition in words, how many rows satisfy it, and ten of them."""
    page, _state = _asked(request, key)
    member = request.member
    try:
        made = _written(read_draft(request.POST), Writing(_catalogue(page, member)), page, member)
    except Invalid:
        made = None
    if made is None:
        context: dict[str, Any] = {"problem": _("Fill in the lines to see how many it finds.")}
        return render(request, "conditions/_preview.html", context)
    plan = planned(made, page.queryset(member))
    rows = list(plan.rows[:SAMPLE])
    if page.personal:
        record_view(
            actor=request.actor, object_type=page.object, ids=[row.pk for row in rows], where=f"condition {page.key}"
        )  # fmt: skip
    size = size_of(plan.rows) if plan.count is None else Size(plan.count, not plan.exact)
    main = next(column.cell for column in page.columns if isinstance(column.cell, Main))
    context = {
        "words": explain(made),
        "count_words": _counted(size, page),
        "sample": [str(main.value(row)) for row in rows],
    }
    return render(request, "conditions/_preview.html", context)


def _counted(size: Size, page: ListPage) -> str:
    if size.count == 1 and not size.estimated:
        return _("only one")
    words = {"number": number(size.count), "things": page.plural}
    return (_("about %(number)s %(things)s") if size.estimated else _("%(number)s %(things)s")) % words


def _asked(request: WorkspaceRequest, key: str) -> tuple[ListPage, ListState]:
    page = list_for(request.member, key)
    if not page.condition:
        raise Missing
    return page, read_state(page, request.GET, request.member)


def _catalogue(page: ListPage, member: Member) -> Catalogue:
    subject = subject_named(page.condition)
    if subject is None:
        raise Missing
    return catalogue_of(subject, member)


def _written(draft: Group, writing: Writing, page: ListPage, member: Member) -> Condition | None:
    """Return the condition of a draft, None of an empty one; lines in which nothing was chosen don't count."""
    if not drop_empty(draft):
        return None
    return read_condition(writing.condition(draft), subject=page.condition, reader=member)


def _addresses(page: ListPage, state: ListState) -> dict[str, Any]:
    rest = state.query(without=(WHERE,))
    return {
        "own_url": reverse("workplace:list_condition", args=[page.key]) + rest,
        "tree_url": reverse("workplace:list_condition_tree", args=[page.key]) + rest,
        "preview_url": reverse("workplace:list_condition_preview", args=[page.key]) + rest,
        "list_url": reverse(page.url_name),
        "without": rest,
    }


def _form(
    request: WorkspaceRequest,
    page: ListPage,
    state: ListState,
    draft: Group,
    problems: dict[str, str],
    *,
    status: int = 200,
) -> HttpResponse:
    if not draft.items:
        draft.items.append(Row())
    context = _addresses(page, state) | {
        "list": page,
        "tree": Showing(problems).group(draft, _catalogue(page, request.member)),
        "is_on": state.value_of(WHERE) is not None,
        "focus": "w.0",
    }
    return render(request, "workplace/lists/condition.html", context, status=status)
