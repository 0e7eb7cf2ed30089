"""Python's search for garbage, out of the way of work on very many rows."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (
    200_000,
    20,
    20,
)  # new containers between two looks at the young ones, and how many of those before older ones


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for circular garbage seldom while inside: with a hundred thousand objects alive that takes half the time.

    What isn't circular is freed at once as ever. For the whole process; may be nested and run in several threads, the last one
    out puts things right.
    """
    global _inside, _before
    if not _inside:
        _before = gc.get_threshold()
        gc.set_threshold(*SELDOM)
    _inside += 1
    try:
        yield
    finally:
        _inside -= 1
        if not _inside:
            gc.set_threshold(*_before)


_inside = 0
_before = gc.get_threshold()
