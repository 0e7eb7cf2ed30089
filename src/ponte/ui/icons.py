"""Icons as inline SVG, from the drawings in ``icons.json`` (made by ``frontend/icons``)."""

import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

FALLBACK = "point"


@lru_cache(maxsize=1)
def drawings() -> dict[str, str]:
    """Return every known icon's inner SVG markup by name."""
    text = (Path(__file__).parent / "icons.json").read_text(encoding="utf-8")
    loaded: dict[str, str] = json.loads(text)
    return loaded


def has_icon(name: str) -> bool:
    """Tell whether ``name`` can be drawn."""
    return name in drawings()


@lru_cache(maxsize=2048)
def icon_svg(name: str, css: str = "", label: str = "") -> SafeString:
    """Return the ``<svg>`` of icon ``name``.

    ``css`` adds classes (``icon-sm``, ``icon-lg`` …); ``label`` makes it an image for screen readers, without it the
    icon is decoration. An unknown name draws a dot, and raises LookupError while ``DEBUG`` is on.
    """
    known = drawings()
    if name not in known and settings.DEBUG:
        raise LookupError(f"unknown icon {name!r}: add it to frontend/icons/icons.txt")
    inner = mark_safe(known.get(name, known[FALLBACK]))
    classes = " ".join(
        part for part in ("icon", "icon-filled" if name.endswith("-filled") else "", css) if part
    )
    if label:
        return format_html(
            '<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>', classes, label, inner
        )
    return format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>', classes, inner)
