"""Forgetting what was kept for 30 days: deleted fields and the values of former types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services import audit
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.workplace.custom_fields.chunks import in_chunks
from ponte.workplace.custom_fields.converting import KEPT_FOR
from ponte.workplace.custom_fields.indexing import drop_indexes
from ponte.workplace.custom_fields.uses import object_of
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import forget_fields


def purge_old_values() -> None:
    """Purge what is due in the workspace; call it outside any scope. Values go first, so that it can be resumed."""
    now = timezone.now()
    with workspace_scope(named_workspace()):
        fields = list(CustomField.objects.all())
    for field in fields:
        if field.deleted_at is not None and field.deleted_at < now - KEPT_FOR:
            purge_field(field)
        else:
            for former in field.previous:
                if datetime.fromisoformat(former["until"]) < now:
                    _drop_slot(field, former["slot"])
                    _forget_former(field.id, former["slot"])


def purge_field(field: CustomField) -> None:
    """Delete a field with all its values, for good."""
    for slot in [field.slot, *(former["slot"] for former in field.previous)]:
        _drop_slot(field, slot)
    drop_indexes(field.id, field.object)
    with workspace_scope(named_workspace()):
        audit.record(
            actor=Actor.system("custom fields"),
            act="custom_field.purged",
            target=field,
            changes={"label": (field.label, None)},
        )
        CustomField.objects.filter(id=field.id).delete()
        forget_fields()


def _drop_slot(field: CustomField, slot: str) -> None:
    entry = object_of(field)

    def work(rows: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f'UPDATE "{entry.model._meta.db_table}" SET custom = custom - %s::text WHERE id = ANY(%s)',
                [slot, [record_id for record_id, _custom in rows]],
            )

    in_chunks(entry, slot, work)


def _forget_former(field_id: UUID, slot: str) -> None:
    with workspace_scope(named_workspace()):
        field = CustomField.objects.select_for_update().filter(id=field_id).first()
        if field is not None:
            field.previous = [one for one in field.previous if one["slot"] != slot]
            field.save(update_fields=["previous", "updated_at"])
