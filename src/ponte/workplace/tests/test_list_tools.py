"""Export and bulk acts."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.http import QueryDict
from python_calamine import CalamineWorkbook

from ponte.core.actors import Actor
from ponte.core.models import AccessEntry, AuditEntry, Member, Role, Team
from ponte.workplace.lists import ListPage, list_pages
from ponte.workplace.lists.download import chunks
from ponte.workplace.lists.state import read_state
from ponte.workplace.models import BulkChange, ListExport

LIST = "/teste/lists/colleagues/"
URL = "/teste/test/colleagues/"


@pytest.fixture
def browser(colleagues_list: ListPage, crowd: list[Member], admin: Member, client_for: Any) -> Any:
    return client_for(admin)


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_csv_has_every_row_and_neutralises_formulas(browser: Any, crowd: list[Member]) -> None:
    Member.objects.filter(id=crowd[0].id).update(name='=HYPERLINK("http://x")', sort_name="aa")
    lines = text_of(browser.get(LIST + "export.csv?cols=name,seen")).splitlines()
    assert lines[0] == "Name;Seen"
    assert lines[1].startswith("\"'=HYPERLINK")
    assert len(lines) == 1 + Member.objects.count()
    entry = AccessEntry.objects.latest("at")
    assert (entry.act, len(entry.object_ids)) == ("export", Member.objects.count())


def test_csv_in_another_language_is_the_world_s(browser: Any, admin: Member) -> None:
    Member.objects.filter(id=admin.id).update(language="en")
    assert text_of(browser.get(LIST + "export.csv?cols=name,email")).splitlines()[0] == "Name,E-mail"


def test_csv_goes_on_beyond_a_chunk(browser: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("ponte.workplace.lists.download.CHUNK", 4)
    lines = text_of(browser.get(LIST + "export.csv?sort=-seen")).splitlines()
    assert len(lines) == 1 + Member.objects.count()
    assert len(set(lines)) > 12


def test_xlsx_opens(browser: Any, crowd: list[Member]) -> None:
    Member.objects.filter(id=crowd[0].id).update(name="=1+1", sort_name="aa")
    content = b"".join(browser.get(LIST + "export.xlsx?cols=name,seen,email").streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["Name", "Seen", "E-mail"]
    assert sheet[1][0] == "=1+1", "written as text, not as a formula"
    assert len(sheet) == 1 + Member.objects.count()


def test_a_long_list_is_made_in_the_background(
    browser: Any, admin: Member, run_jobs: Any, monkeypatch: Any, settings: Any, tmp_path: Any
) -> None:
    monkeypatch.setattr("ponte.workplace.views.list_export.MOST_DIRECT", Member.objects.count())
    assert browser.get(LIST + "export.xlsx")["Content-Disposition"].startswith("attachment")
    monkeypatch.setattr("ponte.workplace.views.list_export.MOST_DIRECT", Member.objects.count() - 1)
    entries = AccessEntry.objects.count()
    answer = browser.get(LIST + "export.csv-int?sort=-seen&cols=name,version")
    assert "Content-Disposition" not in answer
    assert f'action="{LIST}export.csv-int?sort=-seen&amp;cols=name"' in answer.content.decode()
    assert AccessEntry.objects.count() == entries, "nothing was handed out"
    assert browser.post(LIST + "export.csv-int?sort=-seen&cols=name").status_code == 302
    run_jobs()
    made = ListExport.objects.get()
    assert (made.rows, made.error) == (Member.objects.count(), "")
    page = browser.get(URL).content.decode()
    path = f"{LIST}files/{made.id}/"
    assert path in page
    lines = b"".join(browser.get(path).streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + made.rows
    assert AuditEntry.objects.filter(act="list.file_taken", object_id=made.id).exists()
    Member.objects.filter(id=made.member_id).update(name="x")
    assert browser.get(LIST + f"files/{uuid4()}/").status_code == 404


def test_the_dialects_and_json(browser: Any, crowd: list[Member]) -> None:
    def lines(format: str) -> list[str]:
        return text_of(browser.get(f"{LIST}export.{format}?cols=name,seen&sort=-seen")).splitlines()

    assert lines("csv-br")[0] == "Name;Seen"
    assert "/" in lines("csv-br")[1]
    assert lines("csv-int")[0] == "Name,Seen"
    rows = json.loads("".join(lines("json")))
    assert len(rows) == Member.objects.count()
    assert set(rows[0]) == {"name", "seen"}
    assert json.loads(text_of(browser.get(LIST + "export.json?begins=zzz"))) == []
    assert browser.get(LIST + "export.exe").status_code == 404


@pytest.fixture
def silvas(admin: Member, api_for: Any, monkeypatch: Any) -> ListPage:
    """Make more people of one name than a search shows at once, and return their list."""
    api = api_for(admin)
    for number in range(5):
        emails = [{"address": f"x{number}@{'ovo' if number % 2 else 'uva'}.com.br"}]
        assert api.post("/people", {"name": f"Bia {number} Silva", "emails": emails}).status_code == 201
    assert api.post("/people", {"name": "Ana Souza"}).status_code == 201
    monkeypatch.setattr("ponte.workplace.lists.results.SEARCH_CAP", 3)
    monkeypatch.setattr("ponte.workplace.lists.download.CHUNK", 2)
    return next(page for page in list_pages if page.key == "people")


def test_the_file_of_a_search_holds_every_match(silvas: ListPage, admin: Member, client_for: Any) -> None:
    lines = text_of(client_for(admin).get("/teste/lists/people/export.csv?q=silva")).splitlines()
    assert [line.split(";")[0] for line in lines[1:]] == [f"Bia {number} Silva" for number in range(5)]


def test_the_file_of_a_search_tells_nothing_hidden(
    silvas: ListPage, workspace: Any, member_with: Any
) -> None:
    rights = {
        "objects": {"customer": dict.fromkeys(("view", "export"), "all")},
        "fields": {"customer": {"email": "hidden"}},
    }
    reader = Actor.for_member(member_with(Role.objects.create(name="Sem e-mail", rights=rights)))
    page = replace(silvas, search_within=None, search_text=lambda row, member: [row.label])

    def names(words: str) -> list[Any]:
        state = read_state(page, QueryDict(f"q={words}"), reader.member)
        return [line[0] for part in chunks(state, reader, workspace) for line in part]

    assert len(names("silva")) == 5
    assert names("ovo") == []


def test_export_needs_its_right(
    colleagues_list: ListPage, crowd: list[Member], member_with: Any, client_for: Any
) -> None:
    role = Role.objects.create(name="Só vê", rights={"objects": {"colleague": {"view": "all"}}})
    browser = client_for(member_with(role))
    assert browser.get(LIST + "export.csv").status_code == 404
    assert b"export.csv" not in browser.get(URL).content
    assert browser.post(LIST + "bulk/move/", {"id": [str(crowd[0].id)], "once": uuid4()}).status_code == 404


def test_a_bulk_act_once_and_back(browser: Any, crowd: list[Member]) -> None:
    south = Team.objects.get(name="Sul")
    before = {row.id: row.team_id for row in Member.objects.all()}
    ids = [str(row.id) for row in crowd[:6]]
    form = {"id": ids, "team": str(south.id), "once": str(uuid4())}
    answer = browser.post(LIST + "bulk/move/", form)
    assert answer.status_code == 204
    events = json.loads(answer["HX-Trigger"])
    assert events["ponte:toast"]["text"] == "4 moved"
    assert "list-changed" in events
    assert Member.objects.filter(id__in=ids, team=south).count() == 6
    Member.objects.filter(id=ids[0]).update(team=None)
    assert browser.post(LIST + "bulk/move/", form).status_code == 204
    assert BulkChange.objects.count() == 1
    assert Member.objects.filter(id=ids[0], team=None).exists(), "the second click of one act does nothing"
    undo = events["ponte:toast"]["undo"]
    assert browser.post(undo).status_code == 204
    assert {row.id: row.team_id for row in Member.objects.all()} == before
    assert browser.post(undo).status_code == 404, "an act is taken back once"


@pytest.mark.parametrize(
    "form",
    [
        {"id": [], "team": "x"},
        {"id": ["nonsense"]},
        {"id": [str(uuid4())] * 3},
        {"once": "nonsense"},
        {"team": str(uuid4())},
    ],
)
def test_a_bad_bulk_act_changes_nothing(browser: Any, crowd: list[Member], form: dict[str, Any]) -> None:
    good = {"id": [str(crowd[0].id)], "team": "", "once": str(uuid4())}
    answer = browser.post(LIST + "bulk/move/", {**good, **form})
    assert answer.status_code == 422
    assert json.loads(answer["HX-Trigger"])["ponte:toast"]["tone"] == "error"
    assert not BulkChange.objects.exists()


def test_the_form_of_a_bulk_act(browser: Any) -> None:
    content = browser.get(LIST + "bulk/move/").content.decode()
    assert "Norte" in content
    assert 'form="bulk-form"' in content
    assert browser.get(LIST + "bulk/unknown/").status_code == 404
