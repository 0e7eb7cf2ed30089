"""Which modules bring addresses and routes of their own."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings


def modules_with(room: str) -> list[str]:
    """Return the dotted names of the rooms (``urls``, ``api.routes``) that the installed modules have."""
    rooms = []
    for name in settings.TENANT_APPS:
        place = Path(apps.get_app_config(name.rsplit(".", 1)[-1]).path, *room.split("."))
        if place.with_suffix(".py").exists() or (place / "__init__.py").exists():
            rooms.append(f"{name}.{room}")
    return rooms
