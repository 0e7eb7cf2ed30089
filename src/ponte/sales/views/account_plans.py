"""Account plans: the panel of a company, the plan's own page and its forms."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.policies import get_party
from ponte.sales.account_plan_policies import get_plan, may_plan, visible_plans
from ponte.sales.forms.account_plan import ActionForm, GoalForm, PlaceForm, PlanForm
from ponte.sales.models import AccountPlan, PlanGoal, PlanPerson
from ponte.sales.selectors.account_plans import actions_of, candidates, goals_of, map_of
from ponte.sales.services.account_plans import (
    add_action,
    create_plan,
    delete_plan,
    place_person,
    remove_goal,
    remove_person,
    save_goal,
    update_plan,
)
from ponte.ui.htmx import go_to
from ponte.workplace.admin.answers import answer_act, answer_form

NOBODY_LEFT = gettext_lazy(
    "Everybody known at this company is on the map. Add people on the company's page first."
)


@require_GET
@requires("account_plan", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a company's plan in short, or offer to begin one."""
    party = get_party(request.member, party_id, kind="company")
    plan = visible_plans(request.member).filter(party_id=party.id).first()
    context = {
        "party": party,
        "plan": plan,
        "goals": goals_of(plan)[:4] if plan else [],
        "may_create": may(request.member, "account_plan", "create"),
    }
    return render(request, "sales/_account_plan_panel.html", context)


@require_POST
@requires("account_plan", "create")
def create(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Begin a company's plan and show it."""
    party = get_party(request.member, party_id, kind="company")
    try:
        plan = create_plan(actor=request.actor, party=party)
    except Invalid:
        found = visible_plans(request.member).filter(party_id=party.id).first()
        if found is None:
            raise
        plan = found
    page = reverse("sales:account_plan", args=[plan.id])
    return go_to(page) if request.htmx else redirect(page)


@require_safe
@requires("account_plan", "view")
def detail(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Show a plan: what it says, goals, the map of people, what is to be done."""
    plan = get_plan(request.member, plan_id)
    may_edit = may_plan(request.member, "edit", plan)
    context = {
        "plan": plan,
        "goals": goals_of(plan),
        "map": map_of(request.member, plan),
        "actions": actions_of(request.member, plan) if may(request.member, "task", "view") else [],
        "may_edit": may_edit,
        "may_place": may_edit and bool(candidates(request.member, plan)),
        "nobody_left": NOBODY_LEFT,
        "may_delete": may_plan(request.member, "delete", plan),
        "may_act": may(request.member, "task", "create"),
    }
    return render(request, "sales/account_plan.html", context)


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def edit(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Change what a plan says."""
    plan = get_plan(request.member, plan_id, "edit")
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plan)
    return answer_form(
        request,
        form,
        lambda given: update_plan(actor=request.actor, plan=plan, version=given["version"], **form.details()),
        title=_("Edit plan"),
        done=_("Saved."),
        back=_page(plan),
    )


@require_POST
@requires("account_plan", "delete")
def delete(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Throw a plan away."""
    plan = get_plan(request.member, plan_id, "delete")
    return answer_act(
        request,
        lambda: delete_plan(actor=request.actor, plan=plan),
        done=_("Plan deleted."),
        back=reverse("directory:record", args=[plan.party_id]),
        leave=True,
    )


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def goal_new(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Add a goal."""
    plan = get_plan(request.member, plan_id, "edit")
    form = GoalForm(request.POST if request.method == "POST" else None)
    return answer_form(
        request,
        form,
        lambda _given: save_goal(actor=request.actor, plan=plan, **form.details()),
        title=_("New goal"),
        done=_("Saved."),
        back=_page(plan),
    )


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def goal_edit(request: WorkspaceRequest, goal_id: UUID) -> HttpResponse:
    """Change a goal."""
    goal = _goal(request, goal_id)
    form = GoalForm(request.POST if request.method == "POST" else None, goal=goal)
    return answer_form(
        request,
        form,
        lambda _given: save_goal(actor=request.actor, plan=goal.plan, goal=goal, **form.details()),
        title=_("Edit goal"),
        done=_("Saved."),
        back=_page(goal.plan),
    )


@require_POST
@requires("account_plan", "edit")
def goal_remove(request: WorkspaceRequest, goal_id: UUID) -> HttpResponse:
    """Take a goal away."""
    goal = _goal(request, goal_id)
    return answer_act(
        request,
        lambda: remove_goal(actor=request.actor, goal=goal),
        done=_("Goal removed."),
        back=_page(goal.plan),
    )


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def person_new(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Put somebody of the company on the map."""
    plan = get_plan(request.member, plan_id, "edit")
    people = candidates(request.member, plan)
    form = PlaceForm(request.POST if request.method == "POST" else None, people=people)
    return answer_form(
        request,
        form,
        lambda given: place_person(
            actor=request.actor, plan=plan, person_id=UUID(given["person"]), **form.details()
        ),
        title=_("Put on the map"),
        done=_("Saved."),
        back=_page(plan),
        intro="" if people else NOBODY_LEFT,
    )


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def person_edit(request: WorkspaceRequest, place_id: UUID) -> HttpResponse:
    """Change a person's place."""
    place = _place(request, place_id)
    form = PlaceForm(request.POST if request.method == "POST" else None, place=place)
    return answer_form(
        request,
        form,
        lambda _given: place_person(
            actor=request.actor, plan=place.plan, person_id=place.person_id, **form.details()
        ),
        title=place.person.label,
        done=_("Saved."),
        back=_page(place.plan),
    )


@require_POST
@requires("account_plan", "edit")
def person_remove(request: WorkspaceRequest, place_id: UUID) -> HttpResponse:
    """Take a person off the map."""
    place = _place(request, place_id)
    return answer_act(
        request,
        lambda: remove_person(actor=request.actor, place=place),
        done=_("Taken off the map."),
        back=_page(place.plan),
    )


@require_http_methods(["GET", "POST"])
@requires("account_plan", "edit")
def action_new(request: WorkspaceRequest, plan_id: UUID) -> HttpResponse:
    """Plan something to do."""
    plan = get_plan(request.member, plan_id, "edit")
    form = ActionForm(
        request.POST if request.method == "POST" else None,
        goals=list(plan.goals.filter(done_at=None)),
        initial={"assignee": str(request.member.id)},
    )
    return answer_form(
        request,
        form,
        lambda _given: add_action(actor=request.actor, plan=plan, **form.details()),
        title=_("New action"),
        done=_("Task planned"),
        back=_page(plan),
    )


def _page(plan: AccountPlan) -> str:
    return reverse("sales:account_plan", args=[plan.id])


def _goal(request: WorkspaceRequest, goal_id: UUID) -> PlanGoal:
    goal = PlanGoal.objects.select_related("plan").filter(id=goal_id).first()
    if goal is None:
        raise Missing("account_plan")
    get_plan(request.member, goal.plan_id, "edit")
    return goal


def _place(request: WorkspaceRequest, place_id: UUID) -> PlanPerson:
    place = PlanPerson.objects.select_related("plan", "person").filter(id=place_id).first()
    if place is None:
        raise Missing("account_plan")
    get_plan(request.member, place.plan_id, "edit")
    get_party(request.member, place.person_id)
    return place
