"""How many requests one network address may make, counted in this process alone: a count shared by all would cost more than
storing a post. What is suspicious but not too much is judged later, by the job that reads posts."""

from __future__ import annotations

import threading
import time

WINDOW, MOST = 60, 300  # seconds; requests of one address within them, in each process
MOST_ADDRESSES = 20_000

_lock = threading.Lock()
_counts: dict[str, int] = {}
_window = 0


def take_turn(address: str) -> bool:
    """Count one request of an address; return whether it is within the limit."""
    global _window
    now = int(time.time() // WINDOW)
    with _lock:
        if now != _window or len(_counts) > MOST_ADDRESSES:
            _counts.clear()
            _window = now
        _counts[address] = _counts.get(address, 0) + 1
        return _counts[address] <= MOST


def forget_turns() -> None:
    """Begin counting anew, for tests."""
    with _lock:
        _counts.clear()
