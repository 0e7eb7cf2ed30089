"""Screens of single meetings: planning, changing, moving by hand."""

from __future__ import annotations

import contextlib
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.directory.policies import visible_parties
from ponte.timeline.due import workspace_zone
from ponte.timeline.forms.about import NONE, About, about_details, add_about
from ponte.timeline.forms.interaction import show_problems
from ponte.timeline.forms.meeting import MeetingForm, initial_of, initial_times
from ponte.timeline.models import Meeting
from ponte.timeline.occurrences import end_of, read_instant
from ponte.timeline.policies import check_may_create, get_visible_party, may_on_meeting
from ponte.timeline.selectors.meetings import get_meeting, invitees_of
from ponte.timeline.selectors.people import find_colleagues
from ponte.timeline.selectors.tasks import get_task
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meeting_data import MeetingDetails
from ponte.timeline.services.meeting_occurrences import Span, update_occurrence
from ponte.timeline.services.meetings import create_meeting, update_meeting
from ponte.timeline.services.tasks import update_task
from ponte.timeline.views.asking import asked_about
from ponte.timeline.views.calendar import read_moment
from ponte.ui.htmx import close_dialog, go_to
from ponte.ui.layouts import frame_of

CHANGED = ("calendar-changed", "customer-changed", "meetings-changed")
MAX_FOUND = 8


def occurrence_asked(request: WorkspaceRequest, meeting: Meeting) -> datetime | None:
    """Return which occurrence of a series ``?at=`` names, the first without it; None for single meetings."""
    if not meeting.is_series:
        return None
    return read_instant(request.GET.get("at", "")) or meeting.starts_at


@require_http_methods(["GET", "POST"])
@requires("meeting", "create")
def create(request: WorkspaceRequest) -> HttpResponse:
    """Plan a meeting; ``?start=&end=&all_day=`` come from the calendar, ``?party=`` names the customer.

    ``?about=opportunity:<id>`` names what it is about.
    """
    about, party_id = asked_about(request)
    initial = _new_initial(request)
    form = _bind(request, initial | {"party": party_id or initial["party"]}, about=about)
    if request.method == "POST" and form.is_valid():
        try:
            details = about_details(form, request.member, form.details())
            check_may_create(request.member, "meeting", details["party_id"])
            invitees = checked_invitees(request, form)
            meeting = create_meeting(actor=request.actor, invitees=invitees, **details)
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, meeting, _("Meeting planned"))
    return _form(request, form, _("New meeting"))


