"""Where one PONTE_HOME keeps its server: account, programs, data, socket, passwords.

Everything is recorded in `PONTE_HOME/postgres.json` (mode 0600), so that later starts find it again.
"""

import hashlib
import json
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ponte.cli.postgres.engine import Account, copy_engine, programs_in, wheel_directory
from ponte.cli.postgres.errors import PostgresProblem

SYSTEM_USER = "ponte-postgres"
APART = Path("/var/lib/ponte")
RECORD = "postgres.json"
SOCKET_NAME = ".s.PGSQL.5432"
MAX_SOCKET_PATH = 107  # bytes, Linux's sun_path without the closing zero; macOS has 103
_SOCKET_ROOM = 103 - len(f"/{SOCKET_NAME}")


@dataclass(frozen=True)
class Place:
    """All that is known about one home's server."""

    home: str
    folder: str  # data, log and (where short enough) socket
    engine: str  # folder that holds the programs
    socket: str
    superuser_password: str
    owner_password: str
    app_password: str

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return Path(self.folder) / "data"

    @property
    def log(self) -> Path:
        """Folder of the server's log files."""
        return Path(self.folder) / "log"

    @property
    def programs(self) -> Path:
        """PostgreSQL's bin directory."""
        return programs_in(Path(self.engine))

    def account(self) -> Account:
        """Who runs the server: as root the owner of the folder, else ourselves."""
        owner = Path(self.folder).stat()
        if os.geteuid() != 0:
            if owner.st_uid != os.geteuid():
                name = _user_name(owner.st_uid)
                raise PostgresProblem(
                    f"The database in {self.folder} belongs to the user {name}; it was created by another user. "
                    f"Run ponte as that user (or as root), or choose another PONTE_HOME."
                )
            return Account(None, None)
        return Account(owner.st_uid, owner.st_gid)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def make_home(home: Path) -> Path:
    """Create PONTE_HOME when it is missing and give its real path; one that exists is left as it is."""
    try:
        # Root's server runs as another user, which must pass through (not list) the folder.
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise PostgresProblem(
            f"The data directory {home} cannot be created: {problem.strerror}."
        ) from problem
    return home.resolve()


def read_place(home: Path) -> Place | None:
    """What an earlier start recorded, or nothing.

    Raises:
        PostgresProblem: the record cannot be read.
    """
    record = home / RECORD
    try:
        return _moved(Place(**json.loads(record.read_text(encoding="utf-8"))), home)
    except FileNotFoundError:
        return None
    except PermissionError as problem:
        raise PostgresProblem(
            f"{record} belongs to another user; run ponte as its owner or as root."
        ) from problem
    except (ValueError, TypeError) as problem:
        raise PostgresProblem(f"{record} is damaged ({problem}); restore it from a copy.") from problem


def _moved(place: Place, home: Path) -> Place:
    """A home that was renamed takes its server's folder along; a copied one never shares a server."""
    if place.home == str(home):
        return place
    if Path(place.folder).is_relative_to(place.home):
        return replace(place, home=str(home), folder=str(home / "postgres"), socket="")
    if (Path(place.home) / RECORD).exists():
        raise PostgresProblem(
            f"{home} is a copy of {place.home}, whose database stays in {place.folder}. "
            f"Delete {home / RECORD} to start with an empty database, then use `ponte restore`."
        )
    return replace(place, home=str(home))


def settle(home: Path) -> Place:
    """The place of this home's server, decided on the first start and kept."""
    known = read_place(home)
    place = known or _choose(home)
    place = _with_engine(place)
    place = _with_socket(place)
    if place != known:
        _write(home, place)
    return place


def _choose(home: Path) -> Place:
    account = Account(None, None) if os.geteuid() else _unprivileged_account()
    folder = home / "postgres"
    if not _prepare(folder, account):
        folder = APART / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
        if not _prepare(folder, account):
            raise PostgresProblem(
                f"PostgreSQL runs as an unprivileged user, which reaches neither {home} nor {folder}. "
                "Choose a PONTE_HOME that other users may pass through, or run ponte as an ordinary user."
            )
        (folder / "home").write_text(f"{home}\n", encoding="utf-8")
    return Place(
        home=str(home),
        folder=str(folder),
        engine="",
        socket="",
        superuser_password=secrets.token_urlsafe(24),
        owner_password=secrets.token_urlsafe(24),
        app_password=secrets.token_urlsafe(24),
    )


