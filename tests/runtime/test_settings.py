"""A production start refuses unsafe settings, each with a sentence that says what to do."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from ponte.cli.problems import Problem
from ponte.cli.surroundings import read_settings, start_django
from tests.runtime.running import Commands, clean_environment, free_ports

SAFE = {
    "PONTE_MODE": "production",
    "PONTE_URL": "https://crm.example.com",
    "PONTE_SECRET_KEY": "s" * 50,
    "PONTE_ENCRYPTION_KEY": base64.urlsafe_b64encode(b"k" * 32).decode(),
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/ponte",
}


@pytest.fixture(scope="module")
def ponte(homes: Callable[[str], Path]) -> Commands:
    home = homes("settings")
    (port,) = free_ports(1)
    return Commands(home, clean_environment(home, PORT=str(port)))


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"PONTE_DEBUG": "true"}, "PONTE_DEBUG is on"),
        ({"PONTE_SECRET_KEY": ""}, "PONTE_SECRET_KEY is the default or too short"),
        ({"PONTE_SECRET_KEY": "short"}, "PONTE_SECRET_KEY is the default or too short"),
        ({"PONTE_SECRET_KEY": "insecure-key-for-development-only"}, "PONTE_SECRET_KEY is the default"),
        ({"PONTE_URL": ""}, "No allowed hosts"),
        ({"PONTE_ALLOWED_HOSTS": "*"}, "PONTE_ALLOWED_HOSTS contains *"),
    ],
)
def test_unsafe_settings_are_refused(
    monkeypatch: pytest.MonkeyPatch, changed: dict[str, str], told: str
) -> None:
    for name, value in (SAFE | changed).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(Problem, match="does not start in production") as refused:
        start_django()
    assert told in str(refused.value)


def test_several_problems_are_told_together(ponte: Commands) -> None:
    said = ponte("manage", "check", fails=True, PONTE_MODE="production", PONTE_DEBUG="1")
    assert "PONTE_DEBUG" in said
    assert "PONTE_SECRET_KEY" in said
    assert "No allowed hosts" in said


def test_safe_settings_are_taken(ponte: Commands) -> None:
    assert "no issues" in ponte("manage", "check", **SAFE)


def test_demo_with_its_known_passwords_is_not_made_in_production(ponte: Commands) -> None:
    assert "well-known passwords" in ponte("up", "--demo", fails=True, **SAFE)


def test_keys_are_not_made_up_where_several_machines_must_share_them(ponte: Commands) -> None:
    from ponte.cli import surroundings

    home = ponte.home.parent / "several"
    home.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PONTE_MODE", "production")
        for name in ("PONTE_SECRET_KEY", "PONTE_ENCRYPTION_KEY"):
            patch.setenv(name, "")  # so that what is set below is undone
            patch.delenv(name)
        surroundings._export_keys(home, foreign_database=True)
        assert not (home / "keys.json").exists()
        surroundings._export_keys(home, foreign_database=False)
        assert (home / "keys.json").exists()


@pytest.mark.parametrize(("name", "value"), [("PORT", "abc"), ("PORT", "70000"), ("PONTE_MODE", "staging")])
def test_settings_of_the_wrong_kind_are_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Problem, match="Settings that cannot be used") as refused:
        read_settings()
    assert name in str(refused.value)
