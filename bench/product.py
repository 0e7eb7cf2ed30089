"""The whole product under measurement: its processes, its memory, a logged-in session."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from bench.database import Installation


@contextmanager
def running(installation: Installation, port: int) -> Iterator[psutil.Process]:
    """Start ``ponte up`` on ``port``, wait until it answers, stop it at the end; yield its supervisor."""
    environment = installation.environment(port)
    for name in ("DATABASE_URL", "DATABASE_DIRECT_URL", "PONTE_DATABASE_POOL"):
        environment.pop(name, None)
    process = subprocess.Popen(
        [sys.executable, "-m", "ponte.cli", "up"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=60)


def memory(supervisor: psutil.Process, postmaster: int) -> dict[str, float]:
    """Return the proportional set size in MB of the product's processes, PostgreSQL apart and included."""
    own = [supervisor, *supervisor.children(recursive=True)]
    postgres = psutil.Process(postmaster)
    server = [postgres, *postgres.children(recursive=True)]
    known = {process.pid for process in server}
    product = sum(_pss(process) for process in own if process.pid not in known)
    database = sum(_pss(process) for process in server)
    return {"product": product, "postgresql": database, "all": product + database}


def session_cookie(email: str) -> str:
    """Log the user in as the product would after a password; return the Cookie header."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from ponte.core.tenancy.models import User

    user = User.objects.get(email=email)
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


def _pss(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / 2**20
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0.0


def _wait(port: int, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise TimeoutError(f"nothing answers on port {port}")
