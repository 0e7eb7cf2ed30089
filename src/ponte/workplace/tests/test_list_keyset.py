"""Walking a list page by page gives every row once, in order, for each sort, with ties and empty values."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponte.core.models import Member, Role
from ponte.workplace.lists import ListPage
from ponte.workplace.lists.keyset import decode, encode, fetch, place_of, signed
from ponte.workplace.lists.neighbours import neighbours_of
from ponte.workplace.lists.results import joined, page_of, select
from ponte.workplace.lists.state import read_state
from ponte.workplace.tests.colleagues import COLLEAGUES

SORTS = ("name", "created", "email", "version", "seen", "team", "both")


def expected(rows: list[Member], sort: str, descending: bool) -> list[Any]:
    keys = {
        "name": lambda m: (m.sort_name,),
        "created": lambda m: (),
        "email": lambda m: (m.email,),
        "version": lambda m: (m.version,),
        "seen": lambda m: (m.last_seen_at,),
        "team": lambda m: (m.team.name if m.team else None,),
        "both": lambda m: (m.version, m.sort_name),
    }
    full = [row for row in rows if None not in keys[sort](row)]
    empty = [row for row in rows if None in keys[sort](row)]
    full.sort(key=lambda m: (*keys[sort](m), m.id), reverse=descending)
    empty.sort(key=lambda m: m.id, reverse=descending)
    return [row.id for row in full + empty]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("size", [1, 3, 5, 100])
def test_pages_are_the_whole_ordering(
    colleagues_list: ListPage, crowd: list[Member], admin: Member, sort: str, descending: bool, size: int
) -> None:
    rows = list(Member.objects.select_related("team"))
    walked: list[Any] = []
    cursor = ""
    for _turn in range(40):
        params = QueryDict(f"sort={'-' if descending else ''}{sort}&cursor={cursor}")
        state = read_state(colleagues_list, params, admin)
        part = page_of(state, admin, select(state, admin), size=size)
        assert len(part.rows) <= size
        walked += [row.pk for row in part.rows]
        if part.next is None:
            break
        cursor = encode(part.next, Member, state.sort, descending=state.descending)
    assert walked == expected(rows, sort, descending)


@pytest.mark.parametrize("sort", ["-name", "version", "-seen", "team"])
def test_a_row_knows_its_neighbours(
    colleagues_list: ListPage, crowd: list[Member], admin: Member, sort: str
) -> None:
    state = read_state(colleagues_list, QueryDict(f"sort={sort}"), admin)
    ordered = [row.pk for row in page_of(state, admin, select(state, admin), size=100).rows]
    for before, here, after in zip(ordered, ordered[1:], ordered[2:], strict=False):
        around = neighbours_of(state, admin, here)
        assert f"/{after}/" in around.next
        place = expected(
            list(Member.objects.select_related("team")), sort.lstrip("-"), sort.startswith("-")
        ).index(here)
        if around.previous:
            assert f"/{before}/" in around.previous, place


def test_a_page_after_a_row_that_is_gone(
    colleagues_list: ListPage, crowd: list[Member], admin: Member
) -> None:
    state = read_state(colleagues_list, QueryDict("sort=name"), admin)
    ordered = [row.pk for row in page_of(state, admin, select(state, admin), size=100).rows]
    first = page_of(state, admin, select(state, admin), size=5)
    Member.objects.filter(id=ordered[4]).delete()
    rest = fetch(
        joined(state, select(state, admin).rows), state.sort, descending=False, size=100, after=first.next
    )
    assert [row.pk for row in rest.rows] == ordered[5:]


def test_a_deep_page_compares_rows(
    colleagues_list: ListPage, crowd: list[Member], admin: Member, django_assert_num_queries: Any
) -> None:
    state = read_state(colleagues_list, QueryDict("sort=both"), admin)
    part = page_of(state, admin, select(state, admin))
    with django_assert_num_queries(1) as captured:
        fetch(select(state, admin).rows, state.sort, descending=False, size=5, after=part.next)
    sql = captured.captured_queries[0]["sql"]
    assert ") > (" in sql, "the row-value comparison, not its OR-expanded form"
    assert " OR " not in sql


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.one_of(st.text(max_size=60), st.binary(max_size=60).map(lambda b: b.decode("latin1"))))
def test_a_bad_cursor_is_none(text: str) -> None:
    sort = next(sort for sort in COLLEAGUES.sorts if sort.key == "both")
    assert decode(text, Member, sort, descending=False) is None


@pytest.mark.parametrize(
    "parts",
    [
        ["both", False, ["x", "y"], "not-an-id", False],
        ["both", False, ["1"], "00000000-0000-0000-0000-000000000001", False],
        ["both", True, ["1", "b"], "00000000-0000-0000-0000-000000000001", False],
        ["both", False, [None, "b"], "00000000-0000-0000-0000-000000000001", False],
        ["both", False, ["1", "b\x00"], "00000000-0000-0000-0000-000000000001", False],
        ["both", False, ["1", "b"], "00000000-0000-0000-0000-000000000001", True],
        ["both", False, {"a": 1}, "00000000-0000-0000-0000-000000000001", False],
        [[], {}, 3, None, 7],
        {"a": 1},
        "both",
        7,
    ],
)
def test_a_forged_cursor_is_none(parts: Any) -> None:
    sort = next(sort for sort in COLLEAGUES.sorts if sort.key == "both")
    assert decode(signed(json.dumps(parts), Member), Member, sort, descending=False) is None


def test_a_cursor_is_of_one_table_and_unchanged(crowd: list[Member]) -> None:
    sort = next(sort for sort in COLLEAGUES.sorts if sort.key == "both")
    place = place_of(crowd[0], sort)
    cursor = encode(place, Member, sort, descending=False)
    assert decode(cursor, Member, sort, descending=False) == place
    assert decode(cursor, Role, sort, descending=False) is None
    assert decode(cursor.rpartition(".")[0], Member, sort, descending=False) is None


@pytest.mark.parametrize("value", ["1e999999", "NaN", "sNaN", "Infinity"])
def test_a_cursor_of_no_row_of_ours_opens_the_first_page(value: str, admin: Member, client_for: Any) -> None:
    parts = json.dumps(["total", True, [value], str(admin.id), False])
    cursor = base64.urlsafe_b64encode(parts.encode()).decode().rstrip("=")
    answer = client_for(admin).get("/teste/orders/", {"sort": "-total", "cursor": cursor})
    assert answer.status_code == 200
