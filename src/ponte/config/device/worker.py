"""The service worker's text: the built script behind a list of what it keeps."""

from __future__ import annotations

import hashlib

import orjson
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

from ponte.core.tenancy.urls import public_reverse
from ponte.ui.assets import built_text, entry, shell_files

ICONS = ("ui/mark.svg", "ui/icon-192.png", "ui/badge-96.png")
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


def offline_page(language: str) -> str:
    """Return the page for times without a network, in one language. It is the same for everybody."""
    with translation.override(language):
        return render_to_string("ui/offline.html")


def worker_text() -> str:
    """Return the service worker. It differs whenever anything it keeps does, which makes browsers take the new one."""
    script = built_text(entry("sw").script)
    page = public_reverse("offline")
    kept = {
        "shell": [static(f"ponte/{name}") for name in shell_files()] + [static(name) for name in ICONS],
        "pages": {language: f"{page}?language={language}" for language in LANGUAGES},
        "offline": page,
        "immutable": static("ponte/"),
        "icon": static("ui/icon-192.png"),
        "badge": static("ui/badge-96.png"),
    }
    digest = hashlib.sha256(script.encode() + orjson.dumps(kept))
    for language in LANGUAGES:
        digest.update(offline_page(language).encode())
    settled = orjson.dumps({"version": digest.hexdigest()[:16], **kept}).decode()
    return f"self.PONTE = {settled};\n{script}"
