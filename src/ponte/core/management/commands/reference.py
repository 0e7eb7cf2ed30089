"""``ponte manage reference``: writes docs/models.md and docs/events.md from the docstrings."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand

from ponte.events.base import event_types

DOCS = Path(__file__).resolve().parents[5] / "docs"


class Command(BaseCommand):
    """Refreshes the reference of models and events in ``docs/``."""

    help = "Write docs/models.md and docs/events.md from the docstrings."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write both pages."""
        (DOCS / "models.md").write_text(models_page())
        (DOCS / "events.md").write_text(events_page())
        self.stdout.write("docs/models.md, docs/events.md")


def models_page() -> str:
    """Return the page that lists every model with the first sentence of its docstring."""
    lines = ["# Models", "", "Made by `ponte manage reference` from the docstrings."]
    for label in ["tenancy", *sorted(settings.TENANT_LABELS)]:
        place = "shared" if label == "tenancy" else "one table per workspace"
        lines += ["", f"## {label} ({place})", "", "| model | what a row is |", "|---|---|"]
        for model in sorted(apps.get_app_config(label).get_models(), key=lambda m: m.__name__):
            lines.append(f"| `{model.__name__}` | {_first_paragraph(model)} |")
    return "\n".join(lines) + "\n"


def events_page() -> str:
    """Return the page that lists every event with its fields."""
    lines = [
        "# Events",
        "",
        "Made by `ponte manage reference` from the docstrings. Subscribers and webhooks get these; fields are JSON.",
        "",
        "| event | when | fields |",
        "|---|---|---|",
    ]
    for event in event_types():
        if event.__module__.startswith("ponte.events."):
            fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event))
            lines.append(f"| `{event.name}` | {_first_paragraph(event)} | {fields} |")
    return "\n".join(lines) + "\n"


def _first_paragraph(thing: type) -> str:
    text = inspect.cleandoc(thing.__doc__ or "").split("\n\n")[0]
    return " ".join(text.split()).replace("|", "\\|")
