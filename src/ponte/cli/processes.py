"""The three kinds of process: web, worker, live. Each function is the whole life of one."""

import asyncio
import os
from collections.abc import Sequence


def preload() -> None:
    """Load what every process needs, before children are forked, so that they share the memory."""
    import gc
    import importlib

    import uuid_utils
    from django.conf import settings
    from django.urls import get_resolver

    from ponte.cli.surroundings import start_django

    start_django()
    for urlconf in (settings.ROOT_URLCONF, settings.WORKSPACE_URLCONF):
        get_resolver(urlconf).url_patterns  # noqa: B018 - reading it imports every view
    importlib.import_module("granian")
    # Two children must not make the same random identifiers.
    os.register_at_fork(after_in_child=uuid_utils.reseed_rng)
    gc.collect()
    gc.freeze()  # what is loaded now is never looked at again, so its memory stays shared
    gc.enable()


def run_web(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve pages and API (WSGI) until SIGTERM.

    Args:
        workers: processes.
        threads: threads of each process.
    """
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "ponte.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        runtime_blocking_threads=8,
        backlog=512,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=10,
    ).serve()


def run_live(*, host: str, port: int) -> None:
    """Serve live messages to browsers (ASGI, server-sent events) until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    Granian(
        "ponte.config.live:application",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        runtime_blocking_threads=2,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=1.0,
        workers_kill_timeout=3,
    ).serve()


def run_worker(*, queues: Sequence[str], threads: int, niceness: int, name: str) -> None:
    """Run background jobs until SIGTERM; those under way get 20 s to finish, the rest runs again later.

    Where processors are scarce, people at a screen come first: a worker asks for less of them than the web process.

    Args:
        queues: names of the queues to serve.
        threads: jobs run at the same time.
        niceness: 0 to 19; at 10 Linux gives it a tenth of what a usual process gets beside it.
        name: shown on the job page.
    """
    os.nice(niceness)
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.utils import connector_params
    from procrastinate.psycopg_connector import PsycopgConnector

    # Jobs go on enqueueing through Django's connection, in their transaction; only the worker itself uses its own.
    worker_app = app.with_connector(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3))

    async def work() -> None:
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                queues=list(queues),
                concurrency=threads,
                name=name,
                shutdown_graceful_timeout=20,
                install_signal_handlers=True,
            )

    asyncio.run(work())
