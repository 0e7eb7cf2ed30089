"""What is done to an opportunity besides editing: moving, winning, losing, reopening, its products, the bin."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.opportunity import EndForm, LoseForm, MoveForm, ReopenForm
from ponte.sales.models import Opportunity, Stage
from ponte.sales.selectors.opportunities import steps_of
from ponte.sales.services.exit_rules import Lacking, lacking
from ponte.sales.services.next_activity import TASKS
from ponte.sales.services.opportunities import (
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)
from ponte.sales.services.opportunity_bin import delete_opportunity, restore_opportunity
from ponte.sales.services.opportunity_undo import undo_latest
from ponte.sales.services.playbook import tick_step
from ponte.sales.views.opportunities import editable_deal
from ponte.timeline.due import due_instant
from ponte.timeline.services.tasks import create_task
from ponte.ui.forms import add_problems
from ponte.ui.htmx import close_dialog, go_to, refresh_page, toast
from ponte.ui.layouts import frame_of
from ponte.workplace.custom_fields.inputs import add_inputs
from ponte.workplace.selectors.custom_fields import list_fields


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def move(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Bring an opportunity to ``?stage=``; what the stages it leaves miss is asked for first."""
    deal = editable_deal(request, opportunity_id)
    stage = _asked_stage(request)
    missing = lacking(deal, stage)
    form = _move_form(request, deal, missing)
    if request.method == "POST" and not missing:
        return _moved(request, deal, stage)
    answered = "csrfmiddlewaretoken" in request.POST and "asked" in request.POST
    if request.method == "POST" and answered and form.is_valid():
        try:
            with transaction.atomic():
                _fill(request, deal, form)
                return _moved(request, deal, stage)
        except Invalid as refusal:
            add_problems(form, refusal)
    elif request.method == "POST" and not answered:
        form = _move_form(request, deal, missing, bound=False)
    context = {
        "form": form,
        "deal": deal,
        "stage": stage,
        "missing": missing,
        "title": _("Before it goes to %(stage)s") % {"stage": stage.name},
    }
    return render(request, "sales/deals/move.html", context, status=422 if request.method == "POST" else 200)


def _asked_stage(request: WorkspaceRequest) -> Stage:
    try:
        stage = Stage.objects.select_related("pipeline").filter(id=UUID(request.GET.get("stage", ""))).first()
    except ValueError:
        stage = None
    if stage is None:
        raise Missing
    return stage


def _move_form(
    request: WorkspaceRequest, deal: Opportunity, missing: Lacking, *, bound: bool = True
) -> MoveForm:
    form = MoveForm(request.POST if request.method == "POST" and bound else None, deal=deal, missing=missing)
    wanted = {key.removeprefix("custom.") for key in missing.fields if key.startswith("custom.")}
    if wanted:
        names = add_inputs(form, "opportunity", request.member, stored=deal.custom)
        kept = [one.input_name for one in list_fields("opportunity") if one.key in wanted]
        for name in names:
            if name in kept:
                form.fields[name].required = True
            else:
                del form.fields[name]
        form.custom_inputs = [name for name in names if name in kept]  # type: ignore[attr-defined]
    return form


def _fill(request: WorkspaceRequest, deal: Opportunity, form: MoveForm) -> None:
    """Write what was missing."""
    if changes := form.changes():
        update_opportunity(actor=request.actor, opportunity_id=deal.id, changes=changes)
    for stage, key in form.ticked():
        tick_step(actor=request.actor, opportunity_id=deal.id, stage_id=stage.id, key=key)
    if title := form.cleaned_data.get("activity"):
        due_at, all_day = due_instant(form.cleaned_data["activity_on"], None)
        create_task(
            actor=request.actor,
            title=title,
            due_at=due_at,
            due_all_day=all_day,
            about_type=TASKS,
            about_id=deal.id,
        )


