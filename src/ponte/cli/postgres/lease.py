"""Several commands share one embedded server; the last one to leave stops it.

Each holds a shared lock on a file of PONTE_HOME while it works. A process that is killed loses its lock by
itself. A server that `ponte postgres start` started is left running.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ponte.cli.postgres.place import make_home
from ponte.cli.postgres.server import Server, ensure_server, find_server, open_lock

_USERS = ".postgres.users"
_STOP_AFTER_USE = ".postgres.stop-after-use"


@dataclass(frozen=True)
class Lease:
    """The right to use the running server of a home until `release()`."""

    server: Server
    home: Path
    lock: int

    def release(self) -> None:
        """Stop using the server, and stop it when it was started for use only and nobody else uses it."""
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if (self.home / _STOP_AFTER_USE).exists():
                self.server.stop()
                (self.home / _STOP_AFTER_USE).unlink(missing_ok=True)
        except BlockingIOError:
            pass  # somebody else still uses it
        finally:
            os.close(self.lock)


def take_lease(home: Path) -> Lease:
    """Start or find the server of `home` and hold it running.

    Raises:
        PostgresProblem: it cannot be started.
    """
    home = make_home(home)
    lock = open_lock(home / _USERS)
    fcntl.flock(lock, fcntl.LOCK_SH)
    try:
        server = ensure_server(home)
    except BaseException:
        os.close(lock)
        raise
    if server.started_here:
        (home / _STOP_AFTER_USE).touch(mode=0o600)
    return Lease(server, home, lock)


@contextmanager
def leased(home: Path) -> Iterator[Server]:
    """Use the server of `home` for the length of a block."""
    lease = take_lease(home)
    try:
        yield lease.server
    finally:
        lease.release()


def keep_running(home: Path) -> Server:
    """Start or find the server and let it run on after the command."""
    server = ensure_server(home)
    (Path(server.place.home) / _STOP_AFTER_USE).unlink(missing_ok=True)
    return server


def stop_now(home: Path) -> bool:
    """Stop the server whoever uses it; tell whether it was running."""
    server = find_server(home)
    if server is None:
        return False
    server.stop()
    (Path(server.place.home) / _STOP_AFTER_USE).unlink(missing_ok=True)
    return True
