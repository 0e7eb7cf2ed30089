"""What a first visit downloads."""

import gzip
import subprocess
from pathlib import Path

import pytest

from ponte.ui.assets import BUILD, asset_url, entry

ROOT = Path(__file__).resolve().parents[4]
AIM = 90_000
LIMIT = 200_000


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """Build the front end when it isn't there (the checks call `make` first, a lone pytest may not have)."""
    if not (BUILD / "manifest.json").exists():
        subprocess.run(["npm", "run", "build"], cwd=ROOT, check=True, capture_output=True)


def compressed(name: str) -> int:
    path = BUILD / name
    return len(gzip.compress(path.read_bytes(), 9))


def test_first_load_is_light() -> None:
    app, theme = entry("app"), entry("theme")
    names = [app.script, *app.styles, theme.script]
    total = sum(compressed(name) for name in names)
    assert total < AIM, f"{total} bytes of JavaScript and CSS compressed (hard limit {LIMIT})"


def test_files_are_hashed_and_precompressed() -> None:
    for name in (entry("app").script, *entry("app").styles):
        stem, _, digest = Path(name).stem.partition("-")
        assert stem == "app"
        assert len(digest) >= 8
        assert (BUILD / f"{name}.br").exists()
        assert (BUILD / f"{name}.gz").exists()


def test_asset_urls() -> None:
    assert asset_url("app.js").startswith("/static/ponte/app-")
    assert asset_url("app.css").endswith(".css")
    assert asset_url("font").endswith(".woff2")
    with pytest.raises(KeyError):
        asset_url("nothing.js")


def test_styles_load_nothing_from_outside() -> None:
    css = "".join((BUILD / name).read_text(encoding="utf-8") for name in entry("app").styles)
    assert "//fonts." not in css
    assert "url(http" not in css
    assert "@import" not in css
