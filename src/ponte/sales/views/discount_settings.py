"""Settings: what a role may give without asking, and who says yes beyond that."""

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
from ponte.sales.models.approval import ApprovalStep, Approver, DiscountLimit
from ponte.sales.selectors.approvals import ApprovalSettings, limits_by_role, load_approval_settings
from ponte.sales.services.discount_limits import (
    LIMITS,
    StepData,
    delete_approval_step,
    move_approval_steps,
    save_approval_step,
    set_approval_settings,
    set_discount_limit,
)
from ponte.sales.views.approval_showing import percent
from ponte.workplace.admin.answers import answer_act, answer_form

BACK = "sales:discounts"


@require_safe
@requires("sales")
def overview(request: WorkspaceRequest) -> HttpResponse:
    """Show the limits of the roles and the steps of approval."""
    steps = ApprovalStep.objects.select_related("role", "member").order_by("position", "id")
    context = {
        "roles": [
            (role, [percent(getattr(limit, name)) if limit else "—" for name in LIMITS])
            for role, limit in limits_by_role()
        ],
        "steps": [
            {"step": step, "who": _who(step), "above": percent(step.above_discount) if step.above_discount is not None else "",
             "below": percent(step.below_margin) if step.below_margin is not None else ""}
            for step in steps
        ],
        "settings": load_approval_settings(),
    }  # fmt: skip
    return render(request, "sales/approvals/settings.html", context)


def _who(step: ApprovalStep) -> str:
    if step.approver == Approver.MEMBER and step.member:
        return step.member.name
    if step.approver == Approver.ROLE and step.role:
        return step.role.name
    return str(step.get_approver_display())


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
def step(request: WorkspaceRequest, step_id: UUID | None = None) -> HttpResponse:
    """Make a step, or change one."""
    kept = ApprovalStep.objects.filter(id=step_id).first() if step_id else None
    if step_id and kept is None:
        raise Missing("approval_step")
    names = ("name", "above_discount", "below_margin", "approver", "role", "member", "version")
    initial = {name: getattr(kept, name) for name in names} if kept else {}
    form = StepForm(request.POST or None, initial=initial)

    def save(given: dict[str, Any]) -> None:
        version, role, member = (given.pop(name) for name in ("version", "role", "member"))
        data = StepData(**given, role_id=role.id if role else None, member_id=member.id if member else None)
        save_approval_step(actor=request.actor, data=data, step_id=step_id, version=version)

    title = kept.name if kept else _("Step of approval")
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
def order(request: WorkspaceRequest) -> HttpResponse:
    """Put the steps into the order they were dragged to."""
    ids = [found for text in request.POST.getlist("order") if (found := _uuid(text))]
    move_approval_steps(actor=request.actor, ids=ids)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@requires("sales")
def days(request: WorkspaceRequest) -> HttpResponse:
    """Change how long requests and approvals last."""
    form = DaysForm(request.POST or None, initial=asdict(load_approval_settings()))

    def save(given: dict[str, Any]) -> None:
        set_approval_settings(actor=request.actor, settings=ApprovalSettings(**given))

    return answer_form(request, form, save, title=_("Deadlines"), done=_("Saved."), back=reverse(BACK))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
