"""Several tables that came in one file: what each becomes, starting them together, how far they are."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.files.base import File
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.ui.htmx import go_to
from ponte.workplace.importing.bundle_undoing import preview_bundle_undo
from ponte.workplace.importing.targets import targets, targets_for
from ponte.workplace.models import ImportRun
from ponte.workplace.selectors.import_bundles import Together, kept_of
from ponte.workplace.services.import_bundle_undo import (
    can_undo_bundle,
    refuse_busy,
    undo_bundle,
    undo_parts,
)
from ponte.workplace.services.import_bundles import create_bundle, get_bundle, retarget_import, start_bundle
from ponte.workplace.services.imports import get_for


def take_bundle(request: WorkspaceRequest, file: File[bytes], kit: str) -> HttpResponse:
    """Take an archive or a workbook in and show its tables. Raises ``Invalid`` on "file"."""
    file.seek(0)
    bundle = create_bundle(actor=request.actor, upload=file, name=str(file.name), kit=kit)
    if bundle.left_out:
        names = ", ".join(bundle.left_out[:10])
        messages.warning(
            request,
            _("Left out, because they are no tables with known columns: %(names)s") % {"names": names},
        )
    return redirect("workplace:import_bundle", bundle.id)


@require_safe
@requires("import")
def bundle(request: WorkspaceRequest, bundle_id: UUID) -> HttpResponse:
    """Show the tables of a bundle; while some come in, htmx asks for the list alone."""
    runs = get_bundle(request.actor, bundle_id)
    is_busy = any(run.is_busy for run in runs)
    if request.htmx and not is_busy:
        return go_to(reverse("workplace:import_bundle", args=[bundle_id]))
    whole = Together(runs)
    context = {
        "bundle_id": bundle_id,
        "whole": whole,
        "parts": [(run, targets.get(run.target)) for run in runs],
        "targets": targets_for(request.member),
        "is_busy": is_busy,
        "can_start": any(run.state in ("draft", "failed", "cancelled") for run in runs) and not is_busy,
        "can_undo": can_undo_bundle(runs, request.actor),
        "kept": [] if is_busy else kept_of(runs, request.member),
    }
    name = "_bundle.html" if request.htmx else "bundle.html"
    return render(request, f"workplace/imports/{name}", context)


@require_POST
@requires("import")
def retarget(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Let a draft become records of another kind; the page of its columns (``stay``) or of its bundle is shown again."""
    run = get_for(request.actor, run_id)
    try:
        run = retarget_import(run=run, actor=request.actor, target=request.POST.get("target", ""))
    except Invalid as refusal:
        messages.error(request, str(refusal.problems[0].message))
    return _back(request, run)


@require_POST
@requires("import")
def start(request: WorkspaceRequest, bundle_id: UUID) -> HttpResponse:
    """Send the tables of a bundle on their way."""
    try:
        start_bundle(bundle_id=bundle_id, actor=request.actor)
    except Invalid as refusal:
        for problem in refusal.problems[:10]:
            messages.error(request, str(problem.message))
    return redirect("workplace:import_bundle", bundle_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires("import")
def undo(request: WorkspaceRequest, bundle_id: UUID) -> HttpResponse:
    """Say what undoing everything that came in one file means, and have it done."""
    runs = get_bundle(request.actor, bundle_id)
    try:
        if request.method == "POST":
            undo_bundle(bundle_id=bundle_id, actor=request.actor)
            return redirect("workplace:import_bundle", bundle_id)
        refuse_busy(runs)
    except Invalid as refusal:
        messages.error(request, str(refusal.problems[0].message))
        return redirect("workplace:import_bundle", bundle_id)
    parts = undo_parts(runs, request.actor)
    context = {
        "bundle_id": bundle_id,
        "whole": Together(runs),
        "parts": [(part, targets.get(part.run.target)) for part in parts],
        "is_possible": any(not part.reason for part in parts),
    }
    return render(request, "workplace/imports/bundle_undo.html", context)


@require_safe
@requires("import")
def undo_preview(request: WorkspaceRequest, bundle_id: UUID) -> HttpResponse:
    """Answer with what undoing would do, table by table; nothing stays written."""
    runs = get_bundle(request.actor, bundle_id)
    refuse_busy(runs)
    able = [part.run for part in undo_parts(runs, request.actor) if not part.reason]
    shown = preview_bundle_undo(able, request.actor, request.workspace)
    context = {
        "parts": [(part, targets.get(part.run.target)) for part in shown],
        "looked": sum(part.found.looked for part in shown),
        "records": sum(part.found.records for part in shown),
    }
    return render(request, "workplace/imports/_bundle_undo_preview.html", context)


def _back(request: WorkspaceRequest, run: ImportRun) -> HttpResponse:
    whole = run.bundle and "stay" not in request.POST
    names = ("workplace:import_bundle", run.bundle) if whole else ("workplace:import", run.id)
    address = reverse(names[0], args=[names[1]])
    return go_to(address) if request.htmx else redirect(address)
