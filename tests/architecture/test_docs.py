"""Documentation that can't fall behind: models, events, settings and commands each have their line."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from typer.main import get_command

from ponte.cli.application import app as cli
from ponte.config.environment import Environment
from ponte.events.base import event_types

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_model_has_its_line():
    text = (DOCS / "models.md").read_text()
    labels = {*settings.TENANT_LABELS, "tenancy"}
    missing = [
        model._meta.label
        for label in sorted(labels)
        for model in apps.get_app_config(label).get_models()
        if not model._meta.auto_created and f"`{model.__name__}`" not in text
    ]
    assert not missing, "run: .venv/bin/ponte manage reference"


def test_every_event_has_its_line():
    text = (DOCS / "events.md").read_text()
    missing = [
        event.name
        for event in event_types()
        if event.__module__.startswith("ponte.events.") and f"`{event.name}`" not in text
    ]
    assert not missing, "run: .venv/bin/ponte manage reference"


@pytest.mark.parametrize("name", sorted(Environment.model_fields))
def test_every_setting_has_its_line(name):
    assert f"`{name}`" in (DOCS / "operations.md").read_text()


def test_every_command_has_its_line():
    text = (DOCS / "commands.md").read_text()
    missing = [path for path in _commands(get_command(cli), "ponte") if f"{path}" not in text]
    assert not missing


def _commands(command: object, path: str) -> list[str]:
    below = getattr(command, "commands", None)
    if not below:
        return [path]
    return [
        full for name, sub in below.items() if not sub.hidden for full in _commands(sub, f"{path} {name}")
    ]
