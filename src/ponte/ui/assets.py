"""Where Vite put the built front end: reads its manifest."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.templatetags.static import static

BUILD = Path(__file__).parent / "static" / "ponte"


class AssetsMissing(RuntimeError):
    """The front end was not built; ``npm ci && npm run build`` does it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point's files, relative to ``static/ponte/``."""

    script: str
    styles: tuple[str, ...]
    fonts: tuple[str, ...]
    imports: tuple[str, ...] = ()


def _read_manifest() -> dict[str, dict[str, Any]]:
    path = BUILD / "manifest.json"
    if not path.exists():
        raise AssetsMissing("The front end is not built: run `npm ci && npm run build`.")
    loaded: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=4)
def _entries(stamp: float) -> dict[str, Entry]:
    manifest = _read_manifest()
    entries = {}
    for source, chunk in manifest.items():
        if chunk.get("isEntry"):
            styles = tuple(chunk.get("css", ()))
            fonts = tuple(name for name in chunk.get("assets", ()) if "latin-wght" in name)
            imports = tuple(sorted(_imported(manifest, source)))
            name = str(chunk.get("name") or Path(source).stem)
            entries[name] = Entry(str(chunk["file"]), styles, fonts, imports)
    return entries


def _imported(manifest: dict[str, dict[str, Any]], source: str) -> set[str]:
    """Return the files a chunk imports at once, and those import; what is loaded later on demand is not among them."""
    found: set[str] = set()
    waiting = list(manifest[source].get("imports", ()))
    while waiting:
        chunk = manifest[waiting.pop()]
        if str(chunk["file"]) not in found:
            found.add(str(chunk["file"]))
            waiting += chunk.get("imports", ())
    return found


def entry(name: str) -> Entry:
    """Return the built files of entry point ``name`` ("app", "theme", "sw").

    Raises AssetsMissing when the front end was not built, KeyError for an unknown entry point.
    """
    path = BUILD / "manifest.json"
    stamp = path.stat().st_mtime if settings.DEBUG and path.exists() else 0.0
    return _entries(stamp)[name]


def asset_url(name: str) -> str:
    """Return the URL of a built file: ``app.js``, ``app.css``, ``theme.js``, ``font``."""
    if name == "font":
        fonts = entry("app").fonts
        return static(f"ponte/{fonts[0]}") if fonts else ""
    stem, _, kind = name.rpartition(".")
    found = entry(stem)
    if kind == "js":
        return static(f"ponte/{found.script}")
    if kind == "css":
        return static(f"ponte/{found.styles[0]}") if found.styles else ""
    raise KeyError(name)


def shell_files() -> list[str]:
    """Return the files every page needs, relative to ``static/ponte/``: scripts with what they import, styles, the font."""
    app, theme = entry("app"), entry("theme")
    return sorted({app.script, *app.imports, *app.styles, *app.fonts, theme.script, *theme.imports})


def built_text(name: str) -> str:
    """Return a built file's text; ``name`` is relative to ``static/ponte/``."""
    return (BUILD / name).read_text(encoding="utf-8")
