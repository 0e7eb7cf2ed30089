"""What somebody tells in the composer becomes an interaction with files, or a task: once, also when it is sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.errors import Invalid
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may
from ponte.core.services.files import attach
from ponte.directory.models import Party
from ponte.timeline.forms.interaction import ComposerForm
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.policies import check_may_create, task_fields
from ponte.timeline.selectors.people import participants_named
from ponte.timeline.services import interactions, tasks
from ponte.timeline.services.keys import device_key, hold_key

MAX_FILES = 20
SOURCE = "manual"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it: where it is, what to say, and whether it had been sent before."""

    url: str
    said: str
    is_known: bool = False


def keep_told(
    request: WorkspaceRequest, party: Party, form: ComposerForm, *, written_at: datetime | None = None
) -> Kept:
    """Write what a valid form tells of ``party``; the same ``device_key`` again changes nothing.

    ``written_at`` is when it was written, for what reaches us later; it counts unless the form names a moment.

    Raises:
        Denied: no right to create it. Invalid: as the services say, or a file is refused.
    """
    key = device_key(request.member, form.cleaned_data.get("device_key"))
    is_task = form.chosen == "task"
    check_may_create(request.member, "task" if is_task else "interaction", party.id)
    if key is not None:
        hold_key(key)
        known = _known(party, key)
        if known is not None:
            return known
    if is_task:
        return _plan(request, party, form, key)
    return _record(request, party, form, key, written_at)


def _known(party: Party, key: str) -> Kept | None:
    row = interactions.find_by_key(SOURCE, key)
    if row is not None:
        return Kept(reverse("directory:record", args=[row.party_id]), _("Recorded before"), True)
    task = tasks.find_by_key(SOURCE, key)
    return None if task is None else Kept(reverse("timeline:task", args=[task.id]), _("Planned before"), True)


def _plan(request: WorkspaceRequest, party: Party, form: ComposerForm, key: str | None) -> Kept:
    details = form.task()
    if details["description"] and not task_fields(request.member).can_write("description"):
        raise Invalid.on("description", "read_only", _("Your role can't write details: one line is enough."))
    details |= {"party_id": party.id, "external_key": key}
    task = tasks.create_task(actor=request.actor, **details)
    return Kept(reverse("timeline:task", args=[task.id]), _("Task planned"))


def _record(
    request: WorkspaceRequest, party: Party, form: ComposerForm, key: str | None, written_at: datetime | None
) -> Kept:
    details: Any = form.details()
    details["participants"] = participants_named(request.member, party, form.cleaned_data["others"])
    details |= {"external_key": key, "occurred_at": details["occurred_at"] or written_at}
    kind = form.cleaned_data["kind"]
    row = interactions.record_interaction(actor=request.actor, party_id=party.id, kind=kind, **details)
    attach_files(request, row)
    url = reverse("directory:record", args=[party.id])
    return Kept(url, _("%(kind)s recorded") % {"kind": kind_of(row.kind).label})


def attach_files(request: WorkspaceRequest, row: Interaction) -> None:
    """Attach the uploaded ``files`` to an interaction.

    Raises:
        Invalid: too many, or one of them is refused.
    """
    uploads = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    if not uploads:
        return
    if len(uploads) > MAX_FILES:
        raise Invalid.on("files", "too_many", _("At most %(limit)s files at once.") % {"limit": MAX_FILES})
    if not may(request.member, "file", "create"):
        raise Invalid.on("files", "denied", _("Your role can't attach files."))
    for upload in uploads:
        attach(
            upload=upload,
            object_type="interaction",
            object_id=row.id,
            actor=request.actor,
            party_id=row.party_id,
        )
