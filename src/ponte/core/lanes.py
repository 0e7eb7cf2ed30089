"""Pieces of one long job done side by side, each on a database connection of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from django.db import connection

Item = TypeVar("Item")
Result = TypeVar("Result")


def side_by_side(work: Callable[[Item], Result], items: Iterable[Item], *, lanes: int) -> Iterator[Result]:
    """Yield ``work(item)`` for each item in order, up to ``lanes`` of them under way at a time.

    For work whose time goes by in the database. With one lane it runs here, on this thread's connection; else in threads,
    inside the workspace named here, each item on a new connection. Call it outside a transaction: the lanes don't see what
    isn't committed. What an item raises is raised here; the items under way are ended first.
    """
    if lanes < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(lanes, thread_name_prefix="lane") as pool:
        under_way: deque[Future[Result]] = deque()
        for item in items:
            under_way.append(pool.submit(copy_context().run, _in_lane, work, item))
            if len(under_way) >= lanes:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _in_lane(work: Callable[[Item], Result], item: Item) -> Result:
    try:
        return work(item)
    finally:
        connection.close()  # nobody else would: threads end without Django hearing of it
