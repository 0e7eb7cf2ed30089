"""Pieces of one job side by side: in order, a few at a time, and no error lost. With a database: ``tests/runtime``."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ponte.core.lanes import side_by_side


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_results_come_in_the_order_of_the_items(lanes: int) -> None:
    assert list(side_by_side(lambda number: number * number, range(9), lanes=lanes)) == [n * n for n in range(9)]  # fmt: skip


def test_two_lanes_work_at_the_same_time_and_take_no_more_than_they_need() -> None:
    met = threading.Barrier(2, timeout=30)  # passed only where two are under way
    taken: list[int] = []

    def items() -> Iterator[int]:
        for number in range(6):
            taken.append(number)
            yield number

    def work(number: int) -> int:
        met.wait()
        return number

    results = side_by_side(work, items(), lanes=2)
    assert next(results) == 0
    assert len(taken) <= 3
    assert list(results) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("lanes", [1, 2])
def test_what_an_item_raises_is_raised(lanes: int) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        if number == 2:
            raise ValueError("bad piece")
        done.append(number)

    with pytest.raises(ValueError, match="bad piece"):
        list(side_by_side(work, range(50), lanes=lanes))
    assert {0, 1} <= set(done)
    assert len(done) < 10, "the pieces after it are not begun"
