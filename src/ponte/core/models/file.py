"""Files attached to records."""

from __future__ import annotations

from django.db import models

from ponte.core.models.base import Record


class Attachment(Record):
    """A file on a record. Rights follow the record (``object_type``, ``object_id``) and its customer (``party_id``).

    One that ``is_proof`` shows that somebody agreed to something: nobody takes it off its record, it goes with its customer.
    """

    object_type = models.CharField(max_length=40)
    object_id = models.UUIDField()
    party_id = models.UUIDField(null=True, blank=True)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200, unique=True)
    uploaded_by = models.ForeignKey("core.Member", null=True, blank=True, on_delete=models.SET_NULL)
    is_proof = models.BooleanField(default=False, db_default=False)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id", "-id"], name="core_file_object_idx"),
            models.Index(fields=["party_id", "-id"], name="core_file_party_idx"),
        ]

    def __str__(self) -> str:
        return self.name
