"""How many requests for forms one network address may make a minute, over all web processes. What is suspicious but not too
much is judged later, by the job that reads posts."""

from __future__ import annotations

from ponte.core.turns import Turns

MOST = 300  # requests of one address within a minute
_turns = Turns("form", most=MOST)


def take_turn(address: str) -> bool:
    """Count one request of an address; return whether it is within the limit."""
    return _turns.take(address)
