"""The audit log: append-only, personal values sealed with a key per subject."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class SubjectKey(Row):
    """The key that opens one customer's personal values in the log. Erasure empties ``wrapped``."""

    subject_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)


class AuditEntry(Row):
    """Who did what to which record, with the values before and after.

    ``changes`` is ``{field: [before, after]}`` of fields that are not personal; ``sealed`` holds the personal ones
    encrypted with the subject's key, so that destroying the key erases them everywhere, backups included.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(max_length=240)
    address = models.GenericIPAddressField(null=True, blank=True)
    act = models.CharField(max_length=60)
    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField(null=True, blank=True)
    object_ids = ArrayField(models.UUIDField(), null=True, blank=True)  # of bulk acts, one entry a chunk
    subject_id = models.UUIDField(null=True, blank=True)
    changes = models.JSONField(default=dict)
    sealed = models.BinaryField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="core_audit_object_idx"),
            models.Index(
                fields=["subject_id", "-id"],
                name="core_audit_subject_idx",
                condition=models.Q(subject_id__isnull=False),
            ),
            models.Index(fields=["actor_id", "-id"], name="core_audit_actor_idx"),
            models.Index(fields=["act", "-id"], name="core_audit_act_idx"),
            # a record's history finds the bulk acts it was part of
            GinIndex(
                fields=["object_ids"],
                name="core_audit_bulk_idx",
                condition=models.Q(object_ids__isnull=False),
            ),
        ]


class AccessEntry(Row):
    """That personal data were seen or taken out: one row a page or export."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(max_length=240)
    address = models.GenericIPAddressField(null=True, blank=True)
    act = models.CharField(max_length=20)  # view, export
    place = models.CharField(max_length=120)
    object_type = models.CharField(max_length=40)
    object_ids = ArrayField(models.UUIDField())

    class Meta:
        indexes = [models.Index(fields=["actor_id", "-id"], name="core_access_actor_idx")]
