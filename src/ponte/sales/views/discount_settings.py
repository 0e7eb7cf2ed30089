"""Settings: what a role may give without asking, who says yes beyond that, and who approves contracts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Role
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.approvals import DaysForm, LimitForm, StepForm
from ponte.sales.models.approval import ApprovalKind, ApprovalStep, DiscountLimit
from ponte.sales.selectors.approvals import (
    ApprovalSettings,
    limits_by_role,
    load_approval_settings,
    steps_of,
)
from ponte.sales.services.approval_setup import (
    StepData,
    delete_approval_step,
    move_approval_steps,
    save_approval_step,
    set_approval_settings,
)
from ponte.sales.services.discount_limits import LIMITS, set_discount_limit
from ponte.sales.views.approval_showing import percent, who_approves
from ponte.sales.views.writing import money
from ponte.workplace.admin.answers import answer_act, answer_form

BACK = "sales:discounts"


@require_safe
@requires("sales")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show the limits of the roles, and of each kind of document the steps of approval and the deadlines."""
    context = {
        "roles": [
            (role, [percent(getattr(limit, name)) if limit else "—" for name in LIMITS])
            for role, limit in limits_by_role()
        ],
        "ways": [_way(kind) for kind in ApprovalKind],
    }
    return render(request, "sales/approvals/settings.html", context)


def _way(kind: ApprovalKind) -> dict[str, Any]:
    return {
        "kind": kind,
        "steps": [{"step": step, "who": who_approves(step), "when": _when(step)} for step in steps_of(kind)],
        "settings": load_approval_settings(kind),
    }


def _when(step: ApprovalStep) -> str:
    """Return when a step is taken, in words."""
    above, below = step.above_discount, step.below_margin
    if above is not None and below is not None:
        words = {"above": percent(above), "below": percent(below)}
        return _("above %(above)s discount or below %(below)s margin") % words
    if above is not None:
        return _("above %(above)s discount") % {"above": percent(above)}
    if below is not None:
        return _("below %(below)s margin") % {"below": percent(below)}
    if step.above_amount is not None:
        return _("above %(amount)s a year") % {"amount": money(step.above_amount, 2)}
    return _("always")


@require_http_methods(["GET", "POST"])
@requires("sales")
def limit(request: WorkspaceRequest, role_id: UUID) -> HttpResponse:
    """Change what a role may give."""
    role = Role.objects.filter(id=role_id).first()
    if role is None:
        raise Missing("role")
    kept = DiscountLimit.objects.filter(role=role).first()
    form = LimitForm(request.POST or None, initial={name: getattr(kept, name, None) for name in LIMITS})

    def save(given: dict[str, Any]) -> None:
        set_discount_limit(actor=request.actor, role_id=role.id, **given)

    title = _("Discounts of %(role)s") % {"role": role.name}
    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse(BACK))


@require_http_methods(["GET", "POST"])
@requires("sales")
def new_step(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Make a step of a kind of document."""
    form = StepForm(request.POST or None, kind=_kind(kind))
    return _save_step(request, form, None, _("Step of approval"))


@require_http_methods(["GET", "POST"])
@requires("sales")
def step(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    """Change a step."""
    kept = ApprovalStep.objects.prefetch_related("members").filter(id=step_id).first()
    if kept is None:
        raise Missing("approval_step")
    names = ("name", "above_discount", "below_margin", "above_amount", "approver", "role", "version")
    initial = {name: getattr(kept, name) for name in names} | {"members": kept.members.all()}
    form = StepForm(request.POST or None, initial=initial, kind=ApprovalKind(kept.kind))
    return _save_step(request, form, kept.id, kept.name)


def _save_step(request: WorkspaceRequest, form: StepForm, step_id: UUID | None, title: str) -> HttpResponse:
    def save(given: dict[str, Any]) -> None:
        version, role, members = (given.pop(name) for name in ("version", "role", "members"))
        data = StepData(
            **given, kind=form.kind, role_id=role.id if role else None, member_ids=[one.id for one in members]
        )
        save_approval_step(actor=request.actor, data=data, step_id=step_id, version=version)

    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse(BACK))


@require_POST
@requires("sales")
def delete_step(request: WorkspaceRequest, step_id: UUID) -> HttpResponse:
    """Take a step out."""
    return answer_act(
        request,
        lambda: delete_approval_step(actor=request.actor, step_id=step_id),
        done=_("Removed."),
        back=reverse(BACK),
    )


@require_POST
@requires("sales")
def order(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Put the steps of a kind into the order they were dragged to."""
    ids = [found for text in request.POST.getlist("order") if (found := _uuid(text))]
    move_approval_steps(actor=request.actor, kind=_kind(kind), ids=ids)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@requires("sales")
def days(request: WorkspaceRequest, kind: str) -> HttpResponse:
    """Change how long requests and approvals of a kind last."""
    named = _kind(kind)
    form = DaysForm(request.POST or None, initial=asdict(load_approval_settings(named)))

    def save(given: dict[str, Any]) -> None:
        set_approval_settings(actor=request.actor, kind=named, settings=ApprovalSettings(**given))

    return answer_form(request, form, save, title=_("Deadlines"), done=_("Saved."), back=reverse(BACK))


def _kind(told: str) -> ApprovalKind:
    if told not in ApprovalKind.values:
        raise Missing
    return ApprovalKind(told)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
