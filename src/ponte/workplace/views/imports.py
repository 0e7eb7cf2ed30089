"""The importer's pages: history, upload, mapping with preview, progress, report."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services import audit
from ponte.ui.forms import add_problems
from ponte.ui.htmx import go_to
from ponte.workplace.forms.imports import DELIMITERS, ENCODINGS, MAX_CONSTANTS, UploadForm, read_mapping
from ponte.workplace.importing.bundles import is_archive
from ponte.workplace.importing.fresh import FRESH, OFFERED
from ponte.workplace.importing.rejected import rejected_csv
from ponte.workplace.importing.running import target_of
from ponte.workplace.importing.targets import POLICY_LABELS, ImportTarget, Policy, targets, targets_for
from ponte.workplace.models import ImportRun
from ponte.workplace.selectors.import_bundles import together
from ponte.workplace.selectors.import_undo import left_records
from ponte.workplace.selectors.imports import mapping_page, refusals, visible_imports
from ponte.workplace.services import import_starting
from ponte.workplace.services import imports as services
from ponte.workplace.services.import_fields import may_make_fields
from ponte.workplace.services.import_undo import can_undo, undo_until
from ponte.workplace.views.import_bundles import take_bundle
from ponte.workplace.views.import_preview import refused_file, show_preview

PAGE = 50


@require_safe
@requires("import")
def history(request: WorkspaceRequest) -> HttpResponse:
    """Show past imports, or what importing is good for."""
    runs = list(visible_imports(request.member)[: PAGE + 1])
    context = {
        "imports": together(runs[:PAGE]),
        "more": len(runs) > PAGE,
        "targets": targets_for(request.member),
    }
    return render(request, "workplace/imports/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("import")
def upload(request: WorkspaceRequest) -> HttpResponse:
    """Take a file in."""
    if request.method != "POST":
        form = UploadForm(member=request.member, initial={"target": request.GET.get("target", "")})
        return _upload_page(request, form)
    form = UploadForm(request.POST, request.FILES, member=request.member)
    if not form.is_valid():
        return _upload_page(request, form, status=422)
    file = form.cleaned_data["file"]
    try:
        if form.cleaned_data["every_sheet"] or is_archive(file.file):
            return take_bundle(request, file, form.cleaned_data["kit"])
        file.seek(0)
        run = services.create_import(
            actor=request.actor,
            target=form.cleaned_data["target"],
            upload=file,
            name=file.name,
            kit=form.cleaned_data["kit"],
        )
    except Invalid as refusal:
        add_problems(form, refusal)
        return _upload_page(request, form, status=422)
    return redirect("workplace:import", run.id)


@require_safe
@requires("import")
def show(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Show an import as it stands: to be mapped, under way, or its report."""
    run = services.get_for(request.actor, run_id)
    if run.state == ImportRun.State.DRAFT:
        return _mapping(request, run)
    return render(request, "workplace/imports/run.html", _report(request, run))


