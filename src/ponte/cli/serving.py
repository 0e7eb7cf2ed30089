"""`ponte web`, `ponte worker`, `ponte live`: one kind of process each, for installations on several machines."""

from typing import Annotated

import typer

from ponte.cli import ports, processes
from ponte.cli.surroundings import prepare, read_settings, start_django

Host = Annotated[
    str, typer.Option("--host", envvar="PONTE_BIND", help="Address to listen on; 0.0.0.0 for every one.")
]


def web(
    host: Host = "127.0.0.1",
    workers: Annotated[int | None, typer.Option(envvar="PONTE_WEB_WORKERS", min=1, help="Processes.")] = None,
    threads: Annotated[
        int, typer.Option(envvar="PONTE_WEB_THREADS", min=1, help="Threads of each.")
    ] = processes.WEB_THREADS,
) -> None:
    """Serve pages and the API on PORT."""
    port = read_settings().PORT
    ports.require_free(host, port, setting="PORT")
    prepare()
    start_django()
    processes.preload()
    processes.run_web(
        host=host, port=port, workers=workers or processes.default_web_workers(), threads=threads
    )


def worker(
    queue: Annotated[
        list[str] | None, typer.Option("--queue", help="May be given again. [default: every queue]")
    ] = None,
    threads: Annotated[
        int, typer.Option(envvar="PONTE_WORKER_THREADS", min=1, help="Jobs at the same time.")
    ] = processes.WORKER_THREADS,
    name: Annotated[str, typer.Option(help="Name on the job page.")] = "worker",
) -> None:
    """Run background jobs. Give bulk work a process of its own: --queue bulk."""
    prepare()
    start_django()
    from ponte.core.jobs import QUEUES

    processes.run_worker(queues=queue or QUEUES, threads=threads, name=name)


def live(host: Host = "127.0.0.1") -> None:
    """Serve live messages to browsers on LIVE_PORT."""
    port = read_settings().live_port
    ports.require_free(host, port, setting="LIVE_PORT")
    prepare()
    start_django()
    processes.preload()
    processes.run_live(host=host, port=port)
