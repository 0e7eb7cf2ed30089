"""`ponte up`: one command, everything runs, Ctrl+C leaves nothing."""

from __future__ import annotations

import os
import signal
import time
from contextlib import ExitStack

import psutil

from ponte.cli.demo import LOGINS, PASSWORD
from ponte.cli.postgres import find_server
from tests.runtime.running import Commands, processes_of, start_up, wait_until


def test_everything_runs_under_one_command_and_ends_with_it(demo: Commands) -> None:
    assert "there already" in demo("demo")
    with ExitStack() as stack:
        up = start_up(demo, "--demo", stack=stack)
        assert up.get("/healthz") == 200
        assert up.get("/readyz") == 200
        assert f"http://localhost:{up.port}" in up.said()
        assert PASSWORD in up.said()
        assert LOGINS[0].email in up.said()

        wait_until(lambda: "alive" in demo("doctor"), seconds=60)
        said = demo("doctor")
        assert f"answers on port {up.port}" in said
        assert "wrong" not in said

        second = demo("up", fails=True)
        assert f"Port {up.port} is taken" in second
        assert "PORT=" in second

        assert "running on this database" in _restore_refused(demo)
        assert up.stop(signal.SIGINT) == 0
    assert processes_of(demo.home) == []
    assert find_server(demo.home) is None


def _restore_refused(demo: Commands) -> str:
    file = demo.home.parent / "while-running.tar"
    demo("backup", str(file))
    return demo("restore", str(file), "--yes", fails=True)


def test_a_killed_web_process_is_replaced(demo: Commands) -> None:
    with ExitStack() as stack:
        up = start_up(demo, stack=stack)
        web = next(each for each in psutil.Process(up.process.pid).children() if each.name() == "ponte-web")
        os.kill(web.pid, signal.SIGKILL)
        wait_until(lambda: "web" in up.said() and "starts again" in up.said(), seconds=10)
        wait_until(lambda: up.get("/healthz") == 200, seconds=20)
        up.stop(signal.SIGTERM)
    assert processes_of(demo.home) == []


def test_start_after_kill_9_finds_everything_and_takes_over(demo: Commands) -> None:
    with ExitStack() as stack:
        up = start_up(demo, stack=stack)
        up.process.kill()
        up.process.wait()
        wait_until(lambda: not any("ponte.cli" in each for each in processes_of(demo.home)), seconds=20)
        again = start_up(demo, stack=stack)
        assert again.get("/readyz") == 200
        again.stop()
    assert processes_of(demo.home) == []


def test_jobs_enqueued_are_run(demo: Commands) -> None:
    """The demo left events to deliver; the workers take them."""
    with ExitStack() as stack:
        up = start_up(demo, stack=stack)
        wait_until(lambda: _waiting(demo) == 0, seconds=90)
        up.stop()


def _waiting(demo: Commands) -> int:
    import psycopg

    server = find_server(demo.home)
    assert server is not None
    query = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND coalesce(scheduled_at, now()) <= now()"
    with psycopg.connect(server.superuser_url) as connection:
        row = connection.execute(query).fetchone()
    time.sleep(0.3)
    return int(row[0]) if row else 0
