"""Settings about time: working hours, holidays, dates that become tasks."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.business_time import load_business_calendar, load_business_settings
from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.business_time import add_holiday, remove_holiday, set_working_hours
from ponte.timeline.date_rules import load_rules
from ponte.timeline.due import today
from ponte.timeline.forms.business import HolidayForm, HoursForm, RulesForm, hours_initial
from ponte.timeline.services.date_rules import set_date_rules
from ponte.ui.forms import add_problems
from ponte.ui.htmx import refresh_page, toast
from ponte.ui.layouts import frame_of


@require_http_methods(["GET", "HEAD", "POST"])
@requires("workspace")
def hours(request: WorkspaceRequest) -> HttpResponse:
    """Show and keep working hours; below, the holidays of the year to come."""
    kept = load_business_settings()
    form = HoursForm(request.POST if request.method == "POST" else None, initial=hours_initial(kept))
    saved = False
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            kept = set_working_hours(
                actor=request.actor,
                state=told["state"],
                hours=form.hours(),
                customary=told["customary"],
                half_days=told["half_days"],
            )
            saved = True
        except Invalid as refusal:
            add_problems(form, refusal)
    day = today()
    context = {
        "form": form,
        "own": kept.holidays,
        "coming": load_business_calendar().holidays_between(day, day + timedelta(days=365)),
    }
    status = 422 if form.is_bound and not saved else 200
    response = render(request, "timeline/settings/hours.html", context, status=status)
    return toast(response, _("Saved.")) if saved else response


@require_http_methods(["GET", "POST"])
@requires("workspace")
def holiday_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a municipal or company holiday."""
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            add_holiday(actor=request.actor, holiday=form.holiday())
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            if frame_of(request) == "page":
                return redirect("timeline:hours")
            return refresh_page(_("Holiday added"))
    return render(
        request,
        "ui/form_page.html",
        {"form": form, "title": _("New holiday")},
        status=422 if form.is_bound else 200,
    )


@require_POST
@requires("workspace")
def holiday_remove(request: WorkspaceRequest, day: str) -> HttpResponse:
    """Take a holiday of the workspace's own away."""
    try:
        wanted = parse_date(day)
    except ValueError:
        wanted = None
    if wanted is None:
        raise Http404
    remove_holiday(actor=request.actor, day=wanted)
    return redirect("timeline:hours") if frame_of(request) == "page" else refresh_page(_("Holiday deleted"))


@require_http_methods(["GET", "HEAD", "POST"])
@requires("workspace")
def date_rules(request: WorkspaceRequest) -> HttpResponse:
    """Show and keep how dates become tasks."""
    form = RulesForm(request.POST if request.method == "POST" else None, rules=load_rules())
    saved = False
    if request.method == "POST" and form.is_valid():
        try:
            set_date_rules(actor=request.actor, rules=form.told())
            saved = True
        except Invalid as refusal:
            add_problems(form, refusal)
    groups = [[form[f"{kind}_active"], form[f"{kind}_days"], form[f"{kind}_member"]] for kind in form.rules]
    status = 422 if form.is_bound and not saved else 200
    response = render(
        request, "timeline/settings/dates.html", {"form": form, "groups": groups}, status=status
    )
    return toast(response, _("Saved.")) if saved else response
