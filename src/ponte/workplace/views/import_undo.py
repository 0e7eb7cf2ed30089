"""Undoing an import: what it would do, and doing it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ponte.core.errors import Denied, Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.workplace.importing.targets import may_undo, targets
from ponte.workplace.importing.undoing import preview_undo
from ponte.workplace.services.import_undo import check_undoable, undo_import, undo_until
from ponte.workplace.services.imports import get_for


@require_http_methods(["GET", "HEAD", "POST"])
@requires("import")
def undo(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Show what undoing an import would do, and have it done."""
    run = get_for(request.actor, run_id)
    target = targets.get(run.target)
    if target is None or not may_undo(request.member, target):
        raise Denied("import", "undo")
    try:
        if request.method == "POST":
            undo_import(run=run, actor=request.actor)
            return redirect("workplace:import", run.id)
        check_undoable(run, request.actor)
    except Invalid as refusal:
        messages.error(request, str(refusal.problems[0].message))
        return redirect("workplace:import", run.id)
    context = {
        "run": run,
        "target": target,
        "preview": preview_undo(run, request.actor, request.workspace),
        "until": undo_until(run),
    }
    return render(request, "workplace/imports/undo.html", context)
