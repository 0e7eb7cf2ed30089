"""The outbox: events as they were published, and how each handler fared."""

from __future__ import annotations

from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class StoredEvent(Row):
    """An event written in the transaction that caused it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True, blank=True)
    actor_label = models.CharField(max_length=240)
    created_at = models.DateTimeField(auto_now_add=True)
    dispatched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                name="core_event_waiting_idx",
                condition=models.Q(dispatched_at__isnull=True),
            ),
            models.Index(fields=["name", "-id"], name="core_event_name_idx"),
        ]


class EventDelivery(Row):
    """One event to one handler. A row in state DONE makes a second run of the handler impossible."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(StoredEvent, on_delete=models.CASCADE, related_name="deliveries")
    handler = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "handler"], name="core_delivery_once")]
        indexes = [
            models.Index(
                fields=["state", "-id"], name="core_delivery_open_idx", condition=~models.Q(state="done")
            )
        ]
