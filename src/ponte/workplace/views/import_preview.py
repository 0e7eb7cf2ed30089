"""What helps before an import starts: files to fill in, how the first rows come in, and why none can where none does."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from tempfile import TemporaryFile
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services import audit
from ponte.workplace.exporting.neutral import neutral
from ponte.workplace.importing.dry_run import PREVIEW_ROWS, PreviewRow
from ponte.workplace.importing.dry_run import preview as preview_rows
from ponte.workplace.importing.extensions import extended
from ponte.workplace.importing.files import Sample
from ponte.workplace.importing.layouts import Layout
from ponte.workplace.importing.mapping import guess_mapping
from ponte.workplace.importing.rejected import labels_of, reason, refused_csv
from ponte.workplace.importing.running import target_of
from ponte.workplace.importing.targets import targets_for
from ponte.workplace.models import ImportRun
from ponte.workplace.services import imports as services

CSV = "text/csv; charset=utf-8"


@require_safe
@requires("import")
def preview(request: WorkspaceRequest, run_id: UUID) -> HttpResponse:
    """Answer with the first rows as they would come in; they are written and rolled back."""
    run = services.get_for(request.actor, run_id)
    if run.state != ImportRun.State.DRAFT:
        return HttpResponse()
    return show_preview(request, run)


@require_safe
@requires("import")
def preview_refused(request: WorkspaceRequest, run_id: UUID) -> FileResponse:
    """Download the rows of the preview that would be refused, with their reasons."""
    run = services.get_for(request.actor, run_id)
    if run.state != ImportRun.State.DRAFT:
        raise Missing("preview")
    try:
        rows = preview_rows(run, request.workspace)
    except Invalid as refusal:
        raise Missing("preview") from refusal
    refused = [row for row in rows if row.outcome == "rejected"]
    audit.record(actor=request.actor, act="import.refused_rows_downloaded", target=run)
    return refused_file(run, refused_csv(run, ((row.cells, _triples(row)) for row in refused)))


@require_safe
@requires("import")
def template(request: WorkspaceRequest, key: str) -> FileResponse:
    """Download an empty file with the columns of a target, which need no mapping when it comes back filled."""
    target = next((each for each in targets_for(request.member) if each.key == key), None)
    if target is None:
        raise Missing("target")
    whole = extended(target, request.member)
    labels = [neutral(str(each.label)) for each in whole.fields]
    found = guess_mapping(whole, Sample(Layout(), labels, [], 0))
    columns = [
        label
        for index, (label, each) in enumerate(zip(labels, whole.fields, strict=True))
        if found.get(index) == each.key  # a label that isn't recognised again would need mapping
    ]
    line = StringIO()
    csv.writer(line, delimiter=";", lineterminator="\r\n").writerow(columns)
    content = BytesIO(("\ufeff" + line.getvalue()).encode())
    name = _("template %(what)s") % {"what": target.label}
    return FileResponse(content, as_attachment=True, filename=f"{name.lower()}.csv", content_type=CSV)


def show_preview(request: WorkspaceRequest, run: ImportRun) -> HttpResponse:
    """Answer with the preview of an import as it is mapped now."""
    target = target_of(run)
    used = [
        each for each in target.fields if each.key in {*run.plan["columns"].values(), *run.plan["constants"]}
    ]
    try:
        rows = preview_rows(run, request.workspace)
    except Invalid as refusal:
        return render(request, "workplace/imports/_preview.html", {"refusal": refusal})
    table = [(row, [row.values.get(each.key, "") for each in used]) for row in rows]
    given = {each.key for each in used}
    missing = [each.label for each in target.fields if each.required and each.key not in given]
    fresh = [run.headers[int(index)] for index in run.plan.get("fresh", {})]
    context = {
        "run": run,
        "fields": used,
        "rows": table,
        "missing": missing,
        "fresh": fresh,
        "hopeless": _hopeless(run, rows) if used else None,
    }
    return render(request, "workplace/imports/_preview.html", context)


def refused_file(run: ImportRun, parts: Iterable[str]) -> FileResponse:
    """Answer with a file of refused rows."""
    content = TemporaryFile()  # noqa: SIM115  # written inside the request's transaction, sent and closed after it
    for part in parts:
        content.write(part.encode())
    content.seek(0)
    stem = run.file_name.rpartition(".")[0] or run.file_name
    return FileResponse(content, as_attachment=True, filename=f"{stem}-{_('refused')}.csv", content_type=CSV)


def _triples(row: PreviewRow) -> list[tuple[str, str, str]]:
    """Return what is wrong with a row as the file of refused rows wants it."""
    return [(problem.field, problem.code, problem.message) for problem in row.problems]


def _hopeless(run: ImportRun, rows: Sequence[PreviewRow]) -> dict[str, Any] | None:
    """Return why nothing of what was looked at can come in, the commonest reason first; None where something can."""
    if not rows or any(row.outcome != "rejected" for row in rows):
        return None
    labels = labels_of(run)
    counts = Counter(reason(labels, _triples(row)) for row in rows)
    return {"rows": len(rows), "is_whole": len(rows) < PREVIEW_ROWS, "reasons": counts.most_common(3)}
