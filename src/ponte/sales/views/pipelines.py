"""Settings of sales: pipelines, stages, why deals are lost, competitors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.sales.forms.pipelines import DeleteStageForm, PipelineForm, StageForm, WordForm, initial_of
from ponte.sales.models import Competitor, Pipeline, Reason, ReasonKind, Stage
from ponte.sales.services.exit_rules import requirable
from ponte.sales.services.pipeline_settings import (
    archive_pipeline,
    create_pipeline,
    create_stage,
    delete_stage,
    order_pipelines,
    order_stages,
    rename_pipeline,
    update_stage,
)
from ponte.sales.services.sales_words import archive_word, save_competitor, save_reason
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to, toast
from ponte.ui.layouts import frame_of


@require_safe
@requires("sales")
def settings(request: WorkspaceRequest) -> HttpResponse:
    """Show pipelines with their stages, reasons and competitors."""
    is_open = Q(opportunities__status="open", opportunities__deleted_at=None)
    stages = Stage.objects.annotate(n=Count("opportunities", filter=is_open)).order_by("position", "id")
    by_pipeline: dict[UUID, list[Stage]] = {}
    for stage in stages:
        by_pipeline.setdefault(stage.pipeline_id, []).append(stage)
    words = requirable()
    pipelines = Pipeline.objects.order_by("archived_at", "position", "id")
    context = {
        "pipelines": [
            (one, [(stage, _asks(stage, words)) for stage in by_pipeline.get(one.id, [])])
            for one in pipelines
        ],
        "several": sum(1 for one in pipelines if one.archived_at is None) > 1,
        "reasons": Reason.objects.filter(kind=ReasonKind.LOST).order_by("archived_at", "position", "id"),
        "competitors": Competitor.objects.order_by("archived_at", "name"),
    }
    return render(request, "sales/deals/settings.html", context)


def _asks(stage: Stage, words: dict[str, str]) -> str:
    """Return what it takes to leave a stage, in words."""
    fields = [words[key] for key in stage.required_fields if key in words]
    return ", ".join([*fields, *(one["text"] for one in stage.checklist)])


@require_http_methods(["GET", "POST"])
@requires("sales")
def pipeline_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a pipeline with its stages."""
    form = PipelineForm(_posted(request), is_new=True)

    def save() -> None:
        told = form.cleaned_data
        create_pipeline(actor=request.actor, name=told["name"], stages=told["stages"].splitlines())

    return _save(request, form, save, _("New pipeline"))


@require_http_methods(["GET", "POST"])
@requires("sales")
def pipeline_edit(request: WorkspaceRequest, pipeline_id: UUID) -> HttpResponse:
    """Rename a pipeline."""
    pipeline = _found(Pipeline, pipeline_id)
    first = {"name": pipeline.name, "version": pipeline.version}
    form = PipelineForm(_posted(request), initial=first, is_new=False)

    def save() -> None:
        told = form.cleaned_data
        rename_pipeline(
            actor=request.actor, pipeline_id=pipeline.id, name=told["name"], version=told["version"]
        )

    return _save(request, form, save, _("Rename pipeline"))


@require_POST
@requires("sales")
def pipeline_archive(request: WorkspaceRequest, pipeline_id: UUID) -> HttpResponse:
    """Take a pipeline out of use, or back."""
    archived = request.POST.get("archived") == "1"
    return _act(
        request, lambda: archive_pipeline(actor=request.actor, pipeline_id=pipeline_id, archived=archived)
    )


@require_POST
@requires("sales")
def pipeline_up(request: WorkspaceRequest, pipeline_id: UUID) -> HttpResponse:
    """Put a pipeline before the one above it."""
    ids = list(Pipeline.objects.order_by("archived_at", "position", "id").values_list("id", flat=True))
    return _act(request, lambda: order_pipelines(actor=request.actor, pipeline_ids=_raised(ids, pipeline_id)))


@require_http_methods(["GET", "POST"])
@requires("sales")
def stage_new(request: WorkspaceRequest, pipeline_id: UUID) -> HttpResponse:
    """Add a stage to a pipeline."""
    pipeline = _found(Pipeline, pipeline_id)
    form = StageForm(_posted(request), initial={"probability": 50})

    def save() -> None:
        create_stage(actor=request.actor, pipeline_id=pipeline.id, values=form.values())

    return _save(request, form, save, _("New stage"))


@require_http_methods(["GET", "POST"])
@requires("sales")
def stage_edit(request: WorkspaceRequest, stage_id: UUID) -> HttpResponse:
    """Change a stage."""
    stage = _found(Stage, stage_id)
    form = StageForm(_posted(request), initial=initial_of(stage), stage=stage)

    def save() -> None:
        update_stage(
            actor=request.actor,
            stage_id=stage.id,
            values=form.values(),
            version=form.cleaned_data["version"],
        )

    return _save(request, form, save, _("Stage: %(name)s") % {"name": stage.name})


