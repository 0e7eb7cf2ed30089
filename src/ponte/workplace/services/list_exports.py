"""Files of long lists: asked for, made in the background, taken by who asked, forgotten after a week."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.jobs import enqueue
from ponte.core.rights import may
from ponte.core.services import audit
from ponte.core.services.notifications import notify
from ponte.core.services.runs import advance_run, fail_run, finish_run, start_run
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.lists import ListPage, list_pages
from ponte.workplace.lists.cells import Scalar
from ponte.workplace.lists.download import FORMATS, MOST_SHEET_ROWS, chunks, file_bytes, has_more_than
from ponte.workplace.lists.state import ListState, read_state
from ponte.workplace.models import ListExport

log = logging.getLogger(__name__)
KEPT = timedelta(days=7)


class Ended(Exception):
    """The export is gone, or finished by another worker."""


def start_file(*, actor: Actor, state: ListState, format: str) -> ListExport:
    """Ask for a list's rows as a file: its filters, its order, the columns shown.

    Raises:
        Denied: without the right to export. Invalid: an unknown format, or more rows than a sheet has.
    """
    page, member = state.page, actor.member
    if member is None or not may(member, page.object, "export"):
        raise Denied(page.object, "export")
    if format not in FORMATS:
        raise Invalid.on("format", "unknown", _("Choose CSV, XLSX or JSON."))
    if format == "xlsx" and has_more_than(state, member, MOST_SHEET_ROWS):
        raise Invalid.on("format", "too_long", _("A spreadsheet has no room for so many rows. Choose CSV."))
    title = _("File of %(list)s") % {"list": page.plural}
    url = reverse(page.url_name, urlconf=settings.WORKSPACE_URLCONF)
    made = ListExport.objects.create(
        member=member,
        list_key=page.key,
        query=state.query(without=("cols",)),
        columns=[column.key for column in state.columns],
        format=format,
        background=start_run(kind="list_export", title=title, member=member, url=url),
    )
    audit.record(
        actor=actor,
        act="list.export_started",
        target=made,
        changes={"list": ("", page.key), "format": ("", format)},
    )
    enqueue("workplace.list_export", once=f"list_export:{made.id}", export_id=str(made.id))
    return made


def build_file(export_id: UUID) -> None:
    """Make a file and tell who asked for it. Does nothing when it is there already; begins anew after a crash."""
    workspace = named_workspace()
    try:
        _build(export_id, workspace)
    except Ended:
        return
    except (OperationalError, InterfaceError):
        raise
    except Denied:
        _fail(export_id, workspace, _("Your role doesn't export this list any more."))
    except Exception:
        log.exception("list export %s failed", export_id)
        _fail(export_id, workspace, _("The file could not be made. Please try again."))


def take_file(*, actor: Actor, page: ListPage, file_id: UUID) -> ListExport:
    """Return a finished file of the member's own and note that it was taken; raises ``Missing`` for any other."""
    found = ListExport.objects.filter(id=file_id, member=actor.member, list_key=page.key)
    made = found.exclude(storage_key="").first()
    if made is None:
        raise Missing
    audit.record(actor=actor, act="list.file_taken", target=made, changes={"rows": ("", made.rows)})
    return made


def forget_old_files() -> int:
    """Remove files whose time is over; returns how many."""
    count = 0
    for made in ListExport.objects.filter(expires_at__lt=timezone.now()).exclude(storage_key=""):
        default_storage.delete(made.storage_key)
        made.storage_key = ""
        made.save(update_fields=["storage_key", "updated_at"])
        count += 1
    return count


def _build(export_id: UUID, workspace: Workspace) -> None:
    with workspace_scope(workspace):
        made = _get(export_id)
        page = list_pages.get(made.list_key)
        if page is None:
            raise Denied(made.list_key, "export")
        state = read_state(page, QueryDict(made.query.removeprefix("?")), made.member, chosen=made.columns)
    actor = Actor.for_job(f"export: {page.key}", made.member)
    counted = _Counted(export_id, workspace, chunks(state, actor, workspace))
    with translation.override(made.member.language), timezone.override(workspace.timezone):
        with tempfile.TemporaryFile() as file:
            size = _write(file, file_bytes(state, counted, made.format))
            key = default_storage.save(
                f"{workspace.schema_name}/lists/{made.id}.{extension(made.format)}", File(file)
            )
        _finish(export_id, workspace, key=key, size=size, rows=counted.rows)


def extension(format: str) -> str:
    """Return the ending of a format's file."""
    return format.partition("-")[0]


class _Counted:
    """Passes chunks on and notes, each time, how far the file is."""

    def __init__(self, export_id: UUID, workspace: Workspace, parts: Iterable[list[list[Scalar]]]) -> None:
        self.export_id, self.workspace, self.parts, self.rows = export_id, workspace, parts, 0

    def __iter__(self) -> Iterator[list[list[Scalar]]]:
        for part in self.parts:
            self.rows += len(part)
            with workspace_scope(self.workspace):
                made = _get(self.export_id)
                if made.background is not None:
                    advance_run(made.background, done=self.rows)
            yield part


def _write(file: IO[bytes], parts: Iterable[bytes]) -> int:
    size = 0
    for part in parts:
        size += file.write(part)
    file.seek(0)
    return size


def _finish(export_id: UUID, workspace: Workspace, *, key: str, size: int, rows: int) -> None:
    with workspace_scope(workspace):
        made = _get(export_id, lock=True)
        made.storage_key, made.size, made.rows = key, size, rows
        made.finished_at, made.expires_at = timezone.now(), timezone.now() + KEPT
        made.save()
        if made.background is not None:
            advance_run(made.background, done=rows, total=rows)
            finish_run(made.background, result={"rows": rows})
        notify(
            member=made.member,
            kind="list_export.finished",
            title=_("Your file is ready"),
            url=_url(made),
        )


def _fail(export_id: UUID, workspace: Workspace, error: str) -> None:
    with workspace_scope(workspace):
        try:
            made = _get(export_id, lock=True)
        except Ended:
            return
        made.finished_at, made.error = timezone.now(), error
        made.save()
        if made.background is not None:
            fail_run(made.background, error=error)
        notify(member=made.member, kind="list_export.failed", title=error, url=_url(made))


def _url(made: Any) -> str:
    return made.background.url if made.background is not None else ""


def _get(export_id: UUID, *, lock: bool = False) -> ListExport:
    rows = ListExport.objects.select_related("background", "member__role", "member__team")
    made = (rows.select_for_update(of=("self",)) if lock else rows).filter(id=export_id).first()
    if made is None or made.finished_at is not None:
        raise Ended
    return made
