"""The home page: the day's work, recent records, and the way in for those who start."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import set_member_preference
from ponte.ui.htmx import go_to
from ponte.workplace.help import Tour, tours_for
from ponte.workplace.help.tours import done_by
from ponte.workplace.home import home_blocks_for, start_steps_for
from ponte.workplace.selectors.records import recent_records

HIDDEN_START = "start_hidden"


@require_safe
def home(request: WorkspaceRequest) -> HttpResponse:
    """Show the home page; its blocks load by themselves."""
    blocks = [(block, reverse(block.url_name)) for block in home_blocks_for(request.member)]
    context = {
        "greeting": greeting(timezone.localtime().hour) % {"name": first_name(request.member)},
        "wide": [pair for pair in blocks if pair[0].wide],
        "narrow": [pair for pair in blocks if not pair[0].wide],
        "recent": recent_records(request.member),
        "start": start_list(request.member),
    }
    return render(request, "workplace/home.html", context)


@require_POST
def hide_start(request: WorkspaceRequest) -> HttpResponse:
    """Put the getting-started list away for this member."""
    set_member_preference(member=request.member, key=HIDDEN_START, value=True)
    return go_to(reverse("workplace:home"))


def greeting(hour: int) -> str:
    """Return the greeting of an hour of the day, with ``%(name)s`` in it."""
    if 5 <= hour < 12:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if 12 <= hour < 18 else _("Good evening, %(name)s")


def first_name(member: Member) -> str:
    """Return what one calls a member by."""
    return (member.name.split() or [member.email])[0]


def start_list(member: Member) -> dict[str, Any] | None:
    """Return the steps to get started and how far one is; None when all are done or the member put them away."""
    if member.preferences.get(HIDDEN_START):
        return None
    steps = [
        {"step": step, "url": reverse(step.url_name), "done": step.done()} for step in start_steps_for(member)
    ]
    done = sum(1 for step in steps if step["done"])
    if not steps or done == len(steps):
        return None
    tour, tours = _first_tour(member), 1 if tours_for(member) else 0
    walked = tours if tour is None else 0
    return {"steps": steps, "done": done + walked, "total": len(steps) + tours, "tour": tour}


def _first_tour(member: Member) -> tuple[str, Tour] | None:
    """Return the first tour the member has not walked yet, behind its address."""
    done = done_by(member)
    found = next((tour for tour in tours_for(member) if tour.key not in done), None)
    return None if found is None else (reverse("workplace:tour", args=[found.key]), found)
