"""The first visit of a new business: own data or demo data, inviting people, and what customers are called here."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may_area, requires
from ponte.core.tenancy.choices import KINDS
from ponte.workplace import vocabulary
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.custom_fields.suggestions import add_suggested, suggestions_for
from ponte.workplace.services.demo_data import ask_for_demo, ask_to_remove_demo, demo_state


@require_safe
@requires("workspace")
def welcome(request: WorkspaceRequest) -> HttpResponse:
    """Offer the three ways to begin."""
    kind = next((kind for kind in KINDS if kind.value == request.workspace.kind), KINDS[-1])
    context = {
        "kind": kind,
        "words": vocabulary.vocabulary_of(request.workspace.kind),
        "demo": demo_state(),
        "may_invite": may_area(request.member, "members"),
        "may_import": may_area(request.member, "import"),
        "suggested": suggestions_for(request.workspace.kind) if may_area(request.member, "settings") else [],
    }
    return render(request, "workplace/welcome.html", context)


@require_POST
@requires("settings")
def suggested_fields(request: WorkspaceRequest) -> HttpResponse:
    """Make the suggested fields that were ticked."""
    return answer_act(
        request,
        lambda: add_suggested(actor=request.actor, keys=request.POST.getlist("field")),
        done=_("The fields are there: in records, lists and filters."),
        back=reverse("workplace:welcome"),
    )


@require_POST
@requires("workspace")
def demo_make(request: WorkspaceRequest) -> HttpResponse:
    """Have demo data made."""
    return answer_act(
        request,
        lambda: ask_for_demo(actor=request.actor),
        done=_("Demo data are being made. The bell tells when they are there."),
        back=reverse("workplace:welcome"),
    )


@require_POST
@requires("workspace")
def demo_remove(request: WorkspaceRequest) -> HttpResponse:
    """Have the demo data taken away."""
    return answer_act(
        request,
        lambda: ask_to_remove_demo(actor=request.actor),
        done=_("The demo data are being removed. The bell tells when they are gone."),
        back=reverse("workplace:welcome"),
    )
