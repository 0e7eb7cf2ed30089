"""`ponte web`, `ponte worker`, `ponte live`: one kind of process each, for installations on several machines."""

from typing import Annotated

import typer

from ponte.cli import ports, processes
from ponte.cli.surroundings import prepare, read_settings, start_django

Host = Annotated[
    str | None, typer.Option("--host", help="Address to listen on. [default: PONTE_BIND, else 127.0.0.1]")
]


def web(
    host: Host = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes. [default: PONTE_WEB_WORKERS]")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Threads of each. [default: PONTE_WEB_THREADS]")
    ] = None,
) -> None:
    """Serve pages and the API on PORT."""
    env = read_settings()
    host = host or env.PONTE_BIND
    ports.require_free(host, env.PORT, setting="PORT")
    prepare()
    start_django()
    processes.preload()
    processes.run_web(
        host=host,
        port=env.PORT,
        workers=workers or env.PONTE_WEB_WORKERS,
        threads=threads or env.PONTE_WEB_THREADS,
    )


def worker(
    queue: Annotated[
        list[str] | None, typer.Option("--queue", help="May be given again. [default: every queue]")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Jobs at the same time. [default: PONTE_WORKER_THREADS]")
    ] = None,
    name: Annotated[str, typer.Option(help="Name on the job page.")] = "worker",
) -> None:
    """Run background jobs. Give bulk work a process of its own: --queue bulk."""
    prepare()
    start_django()
    from ponte.core.jobs import QUEUES

    env = read_settings()
    processes.run_worker(
        queues=queue or QUEUES,
        threads=threads or env.PONTE_WORKER_THREADS,
        niceness=env.PONTE_WORKER_NICENESS,
        name=name,
    )


def live(host: Host = None) -> None:
    """Serve live messages to browsers on LIVE_PORT."""
    env = read_settings()
    host = host or env.PONTE_BIND
    ports.require_free(host, env.live_port, setting="LIVE_PORT")
    prepare()
    start_django()
    processes.preload()
    processes.run_live(host=host, port=env.live_port)
