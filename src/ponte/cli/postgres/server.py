"""Starting, adopting and stopping the server of one PONTE_HOME."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from ponte.cli.postgres import databases
from ponte.cli.postgres.engine import MAJOR, run_program
from ponte.cli.postgres.errors import PostgresProblem
from ponte.cli.postgres.place import SOCKET_NAME, Place, make_home, read_place, settle
from ponte.cli.postgres.tuning import apply_configuration

DATABASE = "ponte"
START_SECONDS = 60
STOP_SECONDS = 60


@dataclass(frozen=True)
class Server:
    """A running embedded server.

    Attributes:
        started_here: this call started it (it was not running before).
    """

    place: Place
    started_here: bool = False

    @property
    def app_url(self) -> str:
        """Address for the product's daily work (role `ponte_app`, no DDL)."""
        return self.url_for("app")

    @property
    def owner_url(self) -> str:
        """Address for migrations (role `ponte_owner`)."""
        return self.url_for("owner")

    @property
    def superuser_url(self) -> str:
        """Address for set-up, backup and restore (role `postgres`)."""
        return self.url_for("superuser")

    def url_for(self, who: str, database: str = DATABASE) -> str:
        """Address of a database: `who` is "app", "owner" or "superuser"."""
        role, password = {
            "app": (databases.APP, self.place.app_password),
            "owner": (databases.OWNER, self.place.owner_password),
            "superuser": (databases.SUPERUSER, self.place.superuser_password),
        }[who]
        socket = (
            self.place.socket.replace("%", "%25").replace(" ", "%20").replace("&", "%26").replace("#", "%23")
        )
        return f"postgresql://{role}:{password}@/{database}?host={socket}"

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Make a database owned by `ponte_owner`, ready for `ponte_app`; one that exists is left as it is.

        Args:
            template: another database to copy, nobody connected to it.
        """
        databases.create_database(self._conninfo("postgres"), self._conninfo(name), name, template=template)

    def drop_database(self, name: str) -> None:
        """Remove a database, connections to it included."""
        databases.drop_database(self._conninfo("postgres"), name)

    def stop(self) -> None:
        """Stop the server, ending open connections."""
        stop_server(self.place)

    def _conninfo(self, database: str) -> str:
        return _conninfo(self.place, database)


def _conninfo(place: Place, database: str) -> str:
    return make_conninfo(
        host=place.socket,
        dbname=database,
        user=databases.SUPERUSER,
        password=place.superuser_password,
        connect_timeout=5,
    )


def ensure_server(home: Path, *, throwaway: bool = False) -> Server:
    """The running server of `home`: adopted when it runs already, else set up and started.

    Args:
        home: PONTE_HOME; made when missing.
        throwaway: for tests: no durability.

    Raises:
        PostgresProblem: it cannot be started; the message says why.
    """
    home = make_home(home)
    with _only_one(home):
        place = settle(home)
        started = not running_pid(place)
        if started:
            _initialise(place)
            _start(place, throwaway=throwaway)
        _await_ready(place)
        databases.set_up_roles(
            _conninfo(place, "postgres"),
            owner_password=place.owner_password,
            app_password=place.app_password,
        )
        server = Server(place, started_here=started)
        server.create_database(DATABASE)
        return server


def find_server(home: Path) -> Server | None:
    """The server of `home` if it is running now; starts nothing."""
    if not home.is_dir():
        return None
    place = read_place(home.resolve())
    return Server(place) if place and running_pid(place) else None


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    """One process at a time sets up or starts the server of a home."""
    with os.fdopen(open_lock(home / ".postgres.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def open_lock(path: Path) -> int:
    """A file descriptor to lock.

    Raises:
        PostgresProblem: the home belongs to another user.
    """
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as problem:
        raise PostgresProblem(
            f"{path.parent} belongs to another user. Run ponte as that user or as root, or choose another PONTE_HOME."
        ) from problem


def running_pid(place: Place) -> int | None:
    """Process id of this place's server; stale pid files (kill -9, reboot) are seen through."""
    try:
        pid = int((place.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        process = psutil.Process(pid)
        command = process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    ours = bool(command) and "postgres" in Path(command[0]).name and str(place.data) in command
    return pid if ours and process.status() != psutil.STATUS_ZOMBIE else None


def _initialise(place: Place) -> None:
    """Make the data directory; an attempt that was killed leaves nothing that is taken for one."""
    account = place.account()
    if place.data.exists():
        version = (place.data / "PG_VERSION").read_text(encoding="utf-8").strip()
        if version != str(MAJOR):
            raise PostgresProblem(
                f"{place.data} was made by PostgreSQL {version}, this Ponte brings {MAJOR}. "
                "Take a backup with the Ponte that made it, and restore it here (docs/operations.md)."
            )
        return
    folder = Path(place.folder)
    new, password = (
        folder / f"data.{os.getpid()}.new",
        folder / f"password.{os.getpid()}",
    )
    try:
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(place.superuser_password)
        account.own(password)
        done = run_program(
            place.programs / "initdb",
            *("-D", str(new), "-U", databases.SUPERUSER, "--pwfile", str(password)),
            *(
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale",
                "--no-instructions",
            ),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            account=account,
            cwd=folder,
        )
    finally:
        password.unlink(missing_ok=True)
    if done.returncode:
        raise PostgresProblem(f"PostgreSQL could not be set up in {folder}:\n{done.stdout.strip()}")
    new.rename(place.data)


def _start(place: Place, *, throwaway: bool) -> None:
    """Start the server apart from our process group, so that Ctrl+C reaches it only through us."""
    apply_configuration(place.data, Path(place.socket), throwaway=throwaway)
    give_up = time.monotonic() + 20
    while True:
        # We know that no server of ours runs: what a killed one left must not frighten the new one.
        (place.data / "postmaster.pid").unlink(missing_ok=True)
        (Path(place.socket) / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)
        done = run_program(
            place.programs / "pg_ctl",
            *("start", "-D", str(place.data), "-w", "-t", str(START_SECONDS)),
            *("-l", str(Path(place.folder) / "startup.log")),
            account=place.account(),
            cwd=Path(place.folder),
        )
        if done.returncode == 0:
            return
        reason = _last_words(place)
        # After kill -9 of the server its children need a moment to notice and go.
        if "shared memory" not in reason or time.monotonic() > give_up:
            raise PostgresProblem(f"PostgreSQL did not start (log: {place.folder}):\n{reason}")
        time.sleep(0.5)


def _last_words(place: Place) -> str:
    logs = [Path(place.folder) / "startup.log", *place.log.glob("*.log")]
    newest = max(
        (log for log in logs if log.exists()),
        key=lambda log: log.stat().st_mtime,
        default=None,
    )
    return "\n".join(newest.read_text(errors="replace").splitlines()[-8:]) if newest else "(no log)"


def _await_ready(place: Place) -> None:
    """Wait until the server takes connections (one adopted may still be recovering)."""
    give_up = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(_conninfo(place, "postgres")).close()
        except psycopg.OperationalError as problem:
            if "password authentication failed" in str(problem):
                raise PostgresProblem(
                    f"The passwords in {place.home}/postgres.json are not those of the database in {place.folder}."
                ) from problem
            if time.monotonic() > give_up or not running_pid(place):
                raise PostgresProblem(
                    f"PostgreSQL does not answer: {problem}\n{_last_words(place)}"
                ) from problem
            time.sleep(0.1)
        else:
            return


def stop_server(place: Place) -> None:
    """Stop this place's server ("fast": open transactions roll back), if it runs.

    Raises:
        PostgresProblem: it did not stop.
    """
    if not running_pid(place):
        return
    done = run_program(
        place.programs / "pg_ctl",
        *("stop", "-D", str(place.data), "-m", "fast", "-w", "-t", str(STOP_SECONDS)),
        account=place.account(),
        cwd=Path(place.folder),
    )
    if done.returncode and running_pid(place):
        raise PostgresProblem(f"PostgreSQL did not stop:\n{done.stdout.strip()}")
