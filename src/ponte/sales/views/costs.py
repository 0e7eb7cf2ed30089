"""Entering what winning customers costs."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.plans import CostForm
from ponte.sales.months import month_label
from ponte.sales.selectors.kpis_work import costs_of
from ponte.sales.selectors.lens import days_of, previous_month, today
from ponte.sales.services.figures import remove_cost, set_cost
from ponte.sales.views.writing import money
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.lists.cells import one_reader


@require_safe
@requires("sales")
def costs(request: WorkspaceRequest) -> HttpResponse:
    """Show the costs of this year and the one before."""
    start, end = days_of("last_year", today())[0], days_of("this_year", today())[1]
    with one_reader():
        rows = [
            {"row": one, "month": month_label(one.month), "amount": money(one.amount, 2)}
            for one in costs_of(start, end)
        ]
    return render(request, "sales/plans/costs.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires("sales")
def enter(request: WorkspaceRequest) -> HttpResponse:
    """Ask for the cost of a month."""
    form = CostForm(request.POST or None, initial={"month": previous_month(today())})
    return answer_form(
        request,
        form,
        lambda given: set_cost(actor=request.actor, **given),
        title=_("Cost of a month"),
        done=_("Saved."),
        back=reverse("sales:costs"),
    )


@require_POST
@requires("sales")
def remove(request: WorkspaceRequest, cost_id: UUID) -> HttpResponse:
    """Take a cost away."""
    return answer_act(
        request,
        lambda: remove_cost(actor=request.actor, cost_id=cost_id),
        done=_("Removed."),
        back=reverse("sales:costs"),
    )