def _prepare(folder: Path, account: Account) -> bool:
    """Make the server's private folder; tell whether its user reaches it."""
    made = not folder.exists()
    try:
        if folder.parent == APART:
            APART.mkdir(mode=0o711, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        if made:
            account.own(folder)
    except OSError as problem:
        raise PostgresProblem(f"{folder} cannot be created: {problem.strerror}.") from problem
    if account.can_enter(folder):
        return True
    if made:
        folder.rmdir()
    return False


def _with_engine(place: Place) -> Place:
    """Programs straight from the wheel where the server's user reaches them, else from a copy."""
    account = place.account()
    if account.can_run(programs_in(wheel_directory()) / "postgres"):
        return replace(place, engine=str(wheel_directory()))
    signature = hashlib.sha256()
    for program in ("postgres", "initdb"):
        facts = (programs_in(wheel_directory()) / program).stat()
        signature.update(f"{program} {facts.st_size}".encode())
    base = APART if os.geteuid() == 0 else Path(place.folder)
    engine = base / f"engine-{signature.hexdigest()[:12]}"
    try:
        base.mkdir(mode=0o711, parents=True, exist_ok=True)
        copy_engine(engine)
    except OSError as problem:
        raise PostgresProblem(f"PostgreSQL's programs cannot be copied to {engine}: {problem}.") from problem
    if not account.can_run(programs_in(engine) / "postgres"):
        raise PostgresProblem(
            f"PostgreSQL's programs do not run on this system ({programs_in(engine)}/postgres --version). "
            "Set DATABASE_URL to a PostgreSQL (15 or later) of your own."
        )
    return replace(place, engine=str(engine))


def _with_socket(place: Place) -> Place:
    """A private folder for the socket, short enough for the operating system."""
    account = place.account()
    wanted = Path(place.folder) / "run"
    if len(os.fsencode(wanted)) <= _SOCKET_ROOM:
        wanted.mkdir(mode=0o700, exist_ok=True)
        account.own(wanted)
        return replace(place, socket=str(wanted))
    if place.socket and _is_private(Path(place.socket), account):
        return place
    runtime = os.environ.get("XDG_RUNTIME_DIR", "") if os.geteuid() else ""
    for base in (runtime, tempfile.gettempdir(), "/tmp"):  # noqa: S108 - mkdtemp makes a private folder
        if base and len(os.fsencode(base)) + 16 <= _SOCKET_ROOM and os.access(base, os.W_OK | os.X_OK):
            folder = Path(tempfile.mkdtemp(prefix="ponte-", dir=base))
            account.own(folder)
            if account.can_enter(folder):
                return replace(place, socket=str(folder))
            folder.rmdir()
    raise PostgresProblem("No short private folder for PostgreSQL's socket can be made in /tmp.")


def _is_private(folder: Path, account: Account) -> bool:
    try:
        facts = folder.lstat()
    except OSError:
        return False
    owner = os.geteuid() if account.uid is None else account.uid
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == owner and stat.S_IMODE(facts.st_mode) == 0o700


def _write(home: Path, place: Place) -> None:
    temporary = home / f".{RECORD}.{os.getpid()}"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as record:
        json.dump(asdict(place), record, indent=1)
        record.flush()
        os.fsync(record.fileno())
    temporary.rename(home / RECORD)


def _unprivileged_account() -> Account:
    """PostgreSQL refuses to run as root: a system user of its own, else nobody."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    for name in (SYSTEM_USER, "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            if name != SYSTEM_USER or useradd is None:
                continue
            command = [
                useradd,
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
            ]
            subprocess.run(
                [*command, "--shell", "/usr/sbin/nologin", name],
                capture_output=True,
                check=False,
            )
            try:
                found = pwd.getpwnam(name)
            except KeyError:
                continue
        if found.pw_uid != 0:
            return Account(found.pw_uid, found.pw_gid)
    raise PostgresProblem(
        "PostgreSQL cannot run as root and no unprivileged system user could be made. "
        "Run ponte as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own."
    )
