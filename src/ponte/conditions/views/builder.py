"""What the builder asks for while a condition is put together inside a form (see ``building.embedding``)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ponte.conditions.building.embedding import Unbuilt, builder_context, catalogue_named, read_built
from ponte.conditions.building.reading import apply_act, read_draft
from ponte.conditions.building.showing import Showing
from ponte.conditions.explaining import explain
from ponte.conditions.planning import Planned, planned
from ponte.conditions.wording import number
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.ui.htmx import trigger

SAMPLE = 5
MOST_COUNTED = 10_000


@require_POST
def tree(request: WorkspaceRequest, subject: str) -> HttpResponse:
    """Answer with the builder's lines after a button or a menu changed what is asked."""
    catalogue = catalogue_named(subject, request.member)
    draft = read_draft(request.POST)
    focus = apply_act(draft, request.POST.get("act", ""))
    context = builder_context(subject, request.member) | {
        "shown": Showing({}).group(draft, catalogue), "focus": focus,
    }  # fmt: skip
    return trigger(render(request, "conditions/_group.html", context), "condition-changed")


@require_POST
def preview(request: WorkspaceRequest, subject: str) -> HttpResponse:
    """Answer with the condition in words, how many records satisfy it now, and some of them."""
    try:
        made = read_built(request.POST, subject=subject, member=request.member)
    except Unbuilt:
        context: dict[str, Any] = {"problem": _("Fill in the lines to see how many it finds.")}
        return render(request, "conditions/_preview.html", context)
    if made is None:
        return render(
            request, "conditions/_preview.html", {"problem": _("Without a line, it holds for all.")}
        )
    about = made.catalogue.subject
    plan = planned(made, about.rows(request.member).order_by())
    rows = list(plan.rows[:SAMPLE])
    record_view(
        actor=request.actor,
        object_type=about.rights,
        ids=[row.pk for row in rows],
        where=f"builder {subject}",
    )
    context = {
        "words": explain(made), "count_words": _counted(plan), "sample": [str(row) for row in rows],
    }  # fmt: skip
    return render(request, "conditions/_preview.html", context)


def _counted(plan: Planned) -> str:
    if plan.count is not None and not plan.exact:
        return _("about %(number)s now") % {"number": number(plan.count)}
    count = plan.count if plan.count is not None else plan.rows[: MOST_COUNTED + 1].count()
    if count > MOST_COUNTED:
        return _("more than %(number)s now") % {"number": number(MOST_COUNTED)}
    return _("%(number)s now") % {"number": number(count)}
