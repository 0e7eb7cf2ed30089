"""Outgoing webhooks: where events are sent, and how each sending fared."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ponte.core.models.base import Record, VersionedRecord


class WebhookEndpoint(VersionedRecord):
    """An address outside that wants events. ``events`` are their names, or ``*`` for all.

    ``secret`` is sealed with the installation's key; people see it once. ``failing_since`` is the time of the first failure
    after the last success.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    events = ArrayField(models.CharField(max_length=80))
    secret = models.BinaryField()
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=40, blank=True)  # "", "failing", "gone"
    failing_since = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("core.Member", null=True, blank=True, on_delete=models.SET_NULL)

    def __str__(self) -> str:
        return self.name


class WebhookDelivery(Record):
    """One event to one endpoint. ``log`` holds each attempt: time, status, milliseconds, error code."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(
        "core.StoredEvent", null=True, blank=True, on_delete=models.CASCADE
    )  # None: a test
    event_name = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_until = models.DateTimeField()
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.TextField(blank=True)  # the beginning of the last answer
    error = models.CharField(max_length=40, blank=True)  # code of the last failure, see ponte.core.http
    log = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "event"], name="core_webhook_once")]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="core_webhook_log_idx"),
            models.Index(
                fields=["next_attempt_at"], name="core_webhook_due_idx", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_name} to {self.endpoint_id}"
