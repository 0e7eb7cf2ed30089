"""Template context of the interface kit (a Django context processor)."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ponte.ui.layouts import TEMPLATES, frame_of
from ponte.ui.shell import build_shell


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates ``shell`` (built only when used), ``frame`` and ``layout`` (the base template of the frame)."""
    frame = frame_of(request)
    return {
        "shell": SimpleLazyObject(lambda: build_shell(request)),
        "frame": frame,
        "layout": TEMPLATES[frame],
    }
