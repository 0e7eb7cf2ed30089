"""Reading attachments."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.models import Attachment


def files_of(object_type: str, object_id: UUID) -> QuerySet[Attachment]:
    """Return a record's files, newest first. The caller has checked that the record is visible."""
    return (
        Attachment.objects.filter(object_type=object_type, object_id=object_id, deleted_at=None)
        .select_related("uploaded_by")
        .order_by("-id")
    )
