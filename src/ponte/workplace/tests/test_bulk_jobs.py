"""Acts on more rows than a request takes: cut, carried on after a crash, told, shown beforehand, taken back."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from ponte.core.models import AuditEntry, Member, Notification, Role, Team
from ponte.core.services.tokens import SCOPES
from ponte.workplace.lists import ListPage
from ponte.workplace.lists.page import list_pages
from ponte.workplace.models import BulkChange, BulkChunk
from ponte.workplace.services import bulk_running
from ponte.workplace.services.bulk_running import carry_on

LIST = "/teste/lists/colleagues/"
URL = "/teste/test/colleagues/"


@pytest.fixture
def browser(
    colleagues_list: ListPage, crowd: list[Member], admin: Member, client_for: Any, monkeypatch: Any
) -> Any:
    monkeypatch.setattr("ponte.workplace.services.bulk_changes.CHUNK", 5)
    monkeypatch.setattr("ponte.workplace.services.bulk_changes.MOST_ROWS", 6)
    return client_for(admin)


@pytest.fixture
def south(browser: Any) -> Team:
    team: Team = Team.objects.get(name="Sul")
    return team


def everything(team: Team, query: str = "?") -> dict[str, Any]:
    return {"all": "1", "query": query, "team": str(team.id), "once": str(uuid4())}


def test_all_rows_of_the_list_are_changed_in_chunks_and_back(
    browser: Any, south: Team, run_jobs: Any
) -> None:
    before = {row.id: row.team_id for row in Member.objects.all()}
    form = everything(south)
    answer = browser.post(LIST + "bulk/move/", form)
    assert answer.status_code == 204
    assert "runs-changed" in json.loads(answer["HX-Trigger"])
    browser.post(LIST + "bulk/move/", form)
    assert BulkChange.objects.count() == 1, "a second click starts nothing"
    assert Member.objects.filter(team=south).count() < len(before), "not yet"
    run_jobs()
    change = BulkChange.objects.get()
    assert (change.state, change.total) == ("done", len(before))
    assert change.count == sum(team != south.id for team in before.values())
    assert change.chunks.count() == -(-len(before) // 5)
    assert Member.objects.exclude(team=south).count() == 0
    assert Notification.objects.filter(kind="bulk.finished").exists()
    page = browser.get(URL).content.decode()
    undo = f"{LIST}bulk/move/undo/{change.id}/"
    assert undo in page
    assert browser.post(undo).status_code == 204
    run_jobs()
    assert {row.id: row.team_id for row in Member.objects.all()} == before
    change.refresh_from_db()
    assert change.state == "undone"
    assert browser.post(undo).status_code == 404
    assert browser.post(f"{LIST}runs/{change.id}/hide/").status_code == 200
    assert undo not in browser.get(URL).content.decode()


def test_who_joins_the_list_meanwhile_is_left_alone_and_filters_hold(
    browser: Any, south: Team, run_jobs: Any, crowd: list[Member]
) -> None:
    browser.post(LIST + "bulk/move/", everything(south, "?version=..1"))
    run_jobs()
    assert not Member.objects.filter(version=1).exclude(team=south).exists()
    assert Member.objects.filter(version__gt=1).exclude(team=south).exists()


def test_a_killed_worker_leaves_nothing_half_done_and_nothing_is_done_twice(
    browser: Any, south: Team, monkeypatch: Any
) -> None:
    browser.post(LIST + "bulk/move/", everything(south))
    change = BulkChange.objects.get()
    done: list[int] = []
    real = bulk_running.act_on

    def dies_in_the_third(*arguments: Any) -> Any:
        result = real(*arguments)
        done.append(len(arguments[3]))
        if len(done) == 3:
            raise SystemExit
        return result

    monkeypatch.setattr(bulk_running, "act_on", dies_in_the_third)
    with pytest.raises(SystemExit):
        carry_on(change.id)
    change.refresh_from_db()
    assert change.chunks.filter(is_done=True).count() == 2
    assert change.count <= 10
    carry_on(change.id)
    change.refresh_from_db()
    assert change.state == "done"
    assert sum(done) == change.total + 5, "only the chunk that was rolled back came again"
    carry_on(change.id)
    assert sum(done) == change.total + 5


def test_rows_named_one_by_one_may_be_many(
    browser: Any, south: Team, crowd: list[Member], run_jobs: Any
) -> None:
    ids = [str(row.id) for row in crowd[:7]]
    browser.post(LIST + "bulk/move/", {"id": ids, "team": str(south.id), "once": str(uuid4())})
    assert BulkChange.objects.get().state == "queued"
    run_jobs()
    assert Member.objects.filter(id__in=ids, team=south).count() == 7


def test_losing_the_right_stops_it(browser: Any, south: Team, admin: Member, run_jobs: Any) -> None:
    browser.post(LIST + "bulk/move/", everything(south))
    admin.role = Role.objects.create(name="Só vê", rights={"objects": {"colleague": {"view": "all"}}})
    admin.save()
    run_jobs()
    change = BulkChange.objects.get()
    assert change.state == "failed"
    assert change.error
    assert Member.objects.exclude(team=south).exists()


def test_a_preview_counts_without_changing(
    browser: Any, south: Team, crowd: list[Member], member_with: Any, client_for: Any
) -> None:
    answer = browser.post(LIST + "bulk/move/preview/", everything(south)).content.decode()
    assert f"<strong>{Member.objects.count()}</strong>" in answer
    answer = browser.post(
        LIST + "bulk/move/preview/", {"id": [str(crowd[0].id)], "team": ""}
    ).content.decode()
    assert "<strong>1</strong>" in answer
    assert not BulkChange.objects.exists()
    reader = Role.objects.create(name="Vê", rights={"objects": {"colleague": {"view": "all"}}})
    assert client_for(member_with(reader)).post(LIST + "bulk/move/preview/", {}).status_code == 404


def test_others_runs_are_not_mine(
    browser: Any, south: Team, member_with: Any, client_for: Any, run_jobs: Any
) -> None:
    browser.post(LIST + "bulk/move/", everything(south))
    run_jobs()
    change = BulkChange.objects.get()
    rights = {"objects": {"colleague": dict.fromkeys(("view", "edit"), "all")}}
    other = client_for(member_with(Role.objects.create(name="Edita", rights=rights)))
    assert str(change.id) not in other.get(URL).content.decode()
    assert other.post(f"{LIST}bulk/move/undo/{change.id}/").status_code == 404
    other.post(f"{LIST}runs/{change.id}/hide/")
    change.refresh_from_db()
    assert not change.is_hidden


def test_old_chunks_are_forgotten(browser: Any, south: Team, run_jobs: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from ponte.workplace.services.bulk_changes import forget_old_changes

    browser.post(LIST + "bulk/move/", everything(south))
    run_jobs()
    BulkChange.objects.update(created_at=timezone.now() - timedelta(days=2))
    forget_old_changes()
    assert not BulkChunk.objects.exists()
    assert BulkChange.objects.exists()


@pytest.fixture
def people(workspace: Any, admin: Member, api_for: Any) -> Any:
    api = api_for(admin)
    for number in range(8):
        body = {"name": f"Pessoa {number}", "source": "website" if number % 2 else "", "job_title": "Dona"}
        assert api.post("/people", body).status_code == 201
    return api


def test_a_field_of_many_people_over_the_api(
    people: Any, run_jobs: Any, monkeypatch: Any, api_for: Any, admin: Member
) -> None:
    monkeypatch.setattr("ponte.workplace.services.bulk_changes.MOST_ROWS", 5)
    keys = {each["key"] for each in people.get("/lists/people/actions").json()}
    assert keys >= {"assign", "stage", "edit_source", "edit_job_title", "edit_birthday"}
    body = {"query": "?", "inputs": {"value": "referral"}}
    path = "/lists/people/actions/edit_source"
    assert people.post(path + "/preview", body).json() == {"changing": 8, "skipped": 0, "estimated": False}
    assert api_for(admin, scopes=["lists:write"]).post(path, body).status_code == 403
    assert people.post(path, {**body, "inputs": {"value": "nonsense"}}).status_code == 422
    answer = people.post(path, body)
    assert answer.status_code == 202
    run_jobs()
    change = people.get(f"/bulk-changes/{answer.json()['id']}").json()
    assert (change["state"], change["count"]) == ("done", 8)
    assert {each["source"] for each in people.get("/people").json()["items"]} == {"referral"}
    entry = AuditEntry.objects.get(act="customers.edited")
    assert entry.changes["after"] == {"referral": 8}
    assert len(entry.object_ids) == 8
    assert people.post(f"/bulk-changes/{change['id']}/undo", {}).status_code == 200
    run_jobs()
    assert (
        sorted(each["source"] for each in people.get("/people").json()["items"]) == [""] * 4 + ["website"] * 4
    )


def test_what_tells_about_a_person_is_sealed(people: Any) -> None:
    ids = [each["id"] for each in people.get("/people").json()["items"]]
    answer = people.post("/lists/people/actions/edit_job_title", {"ids": ids, "inputs": {"value": "Gerente"}})
    assert answer.status_code == 200
    assert answer.json()["count"] == 8
    entries = AuditEntry.objects.filter(act="person.updated").exclude(sealed=None)
    assert entries.count() == 8
    assert not any("job_title" in entry.changes for entry in entries)
    bad = people.post("/lists/people/actions/edit_birthday", {"ids": ids, "inputs": {"value": "31/02/1980"}})
    assert bad.status_code == 422


def test_a_readonly_field_is_no_act(people: Any, member_with: Any, api_for: Any) -> None:
    rights = {
        "objects": {"customer": dict.fromkeys(("view", "edit"), "all")},
        "fields": {"customer": {"owner": "read"}},
    }
    api = api_for(member_with(Role.objects.create(name="Sem dono", rights=rights)))
    keys = {each["key"] for each in api.get("/lists/people/actions").json()}
    assert "assign" not in keys
    assert "edit_source" in keys


def test_rows_out_of_reach_are_left(people: Any, member_with: Any, api_for: Any, run_jobs: Any) -> None:
    rights = {"objects": {"customer": {"view": "all", "edit": "own"}}}
    member = member_with(Role.objects.create(name="Só os seus", rights=rights))
    api = api_for(member)
    body = {"query": "?", "inputs": {"value": "referral"}}
    preview = api.post("/lists/people/actions/edit_source/preview", body).json()
    assert (preview["changing"], preview["skipped"]) == (0, 8)
    change = api.post("/lists/people/actions/edit_source", body).json()
    run_jobs()
    after = api.get(f"/bulk-changes/{change['id']}").json()
    assert (after["state"], after["count"], after["skipped"]) == ("done", 0, 8)


def test_every_lists_acts_need_a_scope_there_is() -> None:
    wanted = {page.scope or f"{page.object}s" for page in list_pages if page.bulk_actions}
    assert {f"{one}:write" for one in wanted} <= set(SCOPES)
