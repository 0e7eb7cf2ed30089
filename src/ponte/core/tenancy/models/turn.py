"""How often network addresses asked for pages that need no log-in."""

from __future__ import annotations

from django.db import models

from ponte.core.rows import Row


class PublicTurn(Row):
    """What the processes have counted of one address for one kind of page; see ``ponte.core.turns``. ``window`` is when the minute began.

    The table isn't logged: after a crash of the database it is empty, and counting begins anew.
    """

    key = models.CharField(max_length=100, primary_key=True, db_collation="C")
    window = models.BigIntegerField()
    used = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["window"], name="public_turn_window")]

    def __str__(self) -> str:
        return self.key
