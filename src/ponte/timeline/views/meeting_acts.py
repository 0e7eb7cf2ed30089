"""What is done with a meeting: looking at it, answering, holding, cancelling, deleting."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.timeline.due import workspace_zone
from ponte.timeline.forms.interaction import show_problems
from ponte.timeline.forms.meeting import SPANS, HoldForm
from ponte.timeline.models import Answer, Meeting, MeetingStatus
from ponte.timeline.occurrences import end_of
from ponte.timeline.policies import get_visible_party, may_on_meeting, visible_parties_of
from ponte.timeline.rule_words import describe
from ponte.timeline.selectors.meetings import (
    get_deleted_meeting,
    get_meeting,
    invitees_of,
    party_meetings,
)
from ponte.timeline.services.invitees import answer_invitation
from ponte.timeline.services.meeting_occurrences import delete_occurrence
from ponte.timeline.services.meeting_state import cancel_meeting, hold_meeting
from ponte.timeline.services.meetings import delete_meeting, restore_meeting
from ponte.timeline.subjects import name_of, names_of, task_subjects
from ponte.timeline.views.meetings import CHANGED, occurrence_asked
from ponte.timeline.words import OUTCOMES, label_of
from ponte.ui.htmx import close_dialog, go_to, toast, trigger
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.objects import Named


@require_GET
@requires("meeting", "view")
def detail(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Show one meeting, or one occurrence of a series, whole or in the side panel."""
    meeting = get_meeting(request.member, meeting_id)
    at = occurrence_asked(request, meeting)
    zone = workspace_zone()
    starts_at = (at or meeting.starts_at).astimezone(zone)
    ends_at = (end_of(meeting, at) if at else meeting.ends_at).astimezone(zone)
    invitees = invitees_of(meeting)
    named = visible_parties_of(request.member, [one.party_id for one in invitees] + [meeting.party_id])
    mine = next((one for one in invitees if one.member_id == request.member.id), None)
    may_edit = may_on_meeting(request.member, "edit", meeting)
    context = {
        "meeting": meeting,
        "query": f"?at={request.GET['at']}" if at and request.GET.get("at") else "",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "last_day": (ends_at - timedelta(days=1)).date() if meeting.all_day else ends_at.date(),
        "repeats": describe((meeting.series or meeting).rrule, starts_at.date()),
        "invitees": [(one, one.party_id is None or one.party_id in named) for one in invitees],
        "shows_party": meeting.party_id in named,
        "about": name_of(request.member, meeting),
        "about_label": getattr(task_subjects.get(meeting.about_type), "label", ""),
        "mine": mine,
        "answers": [(one.value, one.label) for one in Answer if one != Answer.PENDING],
        "outcome": label_of(OUTCOMES, meeting.outcome),
        "is_planned": meeting.status == MeetingStatus.PLANNED,
        "has_begun": starts_at <= timezone.now(),
        "may_edit": may_edit,
        "may_delete": may_on_meeting(request.member, "delete", meeting),
    }
    return render(request, "timeline/meeting.html", context)


@require_http_methods(["GET", "POST"])
@requires("meeting", "edit")
def hold(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Write how a meeting went; about a customer it goes to their timeline."""
    meeting = _editable(request, meeting_id)
    form = HoldForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            row = hold_meeting(
                actor=request.actor,
                meeting=meeting,
                original_start=occurrence_asked(request, meeting),
                outcome=form.cleaned_data["outcome"],
                notes=form.cleaned_data["notes"],
            )
        except Invalid as refusal:
            show_problems(form, refusal)
        else:
            return _after(request, row, _("Recorded"))
    context = {
        "form": form,
        "title": _("How did it go?"),
        "submit_label": _("Record"),
        "cancel_url": reverse("timeline:meeting", args=[meeting.id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


@require_POST
@requires("meeting", "edit")
def cancel(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Say that a meeting won't take place."""
    meeting = _editable(request, meeting_id)
    row = cancel_meeting(
        actor=request.actor, meeting=meeting, original_start=occurrence_asked(request, meeting)
    )
    return _after(request, row, _("Meeting cancelled; those invited are told"))


@require_POST
@requires("meeting", "view")
def answer(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Write what the member says to the invitation."""
    meeting = get_meeting(request.member, meeting_id)
    answer_invitation(actor=request.actor, meeting=meeting, answer=request.POST.get("answer", ""))
    return _after(request, meeting, _("Answered"))


@require_http_methods(["GET", "POST"])
@requires("meeting", "delete")
def delete(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Throw a meeting away; of a series, ask how much of it."""
    meeting = get_meeting(request.member, meeting_id)
    if not may_on_meeting(request.member, "delete", meeting):
        raise Denied("meeting", "delete")
    at = occurrence_asked(request, meeting)
    if at is None and request.method == "POST":
        delete_meeting(actor=request.actor, meeting=meeting)
        undo = reverse("timeline:meeting_restore", args=[meeting.id])
        return _gone(request, _("Meeting deleted"), undo)
    span = request.POST.get("span", "")
    if at is not None and span in ("this", "following", "all"):
        row = delete_occurrence(actor=request.actor, meeting=meeting, original_start=at, span=span)  # type: ignore[arg-type]
        undo = reverse("timeline:meeting_restore", args=[meeting.id]) if row.deleted_at else ""
        return _gone(request, _("Meeting deleted"), undo)
    context = {"meeting": meeting, "spans": SPANS, "query": request.GET.urlencode()}
    return render(request, "timeline/meeting_delete.html", context)


@require_POST
@requires("meeting", "delete")
def restore(request: WorkspaceRequest, meeting_id: UUID) -> HttpResponse:
    """Bring a deleted meeting back."""
    restore_meeting(actor=request.actor, meeting=get_deleted_meeting(request.member, meeting_id))
    return trigger(HttpResponse(status=204), "calendar-changed")


@require_GET
@requires("meeting", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's next meetings."""
    party = get_visible_party(request.member, party_id)
    zone = workspace_zone()
    found = party_meetings(request.member, party.id)
    about = [(row.about_type, row.about_id) for row in found if row.about_id]
    names = names_of(request.member, about) if about else {}
    rows: list[tuple[Meeting, datetime, str, Named | None]] = [
        (
            row,
            row.starts_at.astimezone(zone),
            describe(row.rrule, row.starts_at.astimezone(zone).date()),
            names.get((row.about_type, row.about_id)) if row.about_id else None,
        )
        for row in found
    ]
    return render(
        request,
        "timeline/_meetings_panel.html",
        {"party": party, "meetings": rows, "may_create": may(request.member, "meeting", "create")},
    )


def _editable(request: WorkspaceRequest, meeting_id: UUID) -> Meeting:
    meeting = get_meeting(request.member, meeting_id)
    if not may_on_meeting(request.member, "edit", meeting):
        raise Denied("meeting", "edit")
    return meeting


def _after(request: WorkspaceRequest, meeting: Meeting, text: str) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("timeline:meeting", meeting.id)
    return close_dialog(text, events=(*CHANGED, "timeline-changed"))


def _gone(request: WorkspaceRequest, text: str, undo: str) -> HttpResponse:
    if frame_of(request) == "page":
        return redirect("timeline:calendar")
    if request.GET.get("then") == "calendar":
        return toast(go_to(reverse("timeline:calendar")), text)
    return close_dialog(text, events=CHANGED, undo_url=undo)
