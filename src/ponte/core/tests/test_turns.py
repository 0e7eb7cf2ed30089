"""Turns of public pages: counted by every process, shared by all."""

from __future__ import annotations

import pytest
from django.db import DatabaseError

from ponte.core import turns
from ponte.core.tenancy.models import PublicTurn
from ponte.core.turns import Turns, forget_old_turns


@pytest.fixture
def clock(monkeypatch):
    moment = [1_800_000_000.0]
    monkeypatch.setattr(turns.time, "time", lambda: moment[0])
    return moment


def two(most=20, step=4):
    """Two processes, as it were."""
    return Turns("test", most=most, step=step), Turns("test", most=most, step=step)


@pytest.mark.django_db
def test_processes_share_one_limit(clock):
    first, second = two()
    taken = sum(one.take("10.0.0.1") for _ in range(40) for one in (first, second))
    assert 20 <= taken <= 20 + 2 * 3  # less than a step more for each process
    assert first.take("10.0.0.2")
    assert PublicTurn.objects.get(key="test:10.0.0.1").used >= 20


@pytest.mark.django_db
def test_a_new_process_learns_what_others_counted(clock):
    first, second = two(most=12)
    assert sum(first.take("a") for _ in range(30)) == 12
    assert sum(second.take("a") for _ in range(30)) <= 3  # it asks at its fourth


@pytest.mark.django_db
def test_the_next_minute_begins_anew(clock):
    first, second = two()
    assert sum(first.take("a") for _ in range(60)) == 20
    clock[0] += 60
    assert sum(second.take("a") for _ in range(8)) == 8
    assert PublicTurn.objects.get().used == 8


@pytest.mark.django_db
def test_few_requests_ask_the_database_nothing(clock, django_assert_num_queries):
    first, _second = two(step=25, most=300)
    with django_assert_num_queries(0):
        assert all(first.take(f"10.0.0.{number % 10}") for number in range(200))


@pytest.mark.django_db
def test_without_a_database_each_counts_alone(clock, monkeypatch):
    first, _second = two()

    class Broken:
        def cursor(self):
            raise DatabaseError("gone")

    monkeypatch.setattr(turns, "connection", Broken())
    assert sum(first.take("a") for _ in range(60)) == 20


@pytest.mark.django_db
def test_old_counts_are_forgotten(clock):
    first, _second = two()
    for _ in range(4):
        first.take("a")
    assert forget_old_turns() == 0
    clock[0] += 4000
    assert forget_old_turns() == 1
