"""`ponte up`: everything in one go."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ponte.cli import ports, processes
from ponte.cli.problems import Problem
from ponte.cli.supervisor import Service, Supervisor
from ponte.cli.surroundings import prepare, read_settings, start_django

if TYPE_CHECKING:
    from ponte.config.environment import Environment

Host = Annotated[
    str | None, typer.Option("--host", help="Address to listen on. [default: PONTE_BIND, else 127.0.0.1]")
]


def up(
    demo: Annotated[bool, typer.Option("--demo", help="Make the demo workspace on the first start.")] = False,
    host: Host = None,
) -> None:
    """Run everything: database, web, workers and live messages, until Ctrl+C.

    Brings the database up to date first. PORT, PONTE_HOME and DATABASE_URL are honoured.
    """
    gc.disable()  # until everything is loaded: a sixth of the start's time
    early = read_settings()  # ports are looked at before the database takes its time
    address = host or early.PONTE_BIND
    ports.require_free(address, early.PORT, setting="PORT")
    _settle_live_port(address, early.PORT, early.LIVE_PORT)
    if early.is_production and demo:
        raise Problem(
            "The demo workspace has well-known passwords: it is not made with PONTE_MODE=production."
        )
    prepare()
    start_django()
    bringing = _fork(_bring_up_to_date, demo)
    try:
        processes.preload()
    finally:
        _await(bringing)
    env = read_settings()
    watch = _announcer(address, env.PORT, env.PONTE_URL, demo)
    sys.exit(Supervisor(_services(env, address), watch=watch).run())


def _services(env: Environment, host: str) -> list[Service]:
    """What the supervisor runs: web, one worker for the quick queues, one for bulk work, live messages."""

    def web() -> None:
        processes.run_web(
            host=host, port=env.PORT, workers=env.PONTE_WEB_WORKERS, threads=env.PONTE_WEB_THREADS
        )

    def worker() -> None:
        processes.run_worker(
            queues=("events", "default"),
            threads=env.PONTE_WORKER_THREADS,
            niceness=env.PONTE_WORKER_NICENESS,
            name="worker",
        )

    def bulk() -> None:
        processes.run_worker(queues=("bulk",), threads=1, niceness=env.PONTE_WORKER_NICENESS, name="bulk")

    def live() -> None:
        processes.run_live(host=host, port=env.live_port)

    return [Service("web", web), Service("worker", worker), Service("bulk", bulk), Service("live", live)]


def _settle_live_port(host: str, port: int, given: int | None) -> None:
    """Live messages use the next free port, unless one was asked for."""
    if given is not None:
        ports.require_free(host, given, setting="LIVE_PORT")
        return
    free = (
        candidate for candidate in range(port + 1, min(port + 50, 65536)) if ports.is_free(host, candidate)
    )
    os.environ["LIVE_PORT"] = str(next(free, port + 1))


def _fork(work: Callable[..., None], *arguments: object) -> int:
    """Do something in a forked process, so that this one stays small and without connections; return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work(*arguments)
        code = 0
    except Problem as problem:
        typer.secho(str(problem), fg="red", err=True)
    except (KeyboardInterrupt, SystemExit):
        code = 130
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _await(pid: int) -> None:
    """Wait for a forked process; end with its exit code when it failed."""
    try:
        _, status = os.waitpid(pid, 0)
    except KeyboardInterrupt:
        os.waitpid(pid, 0)
        sys.exit(130)
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code if code > 0 else 1)


def _bring_up_to_date(demo: bool) -> None:
    from ponte.cli.migrating import migrate_with_progress

    migrate_with_progress()
    if demo:
        from ponte.cli.demo import ensure_demo

        ensure_demo()


def _announcer(host: str, port: int, public: str, demo: bool) -> Callable[[], bool]:
    """Tell the address once pages are served; then there is nothing left to watch."""

    def watch() -> bool:
        if not ports.answers(host, port):
            return False
        address = public or f"http://localhost:{port}"
        lines = ["", f"  Ponte runs at {address}", ""]
        if demo:
            from ponte.cli.demo import logins

            lines += [*logins(), ""]
        lines += ["  Stop it with Ctrl+C.", ""]
        print("\n".join(lines), flush=True)
        return True

    return watch
