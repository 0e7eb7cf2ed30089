"""Running `ponte` as people do, and looking at what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import psutil

PONTE = [sys.executable, "-m", "ponte.cli"]


def clean_environment(home: Path, **more: str) -> dict[str, str]:
    """This process's environment without anything of Ponte's, and with the settings given."""
    own = ("PONTE", "DATABASE", "DJANGO", "PORT", "LIVE_PORT", "EMAIL_URL", "OIDC")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "PONTE_HOME": str(home), "COLUMNS": "200", **more}


@dataclass(frozen=True)
class Commands:
    """`ponte` with the surroundings of one home."""

    home: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str, fails: bool = False, **more: str) -> str:
        """Run a command, which must succeed (or fail with exit code 1); return what it said."""
        done = self.run(*arguments, **more)
        said = done.stdout + done.stderr
        assert done.returncode == (1 if fails else 0), said
        assert "Traceback" not in said, said
        return said

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        environment = {**self.environment, **more}
        return subprocess.run(
            [*PONTE, *arguments], env=environment, capture_output=True, text=True, timeout=300, check=False
        )

    def each(self, *several: tuple[str, ...]) -> list[tuple[int, str]]:
        """Run several commands in one process; return exit code and words of each."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.runtime.many", json.dumps(several)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [(code, said) for code, said in json.loads(done.stdout)]


@dataclass
class Up:
    """A running `ponte up`."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def get(self, path: str) -> int:
        """The status a page answers with; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            return 0

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask it to stop, as Ctrl+C does, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=60)


def start_up(commands: Commands, *arguments: str, stack: ExitStack) -> Up:
    """Start `ponte up` and wait until it says where it runs; `stack` ends it whatever happens."""
    log = commands.home.parent / f"up-{time.monotonic_ns()}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PONTE, "up", *arguments],
            env=commands.environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    up = Up(process, log, int(commands.environment["PORT"]))
    stack.callback(_end, process)
    wait_until(lambda: "Ponte runs at" in up.said() or process.poll() is not None, seconds=240)
    assert process.poll() is None, up.said()
    return up


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def wait_until(true: Callable[[], bool], *, seconds: float) -> None:
    """Wait for something to become true; fail when it does not."""
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, f"did not happen within {seconds} s"
        time.sleep(0.1)


def free_ports(number: int) -> list[int]:
    """Ports nobody listens on."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def processes_of(home: Path) -> list[str]:
    """Command lines of every process that mentions a home or works in its environment."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "status"]):
        if process.pid == os.getpid() or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        line = " ".join(process.info["cmdline"] or [])
        try:
            its_home = process.environ().get("PONTE_HOME")
        except psutil.Error:
            its_home = None
        if str(home) in line or its_home == str(home):
            found.append(f"{process.pid} {line}")
    return found
