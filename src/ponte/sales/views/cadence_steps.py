"""The steps of a cadence: adding, changing, ordering, removing."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.cadence_policies import get_cadence
from ponte.sales.channels import step_channels
from ponte.sales.forms.cadence import StepForm
from ponte.sales.models import CadenceStep
from ponte.sales.services.cadence_steps import add_step, order_steps, remove_step, update_step
from ponte.workplace.admin.answers import answer_act, answer_form


@require_http_methods(["GET", "POST"])
@requires("cadence", "edit")
def add(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Add a step at the end; ``?channel=`` says by what."""
    cadence = get_cadence(request.member, cadence_id)
    asked = request.GET.get("channel", "")
    channel = asked if step_channels.get(asked) else "email"
    form = StepForm(request.POST if request.method == "POST" else None, channel=channel)
    return answer_form(
        request,
        form,
        lambda _clean: add_step(actor=request.actor, cadence=cadence, **form.details()),
        title=_("New step"),
        done=_("Step added."),
        back=reverse("sales:cadence", args=[cadence.id]),
    )


@require_http_methods(["GET", "POST"])
@requires("cadence", "edit")
def edit(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    """Change a step."""
    step = _get(request, step_id)
    form = StepForm(request.POST if request.method == "POST" else None, step=step)
    return answer_form(
        request,
        form,
        lambda _clean: update_step(actor=request.actor, step=step, **form.details()),
        title=_("Edit step"),
        done=_("Saved."),
        back=reverse("sales:cadence", args=[step.cadence_id]),
    )


@require_POST
@requires("cadence", "edit")
def remove(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    """Take a step out."""
    step = _get(request, step_id)
    return answer_act(
        request,
        lambda: remove_step(actor=request.actor, step=step),
        done=_("Step removed."),
        back=reverse("sales:cadence", args=[step.cadence_id]),
    )


@require_POST
@requires("cadence", "edit")
def order(request: WorkspaceRequest, cadence_id: UUID) -> HttpResponse:
    """Put the steps into the order posted."""
    cadence = get_cadence(request.member, cadence_id)
    try:
        ids = [UUID(text) for text in request.POST.getlist("order")]
    except ValueError as error:
        raise Invalid.on("order", "invalid", _("The steps have changed. Load the page again.")) from error
    return answer_act(
        request,
        lambda: order_steps(actor=request.actor, cadence=cadence, step_ids=ids),
        done=_("Order saved."),
        back=reverse("sales:cadence", args=[cadence.id]),
    )


def _get(request: WorkspaceRequest, step_id: UUID) -> CadenceStep:
    rows = CadenceStep.objects.filter(removed_at=None).select_related("cadence")
    step = rows.prefetch_related("variants").filter(id=step_id).first()
    if step is None:
        raise Missing("cadence")
    get_cadence(request.member, step.cadence_id)
    return step
