"""House rules of templates: the content security policy allows no inline script or style."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from ponte.ui.icons import has_icon

PACKAGE = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
NAMES = [str(path.relative_to(PACKAGE)) for path in TEMPLATES]

SCRIPT = re.compile(r"<script\b(?![^>]*\b(?:src=|type=[\"']application/json))", re.IGNORECASE)
STYLE_TAG = re.compile(r"<style\b", re.IGNORECASE)
INLINE = re.compile(r"<[a-z][^>]*?\s(?:style|on[a-z]+|hx-on[:a-z-]*)\s*=", re.IGNORECASE)
OUTSIDE = re.compile(r"(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
ICON = re.compile(r"{%\s*icon\s+[\"']([a-z0-9-]+)[\"']")
LOOP = re.compile(r"{%\s*for\b(.*?){%\s*endfor\s*%}", re.DOTALL)


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_no_inline_script_or_style(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not SCRIPT.search(text), "inline script"
    assert not STYLE_TAG.search(text), "<style> element"
    found = INLINE.search(text)
    assert not found, f"inline handler or style: {found and found[0][:120]}"
    assert not OUTSIDE.search(text), "loads something from outside the installation"


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_icons_exist(path: Path) -> None:
    unknown = [name for name in ICON.findall(path.read_text(encoding="utf-8")) if not has_icon(name)]
    assert not unknown, f"add to frontend/icons/icons.txt: {unknown}"


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_template_compiles(path: Path) -> None:
    get_template(str(path).split("/templates/", 1)[1])


def test_no_component_inside_table_rows() -> None:
    """A cotton component per cell made a list of 50 rows three times slower."""
    slow = [
        name
        for path, name in zip(TEMPLATES, NAMES, strict=True)
        for body in LOOP.findall(path.read_text(encoding="utf-8"))
        if "<tr" in body and "<c-" in body
    ]
    assert not slow
