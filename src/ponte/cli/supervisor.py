"""One process that keeps the others running: starts, restarts with back-off, prefixes their lines, stops them.

Children are forked from this process after it has loaded the application, so that they share its memory and
start at once. It must therefore have neither threads nor open connections of its own.
"""

import ctypes
import os
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NoReturn

GRACE_SECONDS = 15.0
_STEADY_SECONDS = 60.0
_LONGEST_PAUSE = 30.0
_COLOURS = ("36", "35", "33", "32", "34")
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15


@dataclass
class Service:
    """One kind of process.

    Attributes:
        name: what its lines are prefixed with.
        run: its whole life; the process ends when this returns.
        detail: shown when it starts.
    """

    name: str
    run: Callable[[], None]
    detail: str = ""
    pid: int = 0
    pipe: int = -1
    rest: bytes = b""
    started: float = 0.0
    failures: int = 0
    restart_at: float | None = None


@dataclass
class Supervisor:
    """Runs services until it is told to stop by SIGINT or SIGTERM.

    Attributes:
        watch: called about five times a second while services start, until it returns True.
    """

    services: Sequence[Service]
    watch: Callable[[], bool] = lambda: True
    grace: float = GRACE_SECONDS
    _stopping: bool = False
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> int:
        """Keep every service running; return the exit code once all have ended."""
        wake, waker = os.pipe()
        os.set_blocking(waker, False)
        self._selector.register(wake, selectors.EVENT_READ, None)
        previous = {
            number: signal.signal(number, self._on_signal) for number in (signal.SIGINT, signal.SIGTERM)
        }
        previous[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        try:
            for service in self.services:
                self._start(service)
            watched = False
            while not self._stopping:
                self._turn(wake, timeout=self._pause(watched))
                watched = watched or self.watch()
            return 0
        finally:
            self._stop_all(wake)
            signal.set_wakeup_fd(-1)
            for number, handler in previous.items():
                signal.signal(number, handler)
            for end in (wake, waker):
                os.close(end)

    def _on_signal(self, number: int, frame: object) -> None:
        self._stopping = True

    def _pause(self, watched: bool) -> float | None:
        waits = [
            service.restart_at - time.monotonic()
            for service in self.services
            if service.restart_at is not None
        ]
        if not watched:
            waits.append(0.2)
        return max(0.0, min(waits)) if waits else None

    def _start(self, service: Service) -> None:
        reading, writing = os.pipe()
        supervisor = os.getpid()
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            _become(service, writing, supervisor)
        os.close(writing)
        os.set_blocking(reading, False)
        service.pid, service.pipe, service.rest = pid, reading, b""
        service.started, service.restart_at = time.monotonic(), None
        self._selector.register(reading, selectors.EVENT_READ, service)

    def _turn(self, wake: int, timeout: float | None) -> None:
        """Pass on what was written, notice who ended, start again whose time has come."""
        for key, _ in self._selector.select(timeout):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(wake, 4096)
            else:
                self._read(key.data)
        for service in self.services:
            if service.pid and os.waitpid(service.pid, os.WNOHANG)[0]:
                self._ended(service)
            elif (
                service.restart_at is not None
                and time.monotonic() >= service.restart_at
                and not self._stopping
            ):
                self._start(service)

    def _read(self, service: Service) -> None:
        try:
            data = os.read(service.pipe, 65536)
        except BlockingIOError:
            return
        if not data:
            self._selector.unregister(service.pipe)
            os.close(service.pipe)
            service.pipe = -1
        *lines, service.rest = (service.rest + data).split(b"\n")
        for line in lines:
            self._say(service, line.decode(errors="replace"))
        if (not data or len(service.rest) > 65536) and service.rest:
            self._say(service, service.rest.decode(errors="replace"))
            service.rest = b""

    def _ended(self, service: Service) -> None:
        """Clear up after a process that ended by itself, and plan its return."""
        while service.pipe >= 0:
            before = service.pipe, service.rest
            self._read(service)
            if (service.pipe, service.rest) == before:
                break
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(service.pid, signal.SIGKILL)  # its own children must not keep ports and locks
        service.pid = 0
        if service.pipe >= 0:
            self._selector.unregister(service.pipe)
            os.close(service.pipe)
            service.pipe = -1
        if self._stopping:
            return
        steady = time.monotonic() - service.started > _STEADY_SECONDS
        service.failures = 1 if steady else service.failures + 1
        pause = min(_LONGEST_PAUSE, 2.0 ** (service.failures - 1))
        service.restart_at = time.monotonic() + pause
        self._say(service, f"ended unexpectedly, starts again in {pause:.0f} s")

    def _stop_all(self, wake: int) -> None:
        self._stopping = True
        for service in self.services:
            service.restart_at = None
            if service.pid:
                with suppress(ProcessLookupError):
                    os.kill(service.pid, signal.SIGTERM)
        give_up = time.monotonic() + self.grace
        while any(service.pid for service in self.services) and time.monotonic() < give_up:
            self._turn(wake, timeout=0.1)
        for service in self.services:
            if service.pid:
                self._say(service, f"did not stop within {self.grace:.0f} s and was killed")
                with suppress(ProcessLookupError):
                    os.killpg(service.pid, signal.SIGKILL)
                os.waitpid(service.pid, 0)
                self._ended(service)

    def _say(self, service: Service, line: str) -> None:
        width = max(len(each.name) for each in self.services)
        prefix = f"{service.name:<{width}} │"
        if sys.stdout.isatty():
            prefix = f"\x1b[{_COLOURS[list(self.services).index(service) % len(_COLOURS)]}m{prefix}\x1b[0m"
        with suppress(BrokenPipeError):
            print(prefix, line, flush=True)


def _become(service: Service, writing: int, supervisor: int) -> NoReturn:
    """The child's life after the fork: own process group, own signals, output into the pipe."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl+C reaches the supervisor alone, which stops us in order
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        _die_with(supervisor, service.name)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (writing, 1), (writing, 2)):
            os.dup2(source, target)
        os.close(writing)
        service.run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _die_with(supervisor: int, name: str) -> None:
    """Linux: end when the supervisor is killed, and carry a name of our own in `ps` and `top`."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    libc.prctl(_PR_SET_NAME, f"ponte-{name}".encode()[:15], 0, 0, 0)
    if os.getppid() != supervisor:
        os._exit(1)
