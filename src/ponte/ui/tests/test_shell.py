"""The shell marks where one is, and frames follow what the browser asked for."""

from collections.abc import Iterator

import pytest
from django.test import RequestFactory

from ponte.ui import shell
from ponte.ui.layouts import frame_of, layout_for
from ponte.ui.shell import Link, Section, ShellPart, build_shell, register_provider


@pytest.fixture
def links() -> Iterator[None]:
    kept = dict(shell._providers)
    shell._providers.clear()
    part = ShellPart(
        sections=[
            Section("", (Link("Home", "/acme/", "home"),)),
            Section("Customers", (Link("People", "/acme/people/"), Link("Import", "/acme/people/import/"))),
        ],
        urls={"home": "/acme/"},
        unread=2,
    )
    register_provider("a", lambda request: part)
    register_provider("b", lambda request: None)
    register_provider("c", lambda request: ShellPart(urls={"palette": "/acme/palette/"}, unread=1))
    yield
    shell._providers.clear()
    shell._providers.update(kept)


def current(path: str) -> list[str]:
    built = build_shell(RequestFactory().get(path))
    return [link.label for section in built.sections for link in section.links if link.current]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/acme/", ["Home"]),
        ("/acme/people/", ["People"]),
        ("/acme/people/42/", ["People"]),
        ("/acme/people/import/", ["Import"]),
        ("/acme/elsewhere/", []),
    ],
)
def test_longest_match_is_current(links: None, path: str, expected: list[str]) -> None:
    assert current(path) == expected


def test_providers_are_merged(links: None) -> None:
    built = build_shell(RequestFactory().get("/acme/"))
    assert built.unread == 3
    assert built.urls == {"home": "/acme/", "palette": "/acme/palette/"}
    assert [link.label for link in built.phone] == ["Home", "People", "Import"]


@pytest.mark.parametrize(
    ("headers", "frame"),
    [
        ({}, "page"),
        ({"HX-Request": "true", "HX-Target": "dialog-content"}, "dialog"),
        ({"HX-Request": "true", "HX-Target": "side-panel-content"}, "panel"),
        ({"HX-Request": "true", "HX-Target": "list-results"}, "fragment"),
        ({"HX-Request": "true", "HX-Boosted": "true"}, "page"),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, "page"),
    ],
)
def test_frame(headers: dict[str, str], frame: str) -> None:
    request = RequestFactory().get("/acme/people/new/", headers=headers)
    assert frame_of(request) == frame
    assert layout_for(request).endswith("shell.html" if frame == "page" else f"{frame}.html")
