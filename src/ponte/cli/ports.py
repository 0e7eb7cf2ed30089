"""Whether the network ports are free, told before anything starts."""

import socket
from contextlib import suppress

import psutil

from ponte.cli.problems import Problem


def require_free(host: str, port: int, *, setting: str) -> None:
    """Make sure that `port` can be listened on.

    Raises:
        Problem: it is taken; the message names the process where the system tells it.
    """
    if not is_free(host, port):
        raise Problem(
            f"Port {port} is taken{_by_whom(port)}. Stop that, or choose another one: {setting}={port + 10} make run"
        )


def is_free(host: str, port: int) -> bool:
    """Whether `port` can be listened on now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
            attempt.listen(1)
        except PermissionError as problem:
            raise Problem(f"This user may not listen on port {port}. Choose one above 1023.") from problem
        except OSError:
            return False
    return True


def answers(host: str, port: int) -> bool:
    """Whether somebody takes connections on `port`."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - only recognised
    try:
        socket.create_connection((reachable, port), timeout=0.2).close()
    except OSError:
        return False
    return True


def _by_whom(port: int) -> str:
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,)
            if listens and connection.pid:
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    return ""
