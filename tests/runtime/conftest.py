"""Homes of their own for real servers and processes; whatever a test starts is stopped and removed."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ponte.cli.postgres.lease import stop_now
from ponte.cli.postgres.place import APART, read_place
from tests.runtime.running import Commands, clean_environment, free_ports


def forget(home: Path) -> None:
    """Stop the server of a home and remove what it kept outside."""
    if home.exists() and os.access(home, os.R_OK | os.X_OK):
        stop_now(home)
        place = read_place(home.resolve())
        if place and not Path(place.socket).is_relative_to(place.folder):
            shutil.rmtree(place.socket, ignore_errors=True)
    shutil.rmtree(APART / hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:16], ignore_errors=True)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder other users may pass through, as an ordinary home directory's parent is."""
    with tempfile.TemporaryDirectory(prefix="ponte-runtime-") as name:
        path = Path(name).resolve()
        path.chmod(0o755)
        yield path


@pytest.fixture(scope="module")
def homes(folder: Path) -> Iterator[Callable[[str], Path]]:
    """A maker of data directories by name."""
    made: list[Path] = []

    def make(name: str) -> Path:
        made.append(folder / name)
        return folder / name

    yield make
    for home in made:
        forget(home)


def _commands(home: Path) -> Commands:
    port, live_port = free_ports(2)
    return Commands(home, clean_environment(home, PORT=str(port), LIVE_PORT=str(live_port)))


@pytest.fixture(scope="module")
def demo(homes: Callable[[str], Path]) -> Commands:
    """Commands on a home that has the demo workspace."""
    commands = _commands(homes("demo"))
    commands("demo")
    return commands


@pytest.fixture(scope="module")
def shop(homes: Callable[[str], Path], folder: Path) -> Commands:
    """Commands on a home with a small workspace "loja"; its database runs as long as the tests of the file."""
    commands = _commands(homes("shop"))
    commands("postgres", "start")
    commands("migrate")
    commands("workspace", "create", "Loja da Praça", "--slug", "loja")
    commands("user", "create", "-w", "loja", "-e", "marina@loja.example", "-n", "Marina Alves")
    file = folder / "clientes.csv"
    file.write_text(
        "codigo;nome;e-mail\n1;Ana Souza;ana@cliente.example\n2;Bia Lima;bia@cliente.example\n3;Caio Reis;\n"
    )
    commands("import", "people", str(file), "-w", "loja", "--source", "loja", "--map", "codigo=external_id")
    return commands


@pytest.fixture(scope="module")
def elsewhere(homes: Callable[[str], Path]) -> Commands:
    """Another, empty installation."""
    commands = _commands(homes("elsewhere"))
    commands("postgres", "start")
    return commands


@pytest.fixture
def python_of_everybody() -> str:
    """A Python that an unprivileged user may execute, of our version."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    wanted = f"{sys.version_info[0]}.{sys.version_info[1]}"
    for candidate in (sys.executable, f"/usr/bin/python{wanted}", "/usr/bin/python3"):
        if not Path(candidate).exists():
            continue
        options = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        try:
            done = subprocess.run(
                [candidate, "-c", code], capture_output=True, text=True, cwd="/", check=False, **options
            )
        except PermissionError:
            continue
        if done.stdout.strip() == wanted:
            return candidate
    pytest.skip(f"no Python {wanted} that an ordinary user may execute")
