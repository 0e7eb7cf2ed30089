"""pg_dump, pg_restore and psql from the wheel, spoken to without showing passwords to `ps`."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from ponte.cli.postgres.engine import programs_in, wheel_directory
from ponte.cli.problems import Problem

_VARIABLES = {
    "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "options": "PGOPTIONS",
}  # fmt: skip


_SINCE_17 = b"SET transaction_timeout = 0;\n"  # older servers refuse it


def environment_of(url: str, *, database: str | None = None) -> dict[str, str]:
    """The environment in which PostgreSQL's programs reach `url`."""
    parts = conninfo_to_dict(url)
    if database:
        parts["dbname"] = database
    variables = {
        _VARIABLES[name]: str(value) for name, value in parts.items() if name in _VARIABLES and value
    }
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", **variables}


def run(program: str, arguments: Sequence[str], *, url: str, database: str | None = None) -> None:
    """Run one of the programs to its end.

    Raises:
        Problem: it failed; the message is its own.
    """
    done = subprocess.run(
        [str(programs_in(wheel_directory()) / program), *arguments],
        env=environment_of(url, database=database),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Problem(f"{program} failed: {_short(done.stderr)}")


def restore_as_sql(dump: Path, *, url: str, rewrite: Callable[[Iterable[bytes]], Iterable[bytes]]) -> None:
    """Turn a dump into SQL, rewrite its lines, and run them in one transaction.

    Raises:
        Problem: a program failed; nothing was written.
    """
    programs = programs_in(wheel_directory())
    script = [str(programs / "pg_restore"), "--no-owner", "--no-acl", "--file=-", str(dump)]
    target = [
        str(programs / "psql"),
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
    ]
    with tempfile.TemporaryFile() as errors:
        reader = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=errors, env=environment_of(url))
        writer = subprocess.Popen(
            [*target, "--output", os.devnull], stdin=subprocess.PIPE, stderr=errors, env=environment_of(url)
        )
        assert reader.stdout is not None
        assert writer.stdin is not None
        complete = False
        try:
            for line in rewrite(reader.stdout):
                if line == _SINCE_17:
                    continue
                writer.stdin.write(line)
            complete = reader.wait() == 0
        except BrokenPipeError:
            pass
        finally:
            if not complete:  # what psql has so far must not be committed
                writer.kill()
                reader.kill()
            with suppress(BrokenPipeError):
                writer.stdin.close()
            codes = reader.wait(), writer.wait()
        if any(codes):
            errors.seek(0)
            raise Problem(
                f"The database refused the backup: {_short(errors.read().decode(errors='replace'))}"
            )


def _short(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return "\n".join(lines[:6]) or "no reason given"
