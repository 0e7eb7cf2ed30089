"""People, companies, tags and identities over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.directory.data import CompanyData, EmailData, PersonData
from ponte.directory.models import Party
from ponte.directory.selectors import search
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person

pytestmark = pytest.mark.usefixtures("workspace")


def test_create_read_change_delete_restore(api_for: Any, admin: Any) -> None:
    api = api_for(admin)
    made = api.post(
        "/people",
        {
            "name": "Ana",
            "cpf": "529.982.247-25",
            "emails": [{"address": "A@x.com.br"}],
            "tags": ["VIP"],
            "birthday": "1990-02-03",
        },
    )
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["cpf"], body["emails"][0]["address"], body["tags"]) == ("52998224725", "a@x.com.br", ["VIP"])
    assert body["owner"]["id"] == str(admin.id)
    path = f"/people/{body['id']}"
    assert made["ETag"] == '"1"'
    changed = api.patch(path, {"name": "Ana Maria", "emails": [], "stage": "sql"}, if_match="1")
    assert changed.status_code == 200, changed.content
    assert (changed.json()["name"], changed.json()["emails"], changed.json()["stage"]) == (
        "Ana Maria",
        [],
        "sql",
    )
    stale = api.patch(path, {"name": "Anna"}, if_match="1")
    assert stale.status_code == 409
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore", {}).status_code == 200
    assert api.get(path).json()["name"] == "Ana Maria"


def test_refusals_name_the_field(api_for: Any, admin: Any) -> None:
    api = api_for(admin)
    refused = api.post("/people", {"name": "Ana", "cpf": "1"})
    assert refused.status_code == 422
    assert [e["field"] for e in refused.json()["errors"]] == ["cpf"]
    assert api.post("/people", {"name": "Ana", "nope": 1}).status_code == 422
    assert api.get("/people/0192f000-0000-7000-8000-000000000000").status_code == 404


def test_list_pages_filters_sorts_and_sparse_fields(api_for: Any, admin: Any, actor: Any) -> None:
    for name in ("Bia", "ana", "Álvaro", "Zé"):
        create_person(actor=actor, data=PersonData(name=name, stage="mql" if name == "Zé" else "lead"))
    create_company(actor=actor, data=CompanyData(name="Padaria"))
    api = api_for(admin)
    first = api.get("/people?sort=name&limit=3&fields=name").json()
    assert [row["name"] for row in first["items"]] == ["Álvaro", "ana", "Bia"]
    assert set(first["items"][0]) == {"id", "name"}
    rest = api.get(f"/people?sort=name&limit=3&fields=name&cursor={first['next_cursor']}").json()
    assert [row["name"] for row in rest["items"]] == ["Zé"]
    assert rest["next_cursor"] is None
    assert [r["name"] for r in api.get("/people?stage=mql").json()["items"]] == ["Zé"]
    assert [r["name"] for r in api.get("/people?q=alvaro").json()["items"]] == ["Álvaro"]
    assert [r["name"] for r in api.get("/companies").json()["items"]] == ["Padaria"]
    for sort in ("revenue", "-revenue", "last_contact", "-last_order", "-updated", "-created"):
        assert len(api.get(f"/people?sort={sort}").json()["items"]) == 4
    assert api.get("/people?sort=cpf").status_code == 422


@pytest.mark.parametrize("rare", [0, 2000])
def test_a_search_takes_the_ids_first(
    api_for: Any, admin: Any, actor: Any, monkeypatch: pytest.MonkeyPatch, rare: int
) -> None:
    monkeypatch.setattr(search, "RARE", rare)
    for number in range(5):
        create_person(actor=actor, data=PersonData(name=f"Ana {number}"))
    create_person(actor=actor, data=PersonData(name="Bia"))
    api, found, cursor = api_for(admin), [], ""
    while cursor is not None:
        with CaptureQueriesContext(connection) as seen:
            page = api.get(f"/people?q=ana&sort=-last_order&limit=2{cursor and '&cursor='}{cursor}").json()
        sql = [query["sql"] for query in seen.captured_queries]
        switched = next(index for index, text in enumerate(sql) if "enable_seqscan', 'off'" in text)
        assert "@@" in sql[switched + 1]
        later = [text for text in sql[switched + 2 :] if "@@" in text]
        assert bool(later) is (rare == 0)
        found += [row["name"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert sorted(found) == [f"Ana {number}" for number in range(5)]


@pytest.mark.parametrize("sort", ["-revenue", "last_order", "-last_contact", "name", "updated"])
def test_a_page_begins_inside_ties(api_for: Any, admin: Any, actor: Any, sort: str) -> None:
    for _number in range(3):
        create_person(actor=actor, data=PersonData(name="Ana"))
    api = api_for(admin)
    first = api.get(f"/people?sort={sort}&limit=2").json()
    with CaptureQueriesContext(connection) as seen:
        rest = api.get(f"/people?sort={sort}&limit=2&cursor={first['next_cursor']}").json()
    assert len({row["id"] for row in first["items"] + rest["items"]}) == 3
    [page] = [q["sql"] for q in seen.captured_queries if "LIMIT 3" in q["sql"]]
    # one comparison of rows, a range of the index; "a > x OR (a = x AND id > y)" reads all rows tied at x
    assert f'"directory_party"."id") {"<" if sort[0] == "-" else ">"} (' in page
    assert " OR " not in page


def test_a_hidden_revenue_gives_no_order_away(api_for: Any, member_with: Any, actor: Any) -> None:
    from ponte.core.models import Role

    rights = {"objects": {"customer": {"view": "all"}}, "fields": {"customer": {"revenue": "hidden"}}}
    create_person(actor=actor, data=PersonData(name="Ana"))
    api = api_for(member_with(Role.objects.create(name="R", rights=rights)))
    for sort in ("revenue", "-last_order", "last_order"):
        assert api.get(f"/people?sort={sort}").status_code == 422
    assert not {"revenue", "last_order_at", "orders_count"} & set(api.get("/people").json()["items"][0])


def test_bulk_answers_each_item(api_for: Any, admin: Any) -> None:
    api = api_for(admin)
    items = [
        {"external_id": "1", "name": "Ana", "emails": [{"address": "ana@x.com.br"}]},
        {"external_id": "2", "name": "Bia", "cpf": "123"},
        {"external_id": "3"},
        {"name": "no id"},
        {"external_id": "1", "job_title": "Compradora"},
    ]
    first = api.post("/people/bulk", {"source": "erp", "items": items})
    assert first.status_code == 200, first.content
    assert [i["status"] for i in first.json()["items"]] == [
        "created",
        "failed",
        "created",
        "failed",
        "updated",
    ]
    assert first.json()["items"][1]["errors"][0]["field"] == "cpf"
    again = api.post("/people/bulk", {"source": "erp", "items": items}).json()
    assert [i["status"] for i in again["items"]] == [
        "unchanged",
        "failed",
        "unchanged",
        "failed",
        "unchanged",
    ]
    assert Party.objects.count() == 2
    assert Party.objects.get(name="Ana").person.job_title == "Compradora"


def test_bulk_statements_do_not_grow(api_for: Any, admin: Any, django_assert_max_num_queries: Any) -> None:

    api = api_for(admin)

    def statements(start: int, count: int) -> int:
        items = [
            {"external_id": str(i), "name": f"P{i}", "emails": [{"address": f"p{i}@x.com.br"}], "tags": ["a"]}
            for i in range(start, start + count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert api.post("/people/bulk", {"source": "erp", "items": items}).json()["failed"] == 0
        return len(seen)

    statements(0, 1)
    assert statements(10, 60) <= statements(5, 2) + 1


def test_list_queries_do_not_grow(api_for: Any, admin: Any, actor: Any) -> None:

    api = api_for(admin)

    def make(name: str) -> None:
        create_person(
            actor=actor,
            data=PersonData(name=name, emails=[EmailData(address=f"{name}@x.com.br")], tags=["a", "b"]),
        )

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert api.get("/people?limit=100").status_code == 200
        return len(seen)

    make("one")
    queries()
    few = queries()
    for number in range(25):
        make(f"n{number}")
    assert queries() == few
    assert few <= 20


def test_visibility_and_hidden_fields(api_for: Any, member_with: Any, admin: Any, actor: Any) -> None:
    from ponte.core.models import Role

    rights = {
        "objects": {
            "customer": {"view": "own", "create": "all", "edit": "own", "delete": "none", "export": "none"}
        },
        "areas": [],
        "fields": {"customer": {"cpf": "hidden", "stage": "read"}},
    }
    seller = member_with(Role.objects.create(name="Restrita", rights=rights))
    other = create_person(actor=actor, data=PersonData(name="De outra", cpf="11144477735"))
    api = api_for(seller)
    mine = api.post("/people", {"name": "Minha"}).json()
    assert "cpf" not in mine
    assert [row["name"] for row in api.get("/people").json()["items"]] == ["Minha"]
    for call in (
        api.get(f"/people/{other.id}"),
        api.patch(f"/people/{other.id}", {"name": "x"}),
        api.delete(f"/people/{other.id}"),
        api.delete(f"/people/{mine['id']}"),
        api.post(f"/people/{other.id}/stage", {"stage": "lost"}),
        api.get("/identities/resolve?kind=cpf&value=11144477735"),
    ):
        assert call.status_code == 404, call.content
    locked = api.patch(f"/people/{mine['id']}", {"stage": "sql"})
    assert locked.status_code == 422
    assert api.get("/people?q=11144477735").json()["items"] == []
    assert [r["name"] for r in api_for(admin).get("/people?q=11144477735").json()["items"]] == ["De outra"]
    bulk = api.post(
        "/people/bulk",
        {"source": "erp", "match": ["cpf"], "items": [{"external_id": "9", "cpf": "11144477735"}]},
    )
    assert bulk.json()["failed"] == 1


def test_tags_roles_and_identities(api_for: Any, admin: Any, actor: Any) -> None:
    api = api_for(admin)
    tag = api.post("/tags", {"name": "VIP", "color": "blue"})
    assert tag.status_code == 201
    assert api.post("/tags", {"name": "vip"}).status_code == 422
    assert api.put(f"/tags/{tag.json()['id']}", {"name": "Ouro", "color": "yellow"}).json()["name"] == "Ouro"
    ana = create_person(actor=actor, data=PersonData(name="Ana", emails=[EmailData(address="ana@x.com.br")]))
    padaria = create_company(actor=actor, data=CompanyData(name="Padaria"))
    role = api.post(
        "/affiliations", {"person_id": str(ana.id), "company_id": str(padaria.id), "role": "Sócia"}
    )
    assert role.status_code == 201, role.content
    assert len(api.get(f"/affiliations?company_id={padaria.id}").json()["items"]) == 1
    ended = api.post(f"/affiliations/{role.json()['id']}/end", {"ended_on": "2026-01-31"})
    assert ended.json()["ended_on"] == "2026-01-31"
    assert api.get("/affiliations?current=true").json()["items"] == []
    found = api.get("/identities/resolve?kind=email&value=ANA@x.com.br")
    assert found.json()["id"] == str(ana.id)
    assert api.delete(f"/tags/{tag.json()['id']}").status_code == 204


def test_another_workspace_sees_nothing(
    api_for: Any, admin: Any, actor: Any, inside: Any, other_workspace: Any
) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana"))
    with inside(other_workspace):
        assert not Party.objects.filter(id=ana.id).exists()


def test_scopes_are_needed(api_for: Any, admin: Any) -> None:
    api = api_for(admin, scopes=["customers:read"])
    assert api.get("/people").status_code == 200
    assert api.post("/people", {"name": "x"}).status_code == 403
