"""The audit log: read, filtered, taken out."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.errors import Missing
from ponte.core.models import AuditEntry, Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import FieldAccess, field_access, may_area, requires
from ponte.core.services.audit import record_bulk, record_view
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.workplace.admin.audit_lines import Line, history_lines, lines_of
from ponte.workplace.admin.audit_words import THINGS, thing_of
from ponte.workplace.admin.history import history_source
from ponte.workplace.admin.selectors.audit import LogFilter, access_page, audit_page, history_page
from ponte.workplace.exporting.neutral import neutral

EXPORT_CHUNK = 1000


@require_safe
@requires("audit")
def audit(request: WorkspaceRequest) -> HttpResponse:
    """Show the log, newest first; ``?cursor=`` answers with the next lines alone."""
    wanted = LogFilter.read(request.GET.dict())
    page = audit_page(wanted, request.GET.get("cursor", ""))
    context = {
        "lines": _lines(request, page.entries),
        "more": _more(request, page.next),
        **_filter_context(request, wanted),
    }
    template = (
        "workplace/admin/_audit_lines.html" if request.GET.get("cursor") else "workplace/admin/audit.html"
    )
    return render(request, template, context)


@require_safe
@requires("audit")
def access(request: WorkspaceRequest) -> HttpResponse:
    """Show who saw or took out personal data."""
    wanted = LogFilter.read(request.GET.dict())
    page = access_page(wanted, request.GET.get("cursor", ""))
    rows = [
        {"entry": entry, "thing": thing_of(entry.object_type), "count": len(entry.object_ids)}
        for entry in page.entries
    ]
    context = {"rows": rows, "more": _more(request, page.next), **_filter_context(request, wanted)}
    template = (
        "workplace/admin/_access_lines.html" if request.GET.get("cursor") else "workplace/admin/access.html"
    )
    return render(request, template, context)


@require_safe
def history(request: WorkspaceRequest, object: str, object_id: UUID) -> HttpResponse:
    """Answer with one record's history, for its tab; only where the member may see the record."""
    source = history_source(object)
    if source is None or not source.may_view(request.member, object_id):
        raise Missing
    page = history_page(source, object_id, request.GET.get("cursor", ""))
    context = {
        "lines": history_lines(page.entries, request.member, _access(request.member), record=object_id),
        "more": _more(request, page.next),
        "is_history": True,
    }
    return render(request, "workplace/admin/_history.html", context)


@require_safe
@requires("audit")
def audit_export(request: WorkspaceRequest) -> HttpResponseBase:
    """Answer with the filtered log as CSV; that it was taken out is written into it."""
    wanted = LogFilter.read(request.GET.dict())
    record_bulk(
        actor=request.actor, act="audit.exported", object_type="audit", ids=[], summary=wanted.summary()
    )
    name = f"audit-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        _csv(request.workspace, request.member, wanted),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv(workspace: Workspace, member: Member, wanted: LogFilter) -> Iterator[str]:
    cursor, head = "", True
    while True:
        with (
            workspace_scope(workspace),
            translation.override(member.language),
            timezone.override(ZoneInfo(workspace.timezone)),
        ):
            reader = Member.objects.select_related("role").get(id=member.id)
            if not may_area(reader, "audit"):
                return
            page = audit_page(wanted, cursor, EXPORT_CHUNK)
            lines = lines_of(page.entries, reader, _access(reader), named=False)
            rows = [row for line in lines for row in _csv_rows(line)]
            text = _written(
                [_csv_head(), *rows] if head else rows, brazilian=member.language.startswith("pt")
            )
        yield ("\ufeff" if head else "") + text
        cursor, head = page.next, False
        if not cursor:
            return


def _csv_head() -> list[str]:
    return [
        _("Time"),
        _("Person"),
        _("How"),
        _("Act"),
        _("Record"),
        _("Id"),
        _("Field"),
        _("Before"),
        _("After"),
        _("Address"),
    ]


def _csv_rows(line: Line) -> list[list[str]]:
    entry = line.read.entry
    start = [
        timezone.localtime(entry.at).isoformat(timespec="seconds"), entry.actor_label, entry.actor_kind, entry.act,
        line.thing, "" if line.withheld else str(entry.object_id or ""),
    ]  # fmt: skip
    end = [entry.address or ""]
    if line.read.erased:
        return [[*start, "", _("erased"), _("erased"), *end]]
    if line.withheld:
        return [[*start, "", _("not shown"), _("not shown"), *end]]
    changes = [[*start, change.label, change.before, change.after, *end] for change in line.all_changes]
    return changes or [[*start, "", "", "", *end]]


def _written(rows: list[list[str]], *, brazilian: bool) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";" if brazilian else ",", lineterminator="\r\n")
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _lines(request: WorkspaceRequest, entries: list[AuditEntry]) -> list[Line]:
    lines = lines_of(entries, request.member, _access(request.member))
    shown = [line.read.entry for line in lines if not line.withheld]
    subjects = {entry.subject_id for entry in shown if entry.sealed and entry.subject_id}
    record_view(actor=request.actor, object_type="customer", ids=sorted(subjects), where="audit log")
    return lines


def _access(member: Member) -> Callable[[str], FieldAccess]:
    @lru_cache(maxsize=64)
    def of(object_name: str) -> FieldAccess:
        return field_access(member, object_name)

    return of


def _more(request: WorkspaceRequest, cursor: str) -> str:
    if not cursor:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "cursor"}
    return f"{request.path}?{urlencode({**kept, 'cursor': cursor})}"


def _filter_context(request: WorkspaceRequest, wanted: LogFilter) -> dict[str, object]:
    kept = {name: value for name, value in request.GET.items() if name != "cursor" and value}
    things = {str(label): name for name, label in THINGS.items()}
    return {
        "wanted": wanted,
        "members": Member.objects.order_by("sort_name", "id").values_list("id", "name")[:1000],
        "objects": sorted(
            ((name, label) for label, name in things.items()), key=lambda pair: pair[1].casefold()
        ),
        "query": urlencode(kept),
        "is_filtered": bool(kept),
    }