def _new_initial(request: WorkspaceRequest) -> dict[str, Any]:
    zone = workspace_zone()
    start = read_moment(request.GET.get("start", ""))
    end = read_moment(request.GET.get("end", ""))
    if start is None:
        start = (datetime.now(zone) + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    local = start.astimezone(zone)
    at: time | None = None if request.GET.get("all_day") == "1" else local.time()
    times = initial_times(local.date(), at, end.astimezone(zone) if end and at else None)
    if at is None and end is not None and end > start:
        times["ends_on"] = (end.astimezone(zone) - timedelta(days=1)).date()
    party = None
    with contextlib.suppress(KeyError, ValueError):
        party = get_visible_party(request.member, UUID(request.GET["party"])).id
    return {**times, "party": party, "organiser": request.member.id, "reminder": "10"}


@require_http_methods(["GET", "POST"])
@requires("meeting", "edit")
def edit(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Change a meeting, or one occurrence, the rest or all of a series."""
    meeting = get_meeting(request.member, meeting_id)
    if not may_on_meeting(request.member, "edit", meeting):
        raise Denied("meeting", "edit")
    at = occurrence_asked(request, meeting)
    starts_at = at or meeting.starts_at
    ends_at = end_of(meeting, at) if at else meeting.ends_at
    initial = initial_of(meeting, starts_at, ends_at, invitees_of(meeting))
    about = (meeting.about_type, meeting.about_id)
    form = _bind(request, initial, meeting, is_occurrence=at is not None, about=about)
    if request.method == "POST" and form.is_valid():
        try:
            row = _save(request, meeting, form, at)
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _done(request, row, _("Meeting saved"))
    return _form(request, form, _("Edit meeting"))


def _save(request: WorkspaceRequest, meeting: Meeting, form: MeetingForm, at: datetime | None) -> Meeting:
    told = form.cleaned_data
    details: MeetingDetails = about_details(form, request.member, form.details())
    if details["party_id"] != meeting.party_id:
        check_may_create(request.member, "meeting", details["party_id"])
    invitees = checked_invitees(request, form) if "invitees" in form.changed_data else None
    if at is None:
        return update_meeting(
            actor=request.actor, meeting=meeting, version=told["version"], invitees=invitees, **details
        )
    span: Span = told["span"]
    if span == "this":
        details.pop("rrule", None)
    return update_occurrence(
        actor=request.actor,
        meeting=meeting,
        original_start=at,
        span=span,
        version=told["version"],
        invitees=invitees,
        **details,
    )


def checked_invitees(request: WorkspaceRequest, form: MeetingForm) -> list[Invitee]:
    """Return who is to be invited; customers hidden from the member can stay but not be added."""
    wanted: list[Invitee] = form.cleaned_data["invitees"]
    asked = {one.party_id for one in wanted if one.party_id}
    if form.meeting is not None:
        asked -= {one.party_id for one in invitees_of(form.meeting)}
    if asked and visible_parties(request.member).filter(id__in=asked).count() != len(asked):
        raise Invalid.on("invitees", "missing", _("Somebody invited is not there any more."))
    return wanted


def _bind(
    request: WorkspaceRequest,
    initial: dict[str, Any],
    meeting: Meeting | None = None,
    *,
    is_occurrence: bool = False,
    about: About = NONE,
) -> MeetingForm:
    form = MeetingForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        member=request.member,
        meeting=meeting,
        is_occurrence=is_occurrence,
        urls=(reverse("directory:pick"), reverse("timeline:invitable")),
    )
    add_about(form, request.member, about)
    return form


def _form(request: WorkspaceRequest, form: MeetingForm, title: str) -> HttpResponse:
    context = {"form": form, "title": title, "cancel_url": reverse("timeline:calendar")}
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _done(request: WorkspaceRequest, meeting: Meeting, text: str) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("timeline:meeting", meeting.id)
    if frame_of(request) == "panel":
        return go_to(reverse("timeline:meeting", args=[meeting.id]))
    return close_dialog(text, events=CHANGED)


@require_GET
@requires("meeting", "view")
def invitable(request: WorkspaceRequest) -> JsonResponse:
    """Answer whom one can invite by ``?q=``: colleagues, customers, and an address as it stands."""
    text = request.GET.get("q", "")[:100].strip()
    items = [
        {"value": f"member:{one.id}", "label": one.name, "note": _("Colleague")}
        for one in find_colleagues(text, MAX_FOUND)
    ]
    if text and may(request.member, "customer", "view"):
        found = _customers(request, text)
        items += [{"value": f"party:{one.id}", "label": one.label, "note": _("Customer")} for one in found]
    if "@" in text and "." in text.rpartition("@")[2]:
        items.insert(0, {"value": text.lower(), "label": text.lower(), "note": _("E-mail address")})
    return JsonResponse({"items": items})


def _customers(request: WorkspaceRequest, text: str) -> list[Any]:
    from ponte.directory.selectors.search import matching_parties
    from ponte.workplace.search.candidates import bitmap_scans_only

    with bitmap_scans_only():
        found = list(matching_parties(visible_parties(request.member), text, request.member)[:100])
    return sorted(found, key=lambda row: row.sort_name)[:MAX_FOUND]


def _moved(answer: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(answer, status=status)


def _span_of_move(request: WorkspaceRequest) -> tuple[datetime, datetime | None, bool]:
    start, end = read_moment(request.POST.get("start", "")), read_moment(request.POST.get("end", ""))
    if start is None:
        raise Invalid.on("start", "required", _("Say when it begins."))
    return start, end, request.POST.get("all_day") == "1"


def _version(request: WorkspaceRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


@require_POST
@requires("meeting", "edit")
def move(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Put a meeting, or what ``span`` says of a series, where it was dragged; 409 when somebody changed it meanwhile."""
    meeting = get_meeting(request.member, meeting_id)
    start, end, all_day = _span_of_move(request)
    if all_day and end is not None:
        end -= timedelta(days=1)  # the calendar's end is exclusive
    details = MeetingDetails(starts_at=start, ends_at=end, all_day=all_day)
    at, span = occurrence_asked(request, meeting), request.POST.get("span", "this")
    try:
        if at is None:
            row = update_meeting(actor=request.actor, meeting=meeting, version=_version(request), **details)
        elif span in ("this", "following", "all"):
            row = update_occurrence(
                actor=request.actor,
                meeting=meeting,
                original_start=at,
                span=span,  # type: ignore[arg-type]
                version=_version(request),
                **details,
            )
        else:
            raise Invalid.on("span", "invalid", _("Say which ones to move."))
    except Conflict:
        return _refused()
    return _moved({"version": row.version, "reload": at is not None})


@require_POST
@requires("task", "edit")
def move_task(request: WorkspaceRequest, task_id: UUID) -> HttpResponse:
    """Give a task the day or time it was dragged to; its reminder keeps its distance."""
    task = get_task(request.member, task_id)
    start, _end, all_day = _span_of_move(request)
    details: dict[str, Any] = {"due_at": start, "due_all_day": all_day}
    if task.remind_at is not None and task.due_at is not None:
        details["remind_at"] = task.remind_at + (start - task.due_at)
    try:
        row = update_task(actor=request.actor, task=task, version=_version(request), **details)
    except Conflict:
        return _refused()
    return _moved({"version": row.version, "reload": False})


def _refused() -> JsonResponse:
    words = _("Somebody changed this meanwhile. Here is how it stands now.")
    return _moved({"detail": words}, status=409)
