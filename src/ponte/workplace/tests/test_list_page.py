"""A list as the browser sees it."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponte.core.models import Member, Role
from ponte.workplace.lists import ListPage

URL = "/teste/test/colleagues/"
RESULTS = {"HX-Request": "true", "HX-Target": "list-results"}
MORE = {"HX-Request": "true", "HX-Target": "list-more"}


@pytest.fixture
def browser(colleagues_list: ListPage, crowd: list[Member], admin: Member, client_for: Any) -> Any:
    return client_for(admin)


def rows_of(response: Any) -> list[str]:
    return re.findall(r'<tr data-row="([^"]+)"', response.content.decode())


def test_the_whole_page_and_its_parts_show_the_same_rows(browser: Any) -> None:
    whole = browser.get(URL)
    assert whole.status_code == 200
    part = browser.get(URL, headers=RESULTS)
    assert rows_of(whole) == rows_of(part)
    assert len(rows_of(whole)) == 5
    assert b"<html" in whole.content
    assert b"<html" not in part.content
    assert part["HX-Push-Url"] == URL + "?"


def test_more_rows_follow(browser: Any) -> None:
    seen: list[str] = []
    response = browser.get(URL + "?sort=-seen")
    for _turn in range(10):
        seen += rows_of(response)
        more = re.search(r'id="list-more".*?hx-get="([^"]+)"', response.content.decode(), re.S)
        if more is None:
            break
        response = browser.get(html.unescape(more.group(1)), headers=MORE)
        assert b"<thead" not in response.content
    assert len(seen) == len(set(seen)) == Member.objects.count()


def test_links_on_rows_carry_the_list(browser: Any) -> None:
    content = html.unescape(browser.get(URL + "?sort=-seen&language=pt-br").content.decode())
    assert re.search(
        r'href="/colleagues/[^"]+/\?list=colleagues&in=language%3Dpt-br%26sort%3D-seen"', content
    )
    assert re.search(r'data-panel="/colleagues/[^"]+/panel/"', content)


def test_filters_show_as_chips_and_narrow(browser: Any, crowd: list[Member]) -> None:
    team = next(row.team for row in crowd if row.team)
    response = browser.get(f"{URL}?team={team.id}&team=none&version=..1&seen=last90")
    content = html.unescape(response.content.decode())
    assert "Norte" in content
    assert "No team" in content
    wanted = {
        str(row.id)
        for row in crowd
        if (row.team_id is None or row.team_id == team.id) and row.version == 1 and row.last_seen_at
    }
    assert set(rows_of(response)) <= wanted
    assert rows_of(response)
    assert "language=" not in content.split("filter-chip")[1]


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("seen=never", lambda m: m.last_seen_at is None),
        ("seen_once=no", lambda m: m.last_seen_at is None),
        ("seen_once=yes&version=..1", lambda m: m.last_seen_at is not None and m.version == 1),
        ("version.min=3", lambda m: m.version >= 3),
        ("begins=Ána 1", lambda m: m.sort_name.startswith("ana 1")),
        ("q=ana 2", lambda m: "ana 2" in m.sort_name),
        ("language=en", lambda m: False),
        ("team=none", lambda m: m.team_id is None),
    ],
)
def test_each_filter(browser: Any, query: str, holds: Any) -> None:
    from django.http import QueryDict

    from ponte.workplace.lists.results import select
    from ponte.workplace.lists.state import read_state
    from ponte.workplace.tests.colleagues import COLLEAGUES

    member = Member.objects.get(name="Alice Administradora")
    state = read_state(COLLEAGUES, QueryDict(quote(query, safe="=&")), member)
    assert set(select(state, member).rows.values_list("id", flat=True)) == {
        row.id for row in Member.objects.all() if holds(row)
    }
    assert browser.get(f"{URL}?{quote(query, safe='=&')}").status_code == 200


def test_a_chip_survives_a_round_through_the_url(browser: Any, admin: Member) -> None:
    from django.http import QueryDict

    from ponte.workplace.lists.state import read_state
    from ponte.workplace.tests.colleagues import COLLEAGUES

    query = "q=ana&language=pt-br&seen=2026-01-01..2026-02-01&version=1..2&begins=%C3%81na&sort=-seen&cols=name,seen"
    state = read_state(COLLEAGUES, QueryDict(query), admin)
    again = read_state(COLLEAGUES, QueryDict(state.query()[1:]), admin)
    assert again == state
    assert len(state.active) == 4


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(
        ["q", "sort", "cols", "cursor", "view", "language", "team", "seen", "version", "begins", "x"]
    ),
    value=st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            ["-", "--name", "9" * 40, "0001-01-01..", "..9999-12-31", "1e9..", "\x00", "NaN..", "-1..", "a,b"]
        ),
    ),
)
def test_strange_urls_never_fail(browser: Any, key: str, value: str) -> None:
    query = f"?{key}={quote(value, errors='surrogatepass')}"
    assert browser.get(URL + query).status_code == 200
    assert browser.get("/teste/lists/colleagues/count/" + query).status_code == 200
    assert browser.get("/teste/lists/colleagues/filters/seen/" + query).status_code == 200


def test_the_number_of_queries_does_not_grow(browser: Any, admin: Member) -> None:
    def queries(url: str) -> int:
        browser.get(url)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    url = URL + "?cols=name,email,team,seen,leader"
    many = queries(url)
    one = queries(url + "&q=alice")
    assert one == many
    assert many <= 22, many


def test_a_hidden_field_can_t_be_seen_sorted_filtered_or_exported(
    colleagues_list: ListPage, crowd: list[Member], member_with: Any, client_for: Any
) -> None:
    rights = {
        "objects": {"colleague": {"view": "all", "export": "all"}},
        "fields": {"colleague": {"email": "hidden"}},
    }
    member = member_with(Role.objects.create(name="Sem e-mail", rights=rights))
    browser = client_for(member)
    response = browser.get(URL + "?cols=email,name&sort=email&email=a1")
    content = response.content.decode()
    assert "mailto:" not in content
    assert 'aria-sort="ascending"' in content
    assert len(rows_of(response)) == 5, "the filter on the hidden field is ignored"
    assert browser.get("/teste/lists/colleagues/filters/email/").status_code == 404
    exported = b"".join(
        browser.get("/teste/lists/colleagues/export.csv?cols=email,name").streaming_content
    ).decode()
    assert "@x.com.br" not in exported
    assert b"E-mail begins" not in browser.get("/teste/lists/colleagues/filters/").content


def test_without_the_right_there_is_no_list(
    colleagues_list: ListPage, crowd: list[Member], member_with: Any, client_for: Any
) -> None:
    browser = client_for(member_with(Role.objects.create(name="Nada", rights={})))
    for url in (URL, "/teste/lists/colleagues/count/", "/teste/lists/colleagues/columns/",
                "/teste/lists/colleagues/filters/", "/teste/lists/colleagues/export.csv",
                "/teste/lists/colleagues/bulk/move/", "/teste/lists/colleagues/views/new/",
                "/teste/lists/nothing/columns/"):  # fmt: skip
        assert browser.get(url).status_code == 404, url


def test_another_workspace_s_list_is_another(browser: Any, other_workspace: Any) -> None:
    assert browser.get(f"/{other_workspace.slug}/test/colleagues/").status_code == 404


def test_columns_are_chosen_and_kept(browser: Any, admin: Member) -> None:
    url = "/teste/lists/colleagues/columns/?sort=-seen"
    assert browser.get(url).status_code == 200
    answer = browser.post(url, {"columns": ["seen", "name", "unknown"]})
    assert answer["HX-Redirect"] == URL + "?sort=-seen"
    content = browser.get(URL).content.decode()
    assert "mailto:" not in content
    assert content.index("Seen") < content.index("Name</a>") if "Name</a>" in content else True
    browser.post(url, {"columns": ["name"], "reset": "1"})
    assert "mailto:" in browser.get(URL).content.decode()


def test_counting(browser: Any) -> None:
    assert "24" in browser.get("/teste/lists/colleagues/count/").content.decode()
    assert "6" in browser.get("/teste/lists/colleagues/count/?q=ana 1").content.decode()


def test_an_empty_list_teaches_and_a_narrow_one_offers_the_way_back(browser: Any) -> None:
    content = browser.get(URL + "?q=zzzz").content.decode()
    assert f'href="{URL}"' in content
    Member.objects.exclude(name="Alice Administradora").delete()
    assert not rows_of(browser.get(URL + "?language=en"))


def test_a_search_that_looks_into_hidden_fields_is_not_offered(
    colleagues_list: ListPage, crowd: list[Member], member_with: Any
) -> None:
    from dataclasses import replace

    from django.http import QueryDict

    from ponte.workplace.lists.state import read_state

    rights = {"objects": {"colleague": {"view": "all"}}, "fields": {"colleague": {"email": "hidden"}}}
    member = member_with(Role.objects.create(name="Sem e-mail", rights=rights))
    page = replace(colleagues_list, search_fields=frozenset({"email"}))
    assert read_state(colleagues_list, QueryDict("q=ana"), member).search == "ana"
    assert read_state(page, QueryDict("q=ana"), member).search == ""
    by_index = replace(page, search=None, search_column="search")
    assert not by_index.search_shown(member)
    assert replace(by_index, search_within=lambda tsquery, who: tsquery).search_shown(member)


def test_a_hidden_field_is_not_in_the_second_line(
    colleagues_list: ListPage, crowd: list[Member], member_with: Any, client_for: Any, admin: Member
) -> None:
    assert "cell-second" in client_for(admin).get(URL).content.decode()
    rights = {"objects": {"colleague": {"view": "all"}}, "fields": {"colleague": {"email": "hidden"}}}
    member = member_with(Role.objects.create(name="Sem e-mail", rights=rights))
    assert "cell-second" not in client_for(member).get(URL).content.decode()


def test_the_front_end_words_how_many_rows_are_selected(browser: Any) -> None:
    content = browser.get(URL).content.decode()
    (count,) = re.findall(r"<span[^>]*data-bulk-count[^>]*>([^<]*)</span>", content)
    assert count == "", "the script puts a number and its noun there, in singular or plural"
    assert re.search(r'<span class="bulk-count"[^>]* data-bulk-count', content)
