"""The supervisor by itself: restarts, prefixes, and leaves nobody behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.runtime.running import wait_until

PROGRAM = """
import os, signal, subprocess, sys, time
from ponte.cli.supervisor import Service, Supervisor

def steady():
    print("steady", os.getpid(), flush=True)
    sys.stdout.write("no newline at the end"); sys.stdout.flush()
    time.sleep(600)

def failing():
    print("failing", time.monotonic(), flush=True)
    raise RuntimeError("broken on purpose")

def stubborn():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print("stubborn", os.getpid(), flush=True)
    time.sleep(600)

services = {"steady": steady, "failing": failing, "stubborn": stubborn}
chosen = [Service(name, services[name]) for name in sys.argv[1:]]
sys.exit(Supervisor(chosen, grace=2).run())
"""


class Running:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.log = folder / "log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, *names], stdout=output, stderr=output, start_new_session=True
            )

    def said(self) -> str:
        return self.log.read_text()

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)


@pytest.fixture
def run(tmp_path: Path):
    started: list[Running] = []

    def start(*names: str) -> Running:
        started.append(Running(tmp_path, *names))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_everybody_when_told_to(run, number: int) -> None:
    running = run("steady")
    wait_until(lambda: "steady │ steady" in running.said(), seconds=20)
    family = running.family()
    running.process.send_signal(number)
    assert running.process.wait(timeout=20) == 0
    assert family
    assert not any(each.is_running() for each in family)
    assert "no newline at the end" in running.said()


def test_what_fails_is_started_again_ever_more_slowly(run) -> None:
    running = run("failing", "steady")
    wait_until(lambda: running.said().count("failing │ failing") >= 3, seconds=30)
    times = [float(line.split()[-1]) for line in running.said().splitlines() if "failing │ failing" in line]
    assert 0.9 < times[1] - times[0] < 1.9
    assert 1.9 < times[2] - times[1] < 3.9
    assert "broken on purpose" in running.said()
    assert "steady  │ steady" in running.said()


def test_a_killed_service_comes_back(run) -> None:
    running = run("steady")
    wait_until(lambda: "steady │ steady" in running.said(), seconds=20)
    first = running.family()[0].pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: running.said().count("steady │ steady") == 2, seconds=20)
    assert "ended unexpectedly" in running.said()
    assert running.family()[0].pid != first


def test_who_does_not_listen_is_killed_with_its_children(run) -> None:
    running = run("stubborn")
    wait_until(lambda: "stubborn │ stubborn" in running.said(), seconds=20)
    family = running.family()
    assert len(family) == 2
    started = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(timeout=20) == 0
    assert 1.5 < time.monotonic() - started < 8
    wait_until(lambda: not any(each.is_running() and each.status() != "zombie" for each in family), seconds=5)
    assert "was killed" in running.said()


@pytest.mark.skipif(sys.platform != "linux", reason="Linux tells children of their parent's death")
def test_children_end_with_a_killed_supervisor(run) -> None:
    running = run("steady")
    wait_until(lambda: "steady │ steady" in running.said(), seconds=20)
    family = running.family()
    running.process.kill()
    running.process.wait()
    wait_until(
        lambda: not any(each.is_running() and each.status() != "zombie" for each in family), seconds=10
    )
