"""Ranking and badges: the page, the block of the home page, taking part, the settings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.sales.looks import LABELS
from ponte.sales.recognition import LEAST, MOST, Recognition, load_recognition, takes_part
from ponte.sales.selectors.lens import Lens, days_of, today
from ponte.sales.selectors.ranking import FEWEST, WAYS, Ranking, badges_of, latest_badges, ranking
from ponte.sales.services.recognition import set_recognition, take_part
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.lists.cells import one_reader, reader

WAY_LABELS = {
    "goals": gettext_lazy("Own goals"),
    "won": gettext_lazy("Sales won"),
    "activities": gettext_lazy("Contacts and tasks"),
}
SPANS = ("this_month", "last_month", "this_quarter")


class RecognitionForm(forms.Form):
    """Whether there are ranking and badges, and how many of the best are named."""

    is_on = forms.BooleanField(
        label=gettext_lazy("Show ranking and badges"),
        required=False,
        help_text=gettext_lazy("Everybody may choose not to take part. Who isn't among the first is seen by nobody but themselves."),
    )  # fmt: skip
    top = forms.IntegerField(label=gettext_lazy("Named of the best"), min_value=LEAST, max_value=MOST)


@require_safe
@requires("opportunity", "view")
def page(request: WorkspaceRequest) -> HttpResponse:
    """Show the first few of a period, one's own place, and badges."""
    wanted = load_recognition()
    may_switch = may_area(request.member, "sales")
    if not wanted.is_on and not may_switch:
        raise Missing("ranking")
    context: dict[str, Any] = {
        "is_on": wanted.is_on,
        "may_switch": may_switch,
        "takes_part": takes_part(request.member),
    }
    if wanted.is_on:
        way, span = _chosen(request, "by", WAYS), _chosen(request, "period", SPANS)
        with one_reader():
            context |= _shown(request, wanted, way, span)
        context |= {
            "ways": [(one, WAY_LABELS[one], f"?by={one}&period={span}", one == way) for one in WAYS],
            "spans": [(one, LABELS[one], f"?by={way}&period={one}", one == span) for one in SPANS],
            "latest": latest_badges(),
        }
    return render(request, "sales/plans/ranking.html", context)  # fmt: skip


def _chosen(request: WorkspaceRequest, name: str, known: tuple[str, ...]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in known else known[0]


def _shown(request: WorkspaceRequest, wanted: Recognition, way: str, span: str) -> dict[str, Any]:
    start, end = days_of(span, today())
    found = ranking(request.member, way, Lens(None, start, end), wanted.top)
    lines = [(one, _figure(found, one.figure)) for one in found.top]
    own = None
    if found.own is not None and not any(one.is_self for one in found.top):
        own = (found.own, _figure(found, found.own.figure))
    return {"lines": lines, "own": own, "found": found, "fewest": FEWEST, "badges": badges_of(request.member)}


def _figure(found: Ranking, figure: Any) -> str:
    told = reader().number(figure, 0)
    return f"{told}%" if found.way == "goals" else told


@require_safe
@requires("opportunity", "view")
def block(request: WorkspaceRequest) -> HttpResponse:
    """Answer the first few of this month by sales won and one's own badges, for the home page."""
    wanted = load_recognition()
    if not wanted.is_on:
        raise Missing("ranking")
    with one_reader():
        context = _shown(request, wanted, "won", "this_month")
    return render(request, "sales/plans/_ranking_block.html", context)


@require_POST
@requires("opportunity", "view")
def join(request: WorkspaceRequest) -> HttpResponse:
    """Take part, or not."""
    wanted = request.POST.get("wanted") == "1"
    return answer_act(
        request,
        lambda: take_part(actor=request.actor, wanted=wanted),
        done=_("You take part.") if wanted else _("You don't take part any more."),
        back=reverse("sales:ranking"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Switch ranking and badges on or off."""
    form = RecognitionForm(request.POST or None, initial=load_recognition().as_json())
    return answer_form(
        request,
        form,
        lambda given: set_recognition(actor=request.actor, **given),
        title=_("Ranking and badges"),
        done=_("Saved."),
        back=reverse("sales:ranking"),
    )
