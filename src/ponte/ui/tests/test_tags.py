"""Template tags."""

from datetime import UTC, datetime

import pytest
from django.template import Context, Template
from django.test import RequestFactory, override_settings

from ponte.ui.icons import icon_svg
from ponte.ui.templatetags.ponte import ago, avatar, initials, is_empty, tone_of


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Maria da Silva", "AS"),
        ("álvaro", "Á"),
        ("", "?"),
        (None, "?"),
        ("José de e", "J"),
        ("3M do Brasil", "3B"),
        ("--- ,", "?"),
    ],
)
def test_initials(name: str | None, letters: str) -> None:
    assert initials(name) == letters


def test_avatar_escapes() -> None:
    assert "<script" not in avatar("<script>alert(1)</script> x")
    assert tone_of("Ana") == tone_of("Ana")


def test_icon() -> None:
    assert 'aria-hidden="true"' in icon_svg("users")
    assert 'role="img" aria-label="People"' in icon_svg("users", label="People")
    with override_settings(DEBUG=True), pytest.raises(LookupError):
        icon_svg("no-such-icon-for-test")


def test_ago_carries_the_exact_time() -> None:
    html = ago(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    assert "data-ago" in html
    assert 'datetime="2026-11-22T09:00:00-03:00"' in html
    assert ago(None) == ""


def test_is_empty_keeps_zero() -> None:
    assert [is_empty(value) for value in (None, "", [], 0, False)] == [True, True, True, False, False]


@pytest.mark.parametrize(
    ("cookie", "expected"), [("dark", 'data-bs-theme="dark"'), ("x onload=", ""), ("", "")]
)
def test_theme_attribute(cookie: str, expected: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES["ponte_theme"] = cookie
    assert Template("{% theme_attribute %}").render(Context({"request": request})) == expected
