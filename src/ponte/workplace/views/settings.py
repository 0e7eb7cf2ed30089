"""The frame of the settings and the member's own preferences."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import set_member_preference
from ponte.ui.htmx import toast
from ponte.workplace.lists.opening import OPEN_ROWS, opens_beside


@require_safe
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Show every settings page the member may open, with what it is for."""
    return render(request, "workplace/settings/index.html")


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: WorkspaceRequest) -> HttpResponse:
    """Show or keep how lists behave for this member."""
    if request.method == "POST":
        choice = "page" if request.POST.get(OPEN_ROWS) == "page" else "panel"
        set_member_preference(member=request.member, key=OPEN_ROWS, value=choice)
        request.member.preferences[OPEN_ROWS] = choice
    response = render(
        request, "workplace/settings/preferences.html", {"beside": opens_beside(request.member)}
    )
    return toast(response, _("Saved.")) if request.method == "POST" else response
