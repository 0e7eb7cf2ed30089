"""What a command needs around it before Django starts: data directory, keys, database addresses.

Everything is put into the environment, where `ponte.config.environment` (and child processes) read it.
"""

from __future__ import annotations

import atexit
import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ponte.cli.problems import Problem

if TYPE_CHECKING:
    from ponte.config.environment import Environment

OLDEST_POSTGRES = 15
_KEYS = "keys.json"


def default_home() -> Path:
    """PONTE_HOME; else `var` in a source checkout, else the user's data directory."""
    given = os.environ.get("PONTE_HOME")
    if given:
        return Path(given).expanduser().absolute()
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").exists():
        return checkout / "var"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share").absolute() / "ponte"


@dataclass(frozen=True)
class Surroundings:
    """The prepared environment.

    Attributes:
        home: data directory.
        embedded: whether the database is the embedded server.
        superuser_url: address with every right, for backup and restore; the owner's with a foreign database.
    """

    home: Path
    embedded: bool
    superuser_url: str


def prepare() -> Surroundings:
    """Set PONTE_HOME, the keys and the database's addresses; start the embedded server where it is used.

    The embedded server is released when the process ends.

    Raises:
        Problem: data directory, keys or server cannot be had.
    """
    home = default_home()
    given = os.environ.get("DATABASE_URL", "")
    if given:
        from ponte.cli.postgres.place import make_home

        home = make_home(home)
        direct = os.environ.setdefault("DATABASE_DIRECT_URL", given)
        for name in ("DATABASE_URL", "DATABASE_DIRECT_URL"):
            _require_answer(name, os.environ[name])
        superuser = direct
    else:
        from ponte.cli.postgres.lease import take_lease

        lease = take_lease(home)
        owner = os.getpid()
        atexit.register(lambda: lease.release() if os.getpid() == owner else None)
        home = lease.home
        os.environ["DATABASE_URL"] = lease.server.app_url
        os.environ["DATABASE_DIRECT_URL"] = lease.server.owner_url
        superuser = lease.server.superuser_url
    os.environ["PONTE_HOME"] = str(home)
    _export_keys(home, foreign_database=bool(given))
    return Surroundings(home=home, embedded=not given, superuser_url=superuser)


def _require_answer(name: str, url: str) -> None:
    """Find out at once, instead of after a pool's patience, that a database of one's own is not there or too old."""
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=8) as connection:
            version = connection.info.server_version // 10000
    except psycopg.Error as problem:
        raise Problem(f"The database of {name} does not answer: {str(problem).strip()}") from problem
    if version < OLDEST_POSTGRES:
        raise Problem(
            f"Ponte needs PostgreSQL {OLDEST_POSTGRES} or later; the server of {name} is {version}."
        )


def _export_keys(home: Path, *, foreign_database: bool) -> None:
    """Use the keys of `PONTE_HOME/keys.json`, made on the first start, for those not given.

    A production installation with a database of its own may have several machines, which must share their
    keys: there nothing is made up, and the settings refuse to start without them.
    """
    names = ("PONTE_SECRET_KEY", "PONTE_ENCRYPTION_KEY")
    if all(os.environ.get(name) for name in names):
        return
    file = home / _KEYS
    if not file.exists():
        if foreign_database and os.environ.get("PONTE_MODE") == "production":
            return
        new = {
            "PONTE_SECRET_KEY": secrets.token_urlsafe(48),
            "PONTE_ENCRYPTION_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        write_keys(file, new)
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise Problem(
            f"The keys in {file} cannot be read: {problem}. Restore the file from a copy."
        ) from problem
    for name in names:
        if not os.environ.get(name):
            os.environ[name] = kept[name]


def write_keys(file: Path, keys: dict[str, str]) -> None:
    """Keep the keys in a file only we can read; one that is there already stays."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(keys, out, indent=1)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(temporary, file)  # the first of several processes wins
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def read_settings() -> Environment:
    """The settings as the environment gives them now, without the check for production.

    Raises:
        Problem: one cannot be used; the message names each.
    """
    from pydantic import ValidationError

    from ponte.config.environment import Environment

    try:
        return Environment()
    except ValidationError as problem:
        lines = "\n".join(f"  - {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in problem.errors())
        raise Problem(f"Settings that cannot be used:\n{lines}") from problem


def start_django() -> None:
    """Check the settings and set Django up.

    Raises:
        Problem: the settings are wrong or unsafe; the message names each.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ponte.config.settings")
    import django

    if unsafe := read_settings().problems():
        lines = "\n".join(f"  - {line}" for line in unsafe)
        raise Problem(f"Ponte does not start in production with unsafe settings:\n{lines}")
    django.setup()


def ready() -> Surroundings:
    """`prepare()` and `start_django()`, and messages in English: what most commands begin with."""
    surroundings = prepare()
    start_django()
    from django.utils import translation

    translation.activate("en")
    return surroundings