def _moved(request: WorkspaceRequest, deal: Opportunity, stage: Stage) -> HttpResponse:
    now = move_opportunity(actor=request.actor, opportunity_id=deal.id, stage_id=stage.id)
    text = _("%(deal)s: %(stage)s") % {"deal": deal.title, "stage": stage.name}
    return answer_changed(request, now, text, undo=True)


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def win(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Note that the customer bought."""
    deal = editable_deal(request, opportunity_id)
    form = EndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deal = win_opportunity(actor=request.actor, opportunity_id=deal.id, **form.details())
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return answer_changed(request, deal, _("Won: %(deal)s") % {"deal": deal.title}, undo=True)
    return _ask(request, form, deal, _("Won"), _("Mark as won"))


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def lose(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Note that the customer did not buy, and why."""
    deal = editable_deal(request, opportunity_id)
    form = LoseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            deal = lose_opportunity(actor=request.actor, opportunity_id=deal.id, **form.details())
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return answer_changed(request, deal, _("Lost: %(deal)s") % {"deal": deal.title}, undo=True)
    return _ask(request, form, deal, _("Lost"), _("Mark as lost"))


@require_http_methods(["GET", "POST"])
@requires("opportunity", "edit")
def reopen(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Work a won or lost opportunity again."""
    deal = editable_deal(request, opportunity_id)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_opportunity(actor=request.actor, opportunity_id=deal.id, note=form.cleaned_data["note"])
        except Invalid as refusal:
            _show(form, refusal)
        else:
            return answer_changed(request, deal, _("Open again: %(deal)s") % {"deal": deal.title})
    return _ask(request, form, deal, _("Reopen"), _("Reopen"))


@require_POST
@requires("opportunity", "edit")
def undo(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Take back the latest move, win or loss; ``?version=`` is the one it led to."""
    version = request.GET.get("version", "")
    if not version.isascii() or not version.isdigit():
        raise Missing
    deal = editable_deal(request, opportunity_id)
    try:
        undo_latest(actor=request.actor, opportunity_id=deal.id, version=int(version[:9]))
    except (Invalid, Conflict):
        return toast(
            HttpResponse(status=409), _("It was changed since: nothing was taken back."), tone="error"
        )
    return refresh_page(_("Undone")) if request.htmx else _page(deal)


@require_POST
@requires("opportunity", "edit")
def tick(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Tick a step of the playbook or take the tick away."""
    deal = editable_deal(request, opportunity_id)
    tick_step(
        actor=request.actor,
        opportunity_id=deal.id,
        stage_id=deal.stage_id,
        key=request.POST.get("key", ""),
        done=request.POST.get("done") == "1",
    )
    if request.htmx:
        context = {"deal": deal, "steps": steps_of(deal), "may_edit": True}
        return render(request, "sales/deals/_playbook.html", context)
    return _page(deal)


@require_POST
@requires("opportunity", "delete")
def delete(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Put an opportunity into the bin; the toast offers to undo."""
    delete_opportunity(actor=request.actor, opportunity_id=opportunity_id)
    undo_url = reverse("sales:opportunity_restore", args=[opportunity_id])
    if request.htmx:
        return toast(go_to(reverse("sales:opportunities")), _("Opportunity deleted"), undo_url=undo_url)
    return redirect("sales:opportunities")


@require_POST
@requires("opportunity", "delete")
def restore(request: WorkspaceRequest, opportunity_id: UUID) -> HttpResponse:
    """Take an opportunity out of the bin."""
    return _page(restore_opportunity(actor=request.actor, opportunity_id=opportunity_id))


def _ask(
    request: WorkspaceRequest, form: forms.Form, deal: Opportunity, title: str, submit: str
) -> HttpResponse:
    context = {
        "form": form,
        "title": f"{title}: {deal.title}",
        "submit_label": submit,
        "cancel_url": reverse("sales:opportunity", args=[deal.id]),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def answer_changed(
    request: WorkspaceRequest, deal: Opportunity, text: str, *, undo: bool = False
) -> HttpResponse:
    """Tell that it was done: on the board the dialog closes, on the opportunity's page it is loaded anew."""
    if not request.htmx:
        return _page(deal)
    where = reverse("sales:opportunity_undo", args=[deal.id]) + f"?version={deal.version}" if undo else ""
    on_board = "layout=board" in request.headers.get("HX-Current-URL", "")
    if on_board and frame_of(request) == "dialog":
        return close_dialog(text, events=("list-changed",), undo_url=where)
    return toast(refresh_page(), text, undo_url=where)


def _show(form: forms.Form, refusal: Invalid) -> None:
    names = {"reason_id": "reason", "competitor_id": "competitor", "closed_at": "closed_on"}
    for problem in refusal.problems:
        name = names.get(problem.field, "")
        form.add_error(name if name in form.fields else None, str(problem.message))


def _page(deal: Any) -> HttpResponse:
    return redirect("sales:opportunity", deal.id)
