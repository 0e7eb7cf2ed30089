"""Goals: setting them, seeing how far they are reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.commerce.policies import visible_products
from ponte.core.errors import Denied
from ponte.core.models import Member, Team
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import led_members, may_area, requires
from ponte.sales.forms.plans import GoalForm
from ponte.sales.recognition import load_recognition
from ponte.sales.selectors.goals import Attainment, attainments, current_goals, may_set_goal, visible_goals
from ponte.sales.selectors.lens import DAY, today
from ponte.sales.services.goals import GoalData, remove_goal, set_goal
from ponte.sales.views.writing import money, number
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.lists.cells import one_reader, reader

MOST = 100
MOST_PRODUCTS = 500
WHOLE_FROM = 1000  # goals from which on cents are left out on both sides


@require_safe
@requires("opportunity", "view")
def goals(request: WorkspaceRequest) -> HttpResponse:
    """Show the goals of now, of the past or to come."""
    when = request.GET.get("when", "")
    rows = visible_goals(request.member)
    if when == "past":
        rows = rows.filter(ends_on__lte=today()).order_by("-ends_on", "id")
    elif when == "ahead":
        rows = rows.filter(starts_on__gt=today()).order_by("starts_on", "id")
    else:
        when, rows = "", current_goals(request.member).order_by("ends_on", "id")
    with one_reader():
        found = [_line(request.member, one) for one in attainments(rows[:MOST], request.member)]
    return render(
        request,
        "sales/plans/goals.html",
        {
            "goals": found,
            "when": when,
            "may_set": may_set_any(request.member),
            "has_ranking": load_recognition().is_on,
        },
    )


@require_safe
@requires("opportunity", "view")
def block(request: WorkspaceRequest) -> HttpResponse:
    """Answer the member's own goals of now for the home page: theirs, their team's and the business's."""
    rows = [
        goal
        for goal in current_goals(request.member).order_by("ends_on", "id")[:MOST]
        if goal.member_id in (None, request.member.id) and goal.team_id in (None, request.member.team_id)
    ]
    with one_reader():
        found = [_line(request.member, one) for one in attainments(rows[:8], request.member)]
    return render(
        request, "sales/plans/_goals_block.html", {"goals": found, "may_set": may_set_any(request.member)}
    )


def may_set_any(member: Member) -> bool:
    """Tell whether a member may set anybody's goal."""
    return may_area(member, "sales") or bool(led_members(member))


def _line(member: Member, one: Attainment) -> dict[str, Any]:
    goal = one.goal
    write = money if one.is_money else number
    page = reader()
    return {
        "goal": goal,
        "what": f"{goal.get_metric_display()} · {goal.product.name}"
        if goal.product
        else goal.get_metric_display(),
        "whose": goal.member.name if goal.member else goal.team.name if goal.team else _("Whole business"),
        "days": f"{page.day(goal.starts_on)} – {page.day(goal.ends_on - DAY)}",
        "achieved": write(Decimal(round(one.achieved)) if goal.target >= WHOLE_FROM else one.achieved),
        "target": write(goal.target),
        "percent": one.percent,
        "bar": min(one.percent, 100),
        "elapsed": number(one.elapsed),
        "is_on_pace": one.is_on_pace,
        "may_edit": may_set_goal(member, goal.member, led_members(member)),
    }


@require_http_methods(["GET", "POST"])
@requires("opportunity", "view")
def enter(request: WorkspaceRequest) -> HttpResponse:
    """Ask for a goal."""
    if not may_set_any(request.member):
        raise Denied("goal", "create")
    form = GoalForm(
        request.POST or None,
        initial={"starts_on": today().replace(day=1)},
        people=_people(request.member),
        products=visible_products(request.member)
        .filter(is_active=True)
        .order_by("sort_name")[:MOST_PRODUCTS],
    )
    return answer_form(
        request,
        form,
        lambda given: set_goal(actor=request.actor, data=_data(given)),
        title=_("Set a goal"),
        done=_("Saved."),
        back=reverse("sales:goals"),
    )


def _data(given: dict[str, Any]) -> GoalData:
    kind, _colon, key = given["whose"].partition(":")
    return GoalData(
        metric=given["metric"],
        span=given["span"],
        starts_on=given["starts_on"],
        target=given["target"],
        member_id=UUID(key) if kind == "member" else None,
        team_id=UUID(key) if kind == "team" else None,
        product_id=given["product"].id if given["product"] else None,
    )


def _people(member: Member) -> list[tuple[str, Any]]:
    rows = Member.objects.filter(is_active=True).order_by("sort_name")
    if not may_area(member, "sales"):
        return [(f"member:{one.id}", one.name) for one in rows.filter(id__in=led_members(member))]
    teams = [(f"team:{one.id}", one.name) for one in Team.objects.order_by("name")]
    people = [(f"member:{one.id}", one.name) for one in rows]
    return [("", _("Whole business")), (_("Teams"), teams), (_("People"), people)]


@require_POST
@requires("opportunity", "view")
def remove(request: WorkspaceRequest, goal_id: UUID) -> HttpResponse:
    """Take a goal back."""
    return answer_act(
        request,
        lambda: remove_goal(actor=request.actor, goal_id=goal_id),
        done=_("Removed."),
        back=reverse("sales:goals"),
    )
