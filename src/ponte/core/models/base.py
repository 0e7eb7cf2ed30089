"""Bases of the rows a workspace keeps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Value

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class Record(Row):
    """A row with a time-ordered id and its times of birth and last change."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class VersionedRecord(Record):
    """A row that people edit: ``version`` grows with each edit, see ``ponte.core.concurrency``."""

    version = models.PositiveIntegerField(default=1)

    class Meta:
        abstract = True


class Customisable(Row):
    """A row with custom fields: ``custom`` holds their values by storage slot, see ``workplace.custom_fields``."""

    custom: models.JSONField[Any, Any] = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )

    class Meta:
        abstract = True
