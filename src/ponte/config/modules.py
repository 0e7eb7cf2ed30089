"""Which modules bring addresses and routes of their own."""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.conf import settings


def modules_with(room: str) -> list[str]:
    """Return the dotted names of the rooms (``urls``, ``api.routes``) that the installed modules have."""
    rooms = []
    for name in settings.TENANT_APPS:
        folder = Path(apps.get_app_config(name.rsplit(".", 1)[-1]).path)
        if folder.joinpath(*room.split(".")).with_suffix(".py").exists():
            rooms.append(f"{name}.{room}")
    return rooms