@require_POST
@requires("sales")
def stage_up(request: WorkspaceRequest, stage_id: UUID) -> HttpResponse:
    """Put a stage before the one above it."""
    stage = _found(Stage, stage_id)
    ids = list(
        Stage.objects.filter(pipeline_id=stage.pipeline_id)
        .order_by("position", "id")
        .values_list("id", flat=True)
    )
    return _act(
        request,
        lambda: order_stages(
            actor=request.actor, pipeline_id=stage.pipeline_id, stage_ids=_raised(ids, stage.id)
        ),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def stage_delete(request: WorkspaceRequest, stage_id: UUID) -> HttpResponse:
    """Remove a stage, its opportunities going elsewhere."""
    stage = _found(Stage, stage_id)
    form = DeleteStageForm(_posted(request), stage=stage)

    def save() -> None:
        target = form.cleaned_data["move_to"]
        delete_stage(actor=request.actor, stage_id=stage.id, move_to=target.id if target else None)

    return _save(request, form, save, _("Delete the stage %(name)s") % {"name": stage.name}, _("Delete"))


@require_http_methods(["GET", "POST"])
@requires("sales")
def reason_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a reason for losing."""
    form = WordForm(_posted(request))
    return _save(
        request,
        form,
        lambda: save_reason(actor=request.actor, name=form.cleaned_data["name"]),
        _("New reason"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def reason_edit(request: WorkspaceRequest, reason_id: UUID) -> HttpResponse:
    """Rename a reason."""
    reason = _found(Reason, reason_id)
    form = WordForm(_posted(request), initial={"name": reason.name})
    return _save(
        request,
        form,
        lambda: save_reason(actor=request.actor, name=form.cleaned_data["name"], reason_id=reason.id),
        _("Edit reason"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def competitor_new(request: WorkspaceRequest) -> HttpResponse:
    """Add a competitor."""
    form = WordForm(_posted(request))
    return _save(
        request,
        form,
        lambda: save_competitor(actor=request.actor, name=form.cleaned_data["name"]),
        _("New competitor"),
    )


@require_http_methods(["GET", "POST"])
@requires("sales")
def competitor_edit(request: WorkspaceRequest, competitor_id: UUID) -> HttpResponse:
    """Rename a competitor."""
    rival = _found(Competitor, competitor_id)
    form = WordForm(_posted(request), initial={"name": rival.name})
    return _save(
        request,
        form,
        lambda: save_competitor(actor=request.actor, name=form.cleaned_data["name"], competitor_id=rival.id),
        _("Edit competitor"),
    )


@require_POST
@requires("sales")
def reason_archive(request: WorkspaceRequest, reason_id: UUID) -> HttpResponse:
    """Offer a reason no more, or again."""
    archived = request.POST.get("archived") == "1"
    return _act(
        request, lambda: archive_word(actor=request.actor, model=Reason, row_id=reason_id, archived=archived)
    )


@require_POST
@requires("sales")
def competitor_archive(request: WorkspaceRequest, competitor_id: UUID) -> HttpResponse:
    """Offer a competitor no more, or again."""
    archived = request.POST.get("archived") == "1"
    return _act(
        request,
        lambda: archive_word(actor=request.actor, model=Competitor, row_id=competitor_id, archived=archived),
    )


def _found(model: Any, row_id: UUID) -> Any:
    row = model.objects.filter(id=row_id).first()
    if row is None:
        raise Missing
    return row


def _raised(ids: list[UUID], row_id: UUID) -> list[UUID]:
    """Return the ids with one of them a place further up."""
    if row_id not in ids:
        raise Missing
    place = ids.index(row_id)
    ids.insert(max(place - 1, 0), ids.pop(place))
    return ids


def _posted(request: WorkspaceRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _save(
    request: WorkspaceRequest, form: forms.Form, save: Callable[[], object], title: str, submit: str = ""
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _back(request)
    context = {
        "form": form,
        "title": title,
        "submit_label": submit,
        "cancel_url": reverse("sales:pipelines"),
        "danger": bool(submit),
    }
    return render(request, "ui/form_page.html", context, status=422 if form.is_bound else 200)


def _act(request: WorkspaceRequest, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Invalid as refusal:
        if request.htmx:
            return toast(HttpResponse(status=422), refusal.problems[0].message, tone="error")
        raise
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    url = reverse("sales:pipelines")
    return redirect(url) if frame_of(request) == "page" and not request.htmx else go_to(url)
