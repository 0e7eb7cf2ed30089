"""What the API remembers about calls: answers to be replayed and how many calls a token made."""

from __future__ import annotations

from django.db import models

from ponte.core.ids import uuid7
from ponte.core.rows import Row


class IdempotencyKey(Row):
    """The answer to one write sent with ``Idempotency-Key``, kept to be replayed for a day.

    The row is written in the transaction of the call itself: it exists exactly when the call's effects do.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_id = models.UUIDField()
    key = models.CharField(max_length=200)
    request_hash = models.CharField(max_length=64)  # SHA-256 over method, path, query and body
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_id", "key"], name="apikit_key_once_a_token")]

    def __str__(self) -> str:
        return self.key


class RateWindow(Row):
    """How many calls one token made in the current window (one row a token)."""

    token_id = models.UUIDField(primary_key=True)
    window = models.BigIntegerField()  # number of the window since 1970
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.used} calls of {self.token_id}"