@require_safe
@requires("import")
def progress(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Answer with the import's progress alone; the page asks while it is under way."""
    run = services.get_for(request.actor, run_id)
    response = render(request, "workplace/imports/_progress.html", _report(request, run))
    if not run.is_busy and request.htmx:
        return go_to(reverse("workplace:import", args=[run.id]))
    return response


@require_POST
@requires("import")
def mapping(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Keep the mapping as it is on the page and answer with the new preview."""
    run = services.get_for(request.actor, run_id)
    before = run.layout
    try:
        run = _keep(request, run)
    except Invalid as refusal:
        return _refused(request, run, refusal)
    if run.layout != before or not request.htmx:
        address = reverse("workplace:import", args=[run.id])
        return go_to(address) if request.htmx else redirect(address)
    return show_preview(request, run)


@require_POST
@requires("import")
def start(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Keep the mapping and send the import on its way; a stopped one goes on."""
    run = services.get_for(request.actor, run_id)
    try:
        if run.state == ImportRun.State.DRAFT and "source" in request.POST:
            run = _keep(request, run)
        import_starting.start_import(run=run, actor=request.actor)
    except Invalid as refusal:
        return _refused(request, run, refusal)
    return redirect("workplace:import", run.id)


@require_POST
@requires("import")
def cancel(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Stop an import behind its current chunk."""
    import_starting.cancel_import(run=services.get_for(request.actor, run_id), actor=request.actor)
    return redirect("workplace:import", run_id)


@require_POST
@requires("import")
def delete(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Forget an import; what it brought in stays."""
    run = services.get_for(request.actor, run_id)
    try:
        import_starting.delete_import(run=run, actor=request.actor)
    except Invalid as refusal:
        messages.error(request, str(refusal.problems[0].message))
        return redirect("workplace:import", run_id)
    messages.success(request, _("The import was removed from the history. Its records stay."))
    return redirect("workplace:imports")


@require_safe
@requires("import")
def rejected(request: WorkspaceRequest, run_id: UUID) -> FileResponse:
    """Download the refused rows with their reasons."""
    run = services.get_for(request.actor, run_id)
    audit.record(actor=request.actor, act="import.refused_rows_downloaded", target=run)
    return refused_file(run, rejected_csv(run))


def _keep(request: WorkspaceRequest, run: ImportRun) -> ImportRun:
    given = read_mapping(request.POST)
    return services.map_import(
        run=run,
        actor=request.actor,
        columns=given.columns if not _layout_changes(run, given.layout) else None,
        constants=given.constants,
        source=given.source,
        policy=given.policy,
        match=given.match,
        layout=given.layout,
    )


def _layout_changes(run: ImportRun, layout: dict[str, Any]) -> bool:
    return any(run.layout.get(key) != value for key, value in layout.items())


def _upload_page(request: WorkspaceRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    return render(
        request,
        "workplace/imports/upload.html",
        {"form": form, "targets": targets_for(request.member)},
        status=status,
    )


def _mapping(
    request: WorkspaceRequest, run: ImportRun, refusal: Invalid | None = None, status: int = 200
) -> HttpResponse:
    target = target_of(run)
    page = mapping_page(run, target)
    constants = [*page.constants, *[("", "")] * MAX_CONSTANTS][:MAX_CONSTANTS]
    context = {
        "run": run,
        "target": target,
        "page": page,
        "constants": list(enumerate(constants, start=1)),
        "policies": [(policy.value, POLICY_LABELS[Policy(policy)]) for policy in target.policies],
        "matches": _matches(run, target),
        "targets": targets_for(request.member),
        "kinds": _kinds(request, target),
        "encodings": ENCODINGS.items(),
        "delimiters": DELIMITERS,
        "refusal": refusal,
        "after": [found for key in target.after if (found := targets.get(key))],
    }
    return render(request, "workplace/imports/mapping.html", context, status=status)


def _kinds(request: WorkspaceRequest, target: ImportTarget) -> list[tuple[str, str, Any]]:
    """Return the types of custom field that could be made for a column: value, type, label."""
    if not may_make_fields(request.member, target.key):
        return []
    return [(f"{FRESH}{kind.value}", kind.value, kind.label) for kind in OFFERED]


def _matches(run: ImportRun, target: ImportTarget) -> list[tuple[int, str]]:
    """Return what a known record is recognised by, for as many choices as there are."""
    chosen = [*(run.match or target.match), *[""] * len(target.match)][: len(target.match)]
    return list(enumerate(chosen, start=1))


def _refused(request: WorkspaceRequest, run: ImportRun, refusal: Invalid) -> HttpResponse:
    run.refresh_from_db(fields=["state"])  # it may have started while the mapping was on its way
    if run.state != ImportRun.State.DRAFT:
        messages.error(request, str(refusal.problems[0].message))
        return redirect("workplace:import", run.id)
    if request.htmx:
        return render(request, "workplace/imports/_preview.html", {"refusal": refusal})
    return _mapping(request, run, refusal, status=422)


def _report(request: WorkspaceRequest, run: ImportRun) -> dict[str, Any]:
    target = targets.get(run.target)
    return {
        "run": run,
        "target": target,
        "refusals": refusals(run) if run.rejected and not run.is_busy else [],
        "left": left_records(run, request.member) if run.kept and not run.is_busy else [],
        "undo_until": undo_until(run) if can_undo(run, request.actor) else None,
    }
