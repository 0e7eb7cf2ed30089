"""`make`: four entry points, and a sentence about what is missing on a machine."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(*command: str, path: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{path}:/usr/bin:/bin"}
    return subprocess.run(
        command, env=environment, cwd=path, capture_output=True, text=True, timeout=60, check=False
    )


def test_entry_points_are_four() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == {"run", "test", "lint", "bench"}


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench"])
def test_entry_points_can_be_planned(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_ci_does_nothing_by_hand() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line.startswith("make ")]
    assert lines == ["make lint", "make test"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_old_python_is_named_with_what_to_install(tmp_path: Path) -> None:
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        program(tmp_path, name, 'case "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    done = run(str(ROOT / ".ci" / "make-venv"), str(tmp_path / "venv"), path=tmp_path)
    assert done.returncode == 1
    assert "Python 3.11 or later" in done.stderr
    assert "3.9.2" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_old_node_is_named(tmp_path: Path) -> None:
    program(tmp_path, "node", 'case "$1" in --version) echo v18.0.0;; *) exit 1;; esac')
    done = run(str(ROOT / ".ci" / "require-node"), path=tmp_path)
    assert done.returncode == 1
    assert "20.19" in done.stderr
    assert "v18.0.0" in done.stderr


def test_missing_browser_is_named_where_it_may_not_be_installed(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 1000")
    script = str(ROOT / ".ci" / "require-chromium")
    environment = {"PATH": str(tmp_path)}
    missing = subprocess.run(
        ["/bin/sh", script], env=environment, capture_output=True, text=True, check=False
    )
    assert missing.returncode == 1
    assert "apt install chromium" in missing.stderr
    program(tmp_path, "google-chrome", "exit 0")
    assert subprocess.run(["/bin/sh", script], env=environment, check=False).returncode == 0


def test_locks_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        packages = re.findall(r"^[a-zA-Z0-9][\w.-]*==", text, re.MULTILINE)
        assert len(packages) > 50
        assert text.count("--hash=sha256:") >= len(packages)
        assert "://" not in text
