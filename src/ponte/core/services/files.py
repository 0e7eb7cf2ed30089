"""Attachments: checked by their content, stored under a name nobody can guess, served only as downloads."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import puremagic
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.ids import uuid7
from ponte.core.models import Attachment
from ponte.core.services import audit
from ponte.core.tenancy.scope import current_workspace

BLOCKED_EXTENSIONS = frozenset(
    [
        "exe",
        "dll",
        "com",
        "bat",
        "cmd",
        "scr",
        "msi",
        "jar",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "wsh",
        "ps1",
        "hta",
        "lnk",
        "reg",
        "apk",
        "app",
        "sh",
        "html",
        "htm",
        "xhtml",
        "svg",
    ]
)
SNIFF_BYTES = 4096
KEPT_FOR = timedelta(days=30)


def attach(
    *,
    upload: UploadedFile[bytes],
    object_type: str,
    object_id: UUID,
    actor: Actor,
    party_id: UUID | None = None,
    is_proof: bool = False,
) -> Attachment:
    """Keep an uploaded file on a record. Raises ``Invalid`` on "file" when too large, empty or of a dangerous type.

    Args:
        is_proof: it shows that somebody agreed to something, and can't be taken off again.
    """
    size = upload.size or 0
    limit = settings.PONTE_MAX_FILE_BYTES
    if size == 0:
        raise Invalid.on("file", "empty", _("The file is empty. Choose another one."))
    if size > limit:
        raise Invalid.on(
            "file", "too_large", _("The file is larger than %(limit)s MB.") % {"limit": limit // 2**20}
        )
    name = safe_name(upload.name or "")
    content_type = sniff(name, upload)
    key = f"{current_workspace().schema_name}/{uuid7()}"
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    attachment = Attachment.objects.create(
        object_type=object_type, object_id=object_id, party_id=party_id, name=name, content_type=content_type,
        size=size, sha256=digest.hexdigest(), storage_key=key, uploaded_by=actor.member, is_proof=is_proof,
    )  # fmt: skip
    stored_as = default_storage.save(key, upload)
    if stored_as != key:
        Attachment.objects.filter(id=attachment.id).update(storage_key=stored_as)
        attachment.storage_key = stored_as
    audit.record(actor=actor, act="file.attached", target=attachment, subject_id=party_id, personal={"name"},
                 changes={"name": (None, name), "size": (None, size)})  # fmt: skip
    return attachment


def remove_file(*, attachment: Attachment, actor: Actor) -> None:
    """Take a file off its record; it stays restorable until the bin is emptied. Raises ``Invalid`` for a proof."""
    if attachment.is_proof:
        raise Invalid.on("file", "proof", _("This file is the proof of an answer and stays."))
    if attachment.deleted_at is None:
        attachment.deleted_at = timezone.now()
        attachment.save(update_fields=["deleted_at", "updated_at"])
        audit.record(actor=actor, act="file.removed", target=attachment, subject_id=attachment.party_id,
                     personal={"name"}, changes={"name": (attachment.name, None)})  # fmt: skip


def restore_file(*, attachment: Attachment, actor: Actor) -> None:
    """Undo ``remove_file``."""
    if attachment.deleted_at is not None:
        attachment.deleted_at = None
        attachment.save(update_fields=["deleted_at", "updated_at"])
        audit.record(actor=actor, act="file.restored", target=attachment, subject_id=attachment.party_id)


def purge_of_parties(party_ids: Iterable[UUID]) -> int:
    """Delete the files of customers that are gone for good; their contents go when the transaction commits."""
    return _purge(Attachment.objects.filter(party_id__in=list(party_ids)))


def purge_of_records(object_type: str, ids: Iterable[UUID]) -> int:
    """Delete the files of records that are gone for good; their contents go when the transaction commits."""
    return _purge(Attachment.objects.filter(object_type=object_type, object_id__in=list(ids)))


def purge_removed() -> int:
    """Delete files that were taken off their records 30 days ago or earlier."""
    return _purge(Attachment.objects.filter(deleted_at__lt=timezone.now() - KEPT_FOR))


def sweep_orphans() -> int:
    """Delete contents older than a day that no row knows of: left by an upload whose transaction rolled back."""
    folder = current_workspace().schema_name
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    known = set(Attachment.objects.values_list("storage_key", flat=True))
    cutoff, gone = timezone.now() - timedelta(days=1), 0
    for key in (f"{folder}/{name}" for name in names):
        if key not in known and default_storage.get_modified_time(key) < cutoff:
            default_storage.delete(key)
            gone += 1
    return gone


def _purge(attachments: QuerySet[Attachment]) -> int:
    keys = list(attachments.values_list("storage_key", flat=True))
    attachments.delete()

    def delete_contents() -> None:
        for key in keys:
            default_storage.delete(key)

    transaction.on_commit(delete_contents)
    return len(keys)


def safe_name(name: str) -> str:
    """Return a file name without path, control characters or trailing dots, 200 characters at most."""
    plain = re.sub(r"[\x00-\x1f\x7f/\\]+", "_", name.replace("\\", "/").rsplit("/", 1)[-1]).strip(" .")
    return plain[-200:] or "arquivo"


def sniff(name: str, upload: UploadedFile[bytes]) -> str:
    """Return the content type the bytes show; raise ``Invalid`` when the type is one that could run."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    head = upload.read(SNIFF_BYTES)
    upload.seek(0)
    runs = (
        head[:2] in (b"MZ", b"#!")
        or head[:4] == b"\x7fELF"
        or re.match(rb"\s*<(!doctype html|html|script|svg)", head, re.I)
    )
    if extension in BLOCKED_EXTENSIONS or runs:
        raise Invalid.on(
            "file", "type", _("Files of this type can't be attached, because they could run by themselves.")
        )
    try:
        return puremagic.from_string(head, mime=True, filename=name) or "application/octet-stream"
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
