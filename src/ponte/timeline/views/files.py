"""The files panel of the record page, and downloads."""

from uuid import UUID

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ponte.core.errors import Denied, Invalid
from ponte.core.models import Attachment
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.files import attach, remove_file, restore_file
from ponte.timeline.policies import get_visible_party
from ponte.timeline.selectors.files import PANEL_FILES, files_of_party, get_file, may_remove
from ponte.timeline.views.telling import MAX_FILES
from ponte.ui.htmx import toast, trigger

ICONS = {"image": "photo", "video": "video", "application/pdf": "file-type-pdf", "text": "file-text"}


@require_GET
@requires("file", "view")
def panel(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Show a customer's newest files."""
    get_visible_party(request.member, party_id)
    return _panel(request, party_id)


@require_http_methods(["POST"])
@requires("file", "create")
def upload(request: WorkspaceRequest, party_id: UUID) -> HttpResponse:
    """Attach files to a customer; a refused one is told and holds the others up."""
    get_visible_party(request.member, party_id)
    uploads = [one for one in request.FILES.getlist("files") if isinstance(one, UploadedFile)]
    try:
        if not uploads:
            raise Invalid.on("files", "required", _("Choose a file first."))
        if len(uploads) > MAX_FILES:
            raise Invalid.on(
                "files", "too_many", _("At most %(limit)s files at once.") % {"limit": MAX_FILES}
            )
        for one in uploads:
            attach(
                upload=one, object_type="customer", object_id=party_id, actor=request.actor, party_id=party_id
            )
    except Invalid as refusal:
        return _panel(request, party_id, problem=str(refusal.problems[0].message), status=422)
    return toast(_panel(request, party_id), _("Files attached"))


@require_POST
@requires("file", "delete")
def remove(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    """Take a file away, with undo."""
    file = get_file(request.member, file_id)
    if not may_remove(request.member, file):
        raise Denied("file", "delete")
    remove_file(attachment=file, actor=request.actor)
    undo = reverse("timeline:restore_file", args=[file.id])
    return toast(HttpResponse(""), _("File deleted"), undo_url=undo)


@require_POST
@requires("file", "delete")
def restore(request: WorkspaceRequest, file_id: UUID) -> HttpResponse:
    """Bring a deleted file back."""
    file = get_file(request.member, file_id, deleted=True)
    if not may_remove(request.member, file):
        raise Denied("file", "delete")
    restore_file(attachment=file, actor=request.actor)
    return trigger(HttpResponse(status=204), "files-changed")


@require_GET
@requires("file", "view")
def download(request: WorkspaceRequest, file_id: UUID) -> HttpResponseBase:
    """Hand a file over as a download that a browser will not run."""
    file = get_file(request.member, file_id)
    if not default_storage.exists(file.storage_key):
        raise Http404
    response = FileResponse(
        default_storage.open(file.storage_key),
        as_attachment=True,
        filename=file.name,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def _panel(
    request: WorkspaceRequest, party_id: UUID, *, problem: str = "", status: int = 200
) -> HttpResponse:
    files = files_of_party(request.member, party_id)
    context = {
        "party_id": party_id,
        "files": [(file, _icon(file), may_remove(request.member, file)) for file in files[:PANEL_FILES]],
        "has_more": len(files) > PANEL_FILES,
        "may_attach": may(request.member, "file", "create"),
        "problem": problem,
    }
    return render(request, "timeline/_files_panel.html", context, status=status)


def _icon(file: Attachment) -> str:
    return ICONS.get(file.content_type) or ICONS.get(file.content_type.partition("/")[0], "file")
