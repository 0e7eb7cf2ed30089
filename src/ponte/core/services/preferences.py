"""Named values of a workspace that have no column of their own."""

from __future__ import annotations

from typing import Any

from ponte.core.models import WorkspaceSetting


def get_preference(key: str, default: Any = None) -> Any:
    """Return a workspace's value, or ``default``."""
    found = WorkspaceSetting.objects.filter(key=key).values_list("value", flat=True).first()
    return default if found is None else found


def set_preference(key: str, value: Any) -> None:
    """Keep a JSON value; None forgets it."""
    if value is None:
        WorkspaceSetting.objects.filter(key=key).delete()
    else:
        WorkspaceSetting.objects.update_or_create(key=key, defaults={"value": value})
