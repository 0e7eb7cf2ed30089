"""Stewards: who looks after the data quality of which customers."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.directory.forms.stewards import StewardForm
from ponte.directory.services.stewards import add_steward, remove_steward
from ponte.workplace.admin.answers import answer_act, answer_form


@require_http_methods(["GET", "POST"])
@requires("settings")
def add(request: WorkspaceRequest) -> HttpResponse:
    """Ask who looks after which customers."""
    form = StewardForm(request.POST or None)
    return answer_form(
        request,
        form,
        lambda _given: add_steward(actor=request.actor, **form.arguments()),
        title=_("Name a steward"),
        done=_("Saved."),
        back=reverse("directory:quality"),
    )


@require_POST
@requires("settings")
def remove(request: WorkspaceRequest, steward_id: UUID) -> HttpResponse:
    """Take a steward's task away."""
    return answer_act(
        request,
        lambda: remove_steward(actor=request.actor, steward_id=steward_id),
        done=_("Removed."),
        back=reverse("directory:quality"),
    )
