"""What the board by month asks and takes back: how sure an opportunity is, the day it was expected on before."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.models import ForecastCategory
from ponte.sales.services.opportunities import update_opportunity
from ponte.sales.views.opportunities import editable_deal
from ponte.sales.views.opportunity_acts import answer_changed
from ponte.ui.forms import add_problems
from ponte.ui.htmx import refresh_page, toast


class CategoryForm(forms.Form):
    """How sure an opportunity is."""

    category = forms.ChoiceField(
        label=gettext_lazy("Forecast category"), choices=ForecastCategory.choices, widget=forms.RadioSelect
    )


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def category(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Ask how sure an opportunity is."""
    deal = editable_deal(request, opportunity_id)
    form = CategoryForm(
        request.POST if request.method == "POST" else None, initial={"category": deal.category}
    )
    if request.method == "POST" and form.is_valid():
        try:
            deal = update_opportunity(actor=request.actor, opportunity_id=deal.id, changes=form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return answer_changed(request, deal, f"{deal.title}: {deal.get_category_display()}")
    context = {
        "form": form,
        "title": _("Forecast category: %(deal)s") % {"deal": deal.title},
        "cancel_url": reverse("sales:opportunity", args=[deal.id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("opportunity", "edit")
def undo_close(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Let an opportunity be expected on ``?day=`` again; ``?version=`` is the one the change led to."""
    deal = editable_deal(request, opportunity_id)
    version, text = request.GET.get("version", ""), request.GET.get("day", "")
    try:
        day = date.fromisoformat(text) if text else None
        known = int(version[:9])
    except ValueError:
        raise Missing from None
    try:
        update_opportunity(
            actor=request.actor, opportunity_id=deal.id, changes={"expected_close": day}, version=known
        )
    except (Invalid, Conflict):
        return toast(
            HttpResponse(status=409), _("It was changed since: nothing was taken back."), tone="error"
        )
    return refresh_page(_("Undone")) if request.htmx else answer_changed(request, deal, _("Undone"))
