"""How many requests one network address may make, counted by all processes together.

Every process counts by itself, in memory, and adds what it has counted of an address to the database when that comes to ``step``;
then it knows what the others counted, too. So a visitor costs no statement at all, a flood one statement for each ``step`` requests, and the
limit is passed by less than ``step`` requests for each process.
"""

from __future__ import annotations

import logging
import threading
import time
import weakref
from dataclasses import dataclass

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest

from ponte.core.tenancy.models.turn import PublicTurn

log = logging.getLogger(__name__)
MOST_KEYS = 20_000  # of one process; more begin anew
_ADD = """
INSERT INTO public.tenancy_publicturn AS t (key, "window", used) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE
SET used = CASE WHEN t."window" = excluded."window" THEN least(t.used + excluded.used, 1000000000) ELSE excluded.used END,
    "window" = greatest(t."window", excluded."window")
RETURNING used
"""


@dataclass
class _Count:
    """What is known of one key: the count of all when last asked, and what came here since."""

    known: int = 0
    mine: int = 0


_living: weakref.WeakSet[Turns] = weakref.WeakSet()


class Turns:
    """Turns within ``most`` in each window of ``seconds``, for each key, over all processes.

    Args:
        name: what is counted; the same in every process. step: how many a process counts before it tells the others.
    """

    def __init__(self, name: str, *, most: int, seconds: int = 60, step: int = 25) -> None:
        self.name, self.most, self.seconds, self.step = name, most, seconds, step
        self._lock = threading.Lock()
        self._counts: dict[str, _Count] = {}
        self._window = 0
        _living.add(self)

    def take(self, address: str) -> bool:
        """Count one request of an address; return whether it is within the limit."""
        window = int(time.time() // self.seconds) * self.seconds
        with self._lock:
            if window != self._window or len(self._counts) > MOST_KEYS:
                self._counts.clear()
                self._window = window
            count = self._counts.setdefault(address, _Count())
            if count.known >= self.most:
                return False
            count.mine += 1
            if count.mine < self.step:
                return count.known + count.mine <= self.most
            told, count.mine = count.mine, 0
        return self._tell(address, window, told)

    def forget(self) -> None:
        """Begin counting anew in this process and for all, for tests."""
        self.forget_here()
        PublicTurn.objects.filter(key__startswith=f"{self.name}:").delete()

    def forget_here(self) -> None:
        """Begin counting anew in this process alone, for tests."""
        with self._lock:
            self._counts.clear()

    def _tell(self, address: str, window: int, told: int) -> bool:
        """Add what was counted here; return whether all together are within the limit. Without a database one counts alone."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_ADD, [f"{self.name}:{address}"[:100], window, told])
                used: int = cursor.fetchone()[0]
        except DatabaseError:
            log.warning("turns of public pages could not be shared", exc_info=True)
            with self._lock:
                count = self._counts.setdefault(address, _Count())
                count.known += told
                return count.known <= self.most
        with self._lock:
            count = self._counts.setdefault(address, _Count())
            count.known = max(count.known, used)
            return used <= self.most


class PageTurns:
    """Turns of a public page within a minute: so many looks of one address, and fewer requests that change something."""

    def __init__(self, name: str, *, looks: int, changes: int) -> None:
        self._looks = Turns(f"{name}-look", most=looks)
        self._changes = Turns(f"{name}-change", most=changes, step=max(1, changes // 4))

    def take(self, request: HttpRequest) -> bool:
        """Count one request; return whether it is within its limit."""
        turns = self._changes if request.method == "POST" else self._looks
        return turns.take(request.META.get("REMOTE_ADDR", ""))


def forget_turns_here() -> None:
    """Begin counting anew in this process, whatever is counted: each test starts with full turns."""
    for turns in list(_living):
        turns.forget_here()


def forget_old_turns(*, older_than_seconds: int = 3600) -> int:
    """Delete what was counted of addresses that haven't come for a while; return how many."""
    return PublicTurn.objects.filter(window__lt=time.time() - older_than_seconds).delete()[0]
