"""The settings page of one's connected calendars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.timeline.adapters.oauth import configured_providers
from ponte.timeline.forms.connection import CalDavForm, ChooseForm, SharingForm, sharing_of
from ponte.timeline.models import CalendarConflict, CalendarConnection, CalendarProvider, ConnectionState
from ponte.timeline.selectors.sync import get_connection, open_conflicts
from ponte.timeline.services import calendar_connections as service
from ponte.timeline.services.calendar_conflicts import close_conflict, conflict_words
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act, answer_form


@require_safe
@requires("meeting", "create")
def page(request: WorkspaceRequest) -> HttpResponse:
    """Show one's connected calendars, how they fare, and what was changed on both sides."""
    rows = CalendarConnection.objects.filter(member=request.member).annotate(
        kept=Count("links", filter=Q(links__problem="")), left=Count("links", filter=~Q(links__problem=""))
    )
    connections = list(rows.order_by("created_at"))
    taken = {CalendarProvider(one.provider) for one in connections}
    context = {
        "connections": [(one, _state_of(one), service.problem_words(one.problem)) for one in connections],
        "has_caldav": CalendarProvider.CALDAV in taken,
        "accounts": [
            (key, CalendarProvider(key).label, CalendarProvider(key) in taken)
            for key in configured_providers()
        ],
        "conflicts": [(one, conflict_words(one.kind)) for one in open_conflicts(request.member)],
    }
    return render(request, "timeline/settings/calendars.html", context)


def _state_of(connection: CalendarConnection) -> tuple[str, str]:
    """Return (tone, word) of how a connection stands."""
    tones = {
        ConnectionState.CHOOSING: "orange",
        ConnectionState.ACTIVE: "green",
        ConnectionState.PAUSED: "gray",
        ConnectionState.BROKEN: "red",
    }
    state = ConnectionState(connection.state)
    if state == ConnectionState.ACTIVE and connection.problem:
        return "orange", _("Trying again")
    return tones[state], str(state.label)


@never_cache
@require_http_methods(["GET", "POST"])
@requires("meeting", "create")
def connect(request: WorkspaceRequest) -> HttpResponse:
    """Ask for the access to a CalDAV server and try it at once; the calendar is chosen next."""
    form = CalDavForm(request.POST or None, initial=_known_access(request))
    if request.method == "POST" and form.is_valid():
        try:
            row = service.connect_caldav(actor=request.actor, member=request.member, **form.cleaned_data)
            service.list_choices(row)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return redirect("timeline:connection_choose", row.id)
    context = {
        "form": form,
        "title": _("Connect a CalDAV calendar"),
        "submit_label": _("Continue"),
        "cancel_url": reverse("timeline:connections"),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


def _known_access(request: WorkspaceRequest) -> dict[str, Any]:
    row = CalendarConnection.objects.filter(member=request.member, provider=CalendarProvider.CALDAV).first()
    return {"address": row.address, "username": row.username} if row else {}


@require_http_methods(["GET", "POST"])
@requires("meeting", "create")
def choose(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    """Choose the calendar and what is exchanged."""
    row = get_connection(request.member, connection_id)
    try:
        choices = service.list_choices(row)
    except Invalid as refusal:
        return render(request, "422.html", {"problems": refusal.problems}, status=422)
    form = ChooseForm(request.POST or None, choices=choices, initial=sharing_of(row))

    def save(data: dict[str, Any]) -> None:
        choice = next(one for one in choices if one.key == data["calendar"])
        service.choose_calendar(actor=request.actor, connection=row, choice=choice, **form.sharing())

    back = reverse("timeline:connections")
    return answer_form(
        request,
        form,
        save,
        title=_("Choose the calendar"),
        done=_("Calendar connected. The first exchange has begun."),
        back=back,
        submit_label=_("Connect"),
    )


@require_http_methods(["GET", "POST"])
@requires("meeting", "create")
def sharing(request: WorkspaceRequest, connection_id: UUID) -> HttpResponse:
    """Change what is exchanged."""
    row = get_connection(request.member, connection_id)
    form = SharingForm(request.POST or None, initial=sharing_of(row))

    def save(_data: dict[str, Any]) -> None:
        service.change_sharing(actor=request.actor, connection=row, **form.sharing())

    title, done = _("What is exchanged"), _("Saved.")
    return answer_form(request, form, save, title=title, done=done, back=reverse("timeline:connections"))


@require_POST
@requires("meeting", "create")
def act(request: WorkspaceRequest, connection_id: UUID, act: str) -> HttpResponse:
    """Do what a button of a connection asks for."""
    row = get_connection(request.member, connection_id)
    told: dict[str, tuple[Callable[..., object], str]] = {
        "sync": (service.ask_sync_now, _("It is being brought into step.")),
        "pause": (service.pause_calendar, _("Paused. Nothing is exchanged until you go on.")),
        "resume": (service.resume_calendar, _("It goes on.")),
        "refill": (service.refill_calendar, _("Everything is sent there again.")),
        "disconnect": (service.disconnect_calendar, _("Calendar disconnected.")),
    }
    if act not in told:
        raise Http404
    do, done = told[act]
    back = reverse("timeline:connections")
    return answer_act(request, lambda: do(actor=request.actor, connection=row), done=done, back=back)


@require_POST
@requires("meeting", "create")
def close(request: WorkspaceRequest, conflict_id: UUID) -> HttpResponse:
    """Put a conflict away, or take the other version first."""
    row = CalendarConflict.objects.filter(id=conflict_id, connection__member=request.member).first()
    if row is None:
        raise Missing
    take = request.POST.get("take") == "other"
    done = _("The other version was taken.") if take else _("Done.")
    back = reverse("timeline:connections")
    return answer_act(
        request,
        lambda: close_conflict(actor=request.actor, conflict=row, take_other=take),
        done=done,
        back=back,
    )
