"""Timing: closed loops of one or several clients over HTTP, and the same rows by raw SQL."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg


@dataclass(frozen=True)
class Call:
    """One HTTP request. ``expect`` is the status that counts as done."""

    path: str
    method: str = "GET"
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    expect: int = 200


@dataclass(frozen=True)
class Timing:
    """Times of one workload in milliseconds and requests per second."""

    median: float
    p95: float
    rate: float
    number: int
    bytes: int = 0


class WrongAnswer(AssertionError):
    """The product answered something else than what is being measured."""


def http_timing(host: str, port: int, make: Callable[[int], Call], *, clients: int, number: int) -> Timing:
    """Return the times of ``number`` requests made by ``clients`` that each wait for their answers.

    The first tenth warms up and isn't counted. Raises ``WrongAnswer`` on an unexpected status.
    """
    warm = max(2 * clients, number // 10)
    counter, lock = iter(range(10**9)), threading.Lock()
    times: list[float] = []
    sizes: list[int] = []
    errors: list[str] = []
    began = [0.0]

    def work() -> None:
        connection = http.client.HTTPConnection(host, port, timeout=120)
        while not errors:
            with lock:
                index = next(counter)
                if index == warm:
                    began[0] = time.perf_counter()
            if index >= warm + number:
                break
            call = make(index)
            started = time.perf_counter()
            connection.request(call.method, call.path, call.body, call.headers)
            answer = connection.getresponse()
            body = answer.read()
            took = time.perf_counter() - started
            if answer.status != call.expect:
                errors.append(f"{call.method} {call.path}: {answer.status} {body[:300]!r}")
            if index >= warm:
                times.append(took * 1000)
                sizes.append(len(body))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise WrongAnswer(errors[0])
    return _summary(times, time.perf_counter() - began[0], int(statistics.median(sizes)))


def sql_timing(url: str, schema: str, make: Callable[[int], tuple[str, list[Any]]], *, number: int) -> Timing:
    """Return the times of fetching the same rows through psycopg on one connection."""
    times = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        for index in range(number + 3):
            statement, parameters = make(index)
            started = time.perf_counter()
            connection.execute(statement, parameters).fetchall()  # type: ignore[arg-type]
            if index >= 3:
                times.append((time.perf_counter() - started) * 1000)
    return _summary(times, sum(times) / 1000)


def machine_noise(seconds: float = 2.0) -> float:
    """Return how much a fixed piece of work varies here, as (p95 − median) ÷ median, in per cent."""
    times = []
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        started = time.perf_counter()
        sum(number * number for number in range(20_000))
        times.append(time.perf_counter() - started)
    median = statistics.median(times)
    return (_quantile(times, 0.95) - median) / median * 100


def _summary(times: list[float], wall: float, size: int = 0) -> Timing:
    return Timing(statistics.median(times), _quantile(times, 0.95), len(times) / wall, len(times), size)


def _quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
