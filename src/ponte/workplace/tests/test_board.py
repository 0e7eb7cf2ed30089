"""A list as a board, cells written in place, totals: what is shown, refused, and how many queries it takes."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.models import Member, Role

PEOPLE = "/teste/people/"
LIST = "/teste/lists/people/"


@pytest.fixture
def browser(workspace: Any, admin: Member, api_for: Any, client_for: Any) -> Any:
    api = api_for(admin)
    for number in range(6):
        stage = "customer" if number % 2 else "lead"
        body = {"name": f"Pessoa {number}", "stage": stage, "job_title": "Dona"}
        assert api.post("/people", body).status_code == 201
    return client_for(admin)


def person(name: str = "Pessoa 0") -> Any:
    from ponte.workplace.lists import list_pages

    page = list_pages.get("people")
    assert page is not None
    return page.queryset(Member.objects.order_by("created_at").first()).model.objects.get(name=name)


def test_a_board_has_a_column_for_each_choice_with_its_size(browser: Any) -> None:
    content = browser.get(PEOPLE + "?layout=board&by=stage").content.decode()
    assert 'data-board-column="lead"' in content
    assert content.count('class="board-card"') == 6
    assert "layout=board&amp;by=stage" in content, "the layout stays in links and in views"
    narrowed = browser.get(PEOPLE + "?layout=board&by=stage&stage=lead").content.decode()
    assert narrowed.count("data-board-column=") == 1
    assert "data-board-column" not in browser.get(PEOPLE + "?layout=nonsense").content.decode()


def test_columns_go_on_by_keyset(browser: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.board.CARDS", 2)
    content = browser.get(PEOPLE + "?layout=board&by=stage").content.decode()
    start = content.index(f'hx-get="{LIST}board/?') + len('hx-get="')
    url = content[start : content.index('"', start)].replace("&amp;", "&")
    more = browser.get(url).content.decode()
    assert more.count('class="board-card"') == 1
    assert browser.get(LIST + "board/?by=stage&column=nonsense").status_code == 404


def test_moving_a_card_writes_the_field_once(browser: Any) -> None:
    row = person()
    form = {"id": str(row.pk), "value": "sql", "version": str(row.version)}
    answer = browser.post(LIST + "fields/stage/", form)
    assert answer.json() == {"version": row.version + 1}
    assert person().stage == "sql"
    assert browser.post(LIST + "fields/stage/", {**form, "value": "lost"}).status_code == 409
    assert person().stage == "sql", "the second of two writers is told"
    now = {"id": str(row.pk), "version": ""}
    assert browser.post(LIST + "fields/stage/", {**now, "value": "nonsense"}).status_code == 422
    assert browser.post(LIST + "fields/stage/", {**now, "value": ""}).status_code == 422
    assert browser.post(LIST + "fields/stage/", {"id": "x", "value": "lead"}).status_code == 404
    assert browser.post(LIST + "fields/name/", {**now, "value": "x"}).status_code == 404


def test_a_cell_is_written_where_it_stands(browser: Any) -> None:
    row = person()
    cell = f"{LIST}fields/job_title/{row.pk}/"
    assert cell in browser.get(PEOPLE + "?cols=name,job_title").content.decode()
    assert 'value="Dona"' in browser.get(cell).content.decode()
    saved = browser.post(cell, {"value": "Sócia <b>", "version": str(row.version)})
    assert "Sócia &lt;b&gt;" in saved.content.decode()
    stale = browser.post(cell, {"value": "Outra", "version": str(row.version)})
    assert stale.status_code == 422
    assert "Sócia" in stale.content.decode(), "both versions are shown"
    wrong = browser.post(f"{LIST}fields/birthday/{row.pk}/", {"value": "31/02/1990"})
    assert wrong.status_code == 422


def test_who_may_not_edit_moves_and_writes_nothing(browser: Any, member_with: Any, client_for: Any) -> None:
    rights = {"objects": {"customer": {"view": "all", "edit": "own"}}}
    other = client_for(member_with(Role.objects.create(name="Só os seus", rights=rights)))
    row = person()
    assert "data-edit=" not in other.get(PEOPLE).content.decode()
    assert other.post(LIST + "fields/stage/", {"id": str(row.pk), "value": "sql"}).status_code == 404
    assert other.get(f"{LIST}fields/job_title/{row.pk}/").status_code == 404
    reader = client_for(
        member_with(Role.objects.create(name="Lê", rights={"objects": {"customer": {"view": "all"}}}))
    )
    board = reader.get(PEOPLE + "?layout=board&by=stage").content.decode()
    assert "data-board-url" not in board
    assert "draggable" not in board
    hidden = {**rights, "fields": {"customer": {"stage": "hidden"}}}
    blind = client_for(member_with(Role.objects.create(name="Sem etapa", rights=hidden)))
    assert 'data-board-column="lead"' not in blind.get(PEOPLE + "?layout=board&by=stage").content.decode()


def test_the_queries_of_a_board_do_not_grow(browser: Any, api_for: Any, admin: Member) -> None:
    def queries() -> int:
        browser.get(PEOPLE + "?layout=board&by=stage")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            browser.get(PEOPLE + "?layout=board&by=stage")
        return len(seen)

    before = queries()
    api = api_for(admin)
    for number in range(6):
        api.post("/people", {"name": f"Mais {number}", "stage": "lead"})
    assert queries() == before


def test_totals_by_a_choice(browser: Any, monkeypatch: Any, member_with: Any, client_for: Any) -> None:
    content = browser.get(LIST + "summary/?group=stage").content.decode()
    assert "stage=lead" in content
    assert "R$" in content
    rights = {"objects": {"customer": {"view": "all"}}, "fields": {"customer": {"revenue": "hidden"}}}
    blind = client_for(member_with(Role.objects.create(name="Sem receita", rights=rights)))
    assert "R$" not in blind.get(LIST + "summary/?group=stage").content.decode()
    monkeypatch.setattr("ponte.workplace.lists.summary.MOST_AT_ONCE", -1)
    assert "anyway=1" in browser.get(LIST + "summary/").content.decode()
    assert "anyway=1" not in browser.get(LIST + "summary/?anyway=1").content.decode()
