"""The embedded server: private, restartable, and the same for root and for an ordinary user."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

import ponte
from ponte.cli.postgres import PostgresProblem, Server, ensure_server, find_server
from ponte.cli.postgres.lease import keep_running, stop_now, take_lease
from ponte.cli.postgres.place import MAX_SOCKET_PATH, SOCKET_NAME, read_place
from ponte.cli.postgres.server import running_pid

Homes = Callable[[str], Path]


@pytest.fixture(scope="module")
def server(homes: Homes) -> Server:
    return ensure_server(homes("server"))


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[call-overload]
    return row[0] if row else None


def test_application_role_reads_and_writes_rows_but_changes_no_tables(server: Server) -> None:
    with psycopg.connect(server.owner_url) as owner:
        owner.execute("CREATE SCHEMA IF NOT EXISTS shop")
        owner.execute("CREATE TABLE shop.thing (id serial PRIMARY KEY, name text)")
    with psycopg.connect(server.app_url, autocommit=True) as app:
        app.execute("INSERT INTO shop.thing (name) VALUES ('á')")
        app.execute("UPDATE shop.thing SET name = 'b'")
        assert app.execute("SELECT name FROM shop.thing").fetchall() == [("b",)]
        for forbidden in ("CREATE SCHEMA mine", "CREATE TABLE public.mine (id int)", "DROP TABLE shop.thing"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_roles_cannot_raise_themselves(server: Server) -> None:
    rows = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'ponte%' AND (rolsuper OR rolcreaterole OR rolcreatedb)"
    assert one(server.superuser_url, rows) == 0
    assert (
        one(
            server.superuser_url,
            "SELECT count(*) FROM pg_roles WHERE rolname IN ('ponte_app', 'ponte_owner')",
        )
        == 2
    )


def test_nobody_gets_in_without_the_password(server: Server) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://postgres:wrong@/ponte?host={server.place.socket}")
    assert one(server.superuser_url, "SHOW password_encryption") == "scram-sha-256"
    lines = (server.place.data / "pg_hba.conf").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["local all all scram-sha-256"]


def test_listens_on_no_network_and_keeps_its_files_private(server: Server) -> None:
    assert one(server.superuser_url, "SHOW listen_addresses") == ""
    pid = running_pid(server.place)
    assert pid is not None
    for folder in (server.place.folder, server.place.data, server.place.socket):
        assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700, folder
    record = Path(server.place.home) / "postgres.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_settings_keep_it_small_and_quick(server: Server) -> None:
    wanted = {"jit": "off", "timezone": "UTC", "random_page_cost": "1.1", "autovacuum": "on", "fsync": "on"}
    assert {name: one(server.superuser_url, f"SHOW {name}") for name in wanted} == wanted
    assert one(server.superuser_url, "SHOW wal_compression") != "off"
    assert one(
        server.superuser_url, "SELECT pg_size_bytes(current_setting('shared_buffers')) <= 128 * 1024 * 1024"
    )


def test_accents_fold_in_lower(server: Server) -> None:
    assert one(server.app_url, "SELECT lower('AÇÃO')") == "ação"


def test_running_server_is_adopted(server: Server) -> None:
    again = ensure_server(Path(server.place.home))
    assert not again.started_here
    assert again.place == server.place


def test_databases_are_made_once_and_are_ready_for_the_application(server: Server) -> None:
    server.create_database("second")
    with psycopg.connect(server.url_for("owner", "second")) as owner:
        owner.execute("CREATE TABLE kept (id int)")
    server.create_database("second")
    assert one(server.url_for("app", "second"), "SELECT count(*) FROM kept") == 0
    server.create_database("copy", template="second")
    assert one(server.url_for("app", "copy"), "SELECT count(*) FROM kept") == 0
    server.drop_database("copy")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(server.url_for("app", "copy"))


def test_committed_rows_survive_kill_9(homes: Homes) -> None:
    first = ensure_server(homes("killed"))
    with psycopg.connect(first.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS id")
    pid = running_pid(first.place)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    second = ensure_server(homes("killed"))
    assert second.started_here
    assert running_pid(second.place) != pid
    assert one(second.app_url, "SELECT id FROM kept") == 1


def test_pid_file_that_names_another_process_is_seen_through(homes: Homes) -> None:
    """After a restart of the machine the old number may belong to anybody, here to ourselves."""
    server = ensure_server(homes("reused"))
    stop_now(homes("reused"))
    pid_file = server.place.data / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{server.place.data}\n1\n5432\n{server.place.socket}\n\n")
    owner = Path(server.place.folder).stat()
    os.chown(pid_file, owner.st_uid, owner.st_gid)
    assert find_server(homes("reused")) is None
    assert ensure_server(homes("reused")).started_here


def test_setup_that_was_killed_is_done_again(homes: Homes) -> None:
    home = homes("half")
    server = ensure_server(home)
    stop_now(home)
    server.place.data.rename(server.place.data.with_name("data.1.new"))  # as a killed initdb leaves it
    assert one(ensure_server(home).app_url, "SELECT 1") == 1


def test_home_with_a_long_name_gets_a_short_socket(homes: Homes) -> None:
    server = ensure_server(homes("n" * 120))
    assert len(f"{server.place.socket}/{SOCKET_NAME}") <= MAX_SOCKET_PATH
    assert stat.S_IMODE(Path(server.place.socket).stat().st_mode) == 0o700
    assert one(server.app_url, "SELECT 1") == 1


def test_home_that_moves_takes_its_database_along(homes: Homes) -> None:
    old, new = homes("old"), homes("new")
    with psycopg.connect(ensure_server(old).owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS id")
    stop_now(old)
    old.rename(new)
    server = ensure_server(new)
    assert Path(server.place.folder).is_relative_to(new) or not Path(server.place.folder).is_relative_to(old)
    assert one(server.app_url, "SELECT id FROM kept") == 7


def test_data_of_another_version_are_refused(homes: Homes) -> None:
    server = ensure_server(homes("version"))
    stop_now(homes("version"))
    (server.place.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(PostgresProblem, match="made by PostgreSQL 16"):
        ensure_server(homes("version"))


def test_last_user_stops_the_server(homes: Homes) -> None:
    home = homes("shared")
    first, second = take_lease(home), take_lease(home)
    first.release()
    assert find_server(home) is not None
    second.release()
    assert find_server(home) is None


def test_server_started_to_stay_stays(homes: Homes) -> None:
    home = homes("staying")
    keep_running(home)
    take_lease(home).release()
    assert find_server(home) is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="root's way around folders closed to others")
def test_root_keeps_closed_folders_closed(homes: Homes, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = homes("closed/home")
    server = ensure_server(home)
    try:
        assert one(server.app_url, "SELECT 1") == 1
        assert not Path(server.place.folder).is_relative_to(closed)
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        record = read_place(home)
        assert record is not None
        assert record.folder == server.place.folder
        assert Path(server.place.folder).stat().st_uid != 0
    finally:
        stop_now(home)


def test_ordinary_user_runs_it_too(folder: Path, python_of_everybody: str) -> None:
    """The whole cycle as somebody without rights: set up, use, stop, all of it in the user's own home."""
    home = folder / "ordinary"
    home.mkdir(mode=0o700)
    options: dict[str, object] = {}
    if os.geteuid() == 0:
        os.chown(home, 65534, 65534)
        options = {"user": 65534, "group": 65534, "extra_groups": []}
    packages = Path(ponte.__file__).parents[1], Path(psycopg.__file__).parents[1]
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(map(str, packages)), "HOME": str(home)}

    def command(*arguments: str) -> str:
        done = subprocess.run(
            [python_of_everybody, "-m", "ponte.cli", "postgres", *arguments, "--home", str(home)],
            env=environment, cwd="/", capture_output=True, text=True, timeout=120, check=False, **options,
        )  # type: ignore[call-overload]  # fmt: skip
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    try:
        assert "started" in command("start")
        assert (home / "postgres" / "data").stat().st_uid == (65534 if os.geteuid() == 0 else os.geteuid())
        assert command("url").startswith("postgresql://ponte_app:")
    finally:
        assert "stopped" in command("stop")


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")
def test_another_users_database_is_refused_in_words(homes: Homes, python_of_everybody: str) -> None:
    home = homes("roots")
    ensure_server(home)
    packages = Path(ponte.__file__).parents[1], Path(psycopg.__file__).parents[1]
    done = subprocess.run(
        [python_of_everybody, "-m", "ponte.cli", "postgres", "start", "--home", str(home)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(map(str, packages))},
        cwd="/", user=65534, group=65534, extra_groups=[], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "another user" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_port_of_the_network_is_opened(server: Server) -> None:
    """5432 may belong to somebody else's server, but never to ours."""
    pid = running_pid(server.place)
    if sys.platform != "linux" or pid is None:
        pytest.skip("reads /proc")
    inodes = {os.readlink(f"/proc/{pid}/fd/{each}") for each in os.listdir(f"/proc/{pid}/fd")}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            assert f"socket:[{line.split()[9]}]" not in inodes
