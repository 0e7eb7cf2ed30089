"""Template tags."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory, override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix, set_urlconf
from django.utils import translation
from django.utils.html import escape

from ponte.ui.icons import icon_svg
from ponte.ui.shell import Link
from ponte.ui.templatetags.ponte import ago, avatar, initials, is_empty, menu_links, side_links, tone_of


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


def test_url_with_ids_and_words() -> None:
    first, second = uuid4(), uuid4()
    set_urlconf("ponte.config.workspace_urls")
    set_script_prefix("/teste/")
    try:
        one = Template("{% url 'directory:record' id %}")
        assert one.render(Context({"id": first})) == reverse("directory:record", args=[first])
        assert one.render(Context({"id": second})) == reverse("directory:record", args=[second])
        assert one.render(Context({"id": str(first)})) == reverse("directory:record", args=[first])
        named = Template("{% url 'directory:record' id as where %}[{{ where }}]")
        assert named.render(Context({"id": first})) == f"[{reverse('directory:record', args=[first])}]"
        words = Template("{% url 'workplace:list_filter' list key %}")
        for key in ("stage", "owner"):
            shown = words.render(Context({"list": "people", "key": key}))
            assert shown == escape(reverse("workplace:list_filter", args=["people", key]))
        set_script_prefix("/outra/")
        assert one.render(Context({"id": first})).startswith("/outra/")
        with pytest.raises(NoReverseMatch):
            Template("{% url 'directory:nowhere' %}").render(Context())
    finally:
        set_script_prefix("/")
        set_urlconf(None)


def test_fixed_parts_know_their_language() -> None:
    part = Template("{% fixed 'ui/parts/confirm.html' %}")
    with translation.override("pt-br"):
        brazilian = part.render(Context())
    with translation.override("en"):
        english = part.render(Context())
    assert "Tem certeza?" in brazilian
    assert "Are you sure?" in english


def test_links_and_options_escape() -> None:
    link = Link('<b>"', '/a?b="&c', icon="users", shortcut='g"', dialog=True, count=3, current=True)
    for html in (side_links([link]), menu_links([link])):
        assert "<b>" not in html
        assert 'b="&c' not in html
    assert 'aria-current="page"' in side_links([link])
    assert "data-dialog" in menu_links([link])
    assert "<kbd>" not in menu_links([link], shortcuts=False)
    field = forms.ChoiceField(choices=[("", "–"), ("Grupo <1>", [("a&b", 'A"<b>')])])

    class Sample(forms.Form):
        choice = field

    html = str(Sample(initial={"choice": "a&b"})["choice"])
    assert '<optgroup label="Grupo &lt;1&gt;">' in html
    assert '<option value="a&amp;b" selected>A&quot;&lt;b&gt;</option>' in html


def test_translations_of_literals_follow_language_and_name() -> None:
    shown = Template("{% translate 'Close' %}|{% translate 'Close' as word %}{{ word }}|{% translate name %}")
    for _again in range(2):
        with translation.override("pt-br"):
            assert shown.render(Context({"name": "Close"})) == "Fechar|Fechar|Fechar"
            assert shown.render(Context({"name": "<b>"})) == "Fechar|Fechar|&lt;b&gt;"
        with translation.override("en"):
            assert shown.render(Context({"name": "Close"})) == "Close|Close|Close"
