"""A list as a calendar: what its template needs, and the rows of a stretch of days."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_view
from ponte.workplace.lists.asking import list_for
from ponte.workplace.lists.days import entries_of, mover
from ponte.workplace.lists.results import Found, select
from ponte.workplace.lists.state import ListState, read_state

LONGEST = timedelta(days=62)


def calendar_context(request: WorkspaceRequest, state: ListState, found: Found) -> dict[str, Any]:
    """Return where the calendar takes its entries from and where it writes moved ones to."""
    field = mover(state, request.member)
    key = state.page.key
    return {
        "entries_url": reverse("workplace:list_days", args=[key]) + state.query(),
        "move_url": reverse("workplace:list_field", args=[key, field.key]) if field else "",
        "zone": timezone.get_current_timezone_name(),
    }


@require_safe
def days(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Answer with the rows of a stretch of days as JSON; what was shown is written to the access log."""
    page = list_for(request.member, key)
    state = read_state(page, request.GET, request.member)
    if state.calendar is None:
        raise Missing
    first, last = _day(request, "start"), _day(request, "end")
    if not timedelta(0) < last - first <= LONGEST:
        raise Invalid.on("end", "range", _("Ask for at most two months, the end after the start."))
    found = select(state, request.member)
    entries, cut = entries_of(state, request.member, found, first=first, last=last)
    if page.personal:
        record_view(
            actor=request.actor,
            object_type=page.object,
            ids=[UUID(entry.id) for entry in entries],
            where=f"list {page.key}",
        )
    return JsonResponse({"entries": [asdict(entry) for entry in entries], "cut": cut})


def _day(request: WorkspaceRequest, name: str) -> date:
    try:
        day = date.fromisoformat(request.GET.get(name, "")[:10])
    except ValueError:
        raise Invalid.on(name, "date_invalid", _("Write the day as 2026-11-22.")) from None
    if not 1900 <= day.year <= 2200:
        raise Invalid.on(name, "range", _("This date is too far away. Check the year."))
    return day
