"""Merging through the page and the API: who may, what is shown, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.models import Role
from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import Merge, Party
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person, update_person

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def two(actor: Any) -> tuple[Any, Any]:
    one = create_person(actor=actor, data=PersonData(name="Ana Souza", cpf="52998224725", job_title="Dona"))
    other = create_person(
        actor=actor,
        data=PersonData(
            name="Ana P. Souza", description="Gosta de café", emails=[EmailData(address="ap@x.com.br")]
        ),
    )
    return one.party, other.party


def page_url(*parties: Any) -> str:
    return "/teste/customers/merge/?" + "&".join(f"id={party.id}" for party in parties)


def test_side_by_side_then_one_then_two_again(client_for: Any, admin: Any, two: Any) -> None:
    client = client_for(admin)
    shown = client.get(page_url(*two)).content.decode()
    assert "Ana P. Souza" in shown
    assert "529.982.247-25" in shown
    assert "style=" not in shown
    one, other = two
    posted = {
        "id": [one.id, other.id], "stay": other.id, "value.name": one.id,
        f"version.{one.id}": one.version, f"version.{other.id}": other.version,
    }  # fmt: skip
    answer = client.post("/teste/customers/merge/", posted)
    merge = Merge.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/teste/customers/merges/{merge.id}/")
    assert (merge.survivor_id, Party.objects.get(id=other.id).name) == (other.id, "Ana Souza")
    assert client.get(answer["Location"]).status_code == 200
    assert "merges/" in client.get(f"/teste/customers/{other.id}/").content.decode()
    assert client.get("/teste/customers/merges/").status_code == 200
    update_person(actor=client_actor(admin), party_id=other.id, changes={"job_title": "Gerente"})
    undone = client.post(f"/teste/customers/merges/{merge.id}/undo/")
    assert undone.status_code == 200
    assert "Job title" in undone.content.decode() or "Cargo" in undone.content.decode()
    assert Party.objects.filter(deleted_at=None).count() == 2
    assert client.get("/teste/customers/merges/").status_code == 200


def client_actor(member: Any) -> Any:
    from ponte.core.actors import Actor

    return Actor.for_member(member)


def test_somebody_changed_it_meanwhile(client_for: Any, admin: Any, two: Any, actor: Any) -> None:
    one, other = two
    update_person(actor=actor, party_id=one.id, changes={"name": "Outra"})
    posted = {
        "id": [one.id, other.id],
        f"version.{one.id}": one.version,
        f"version.{other.id}": other.version,
    }
    answer = client_for(admin).post("/teste/customers/merge/", posted)
    assert answer.status_code == 409
    assert not Merge.objects.exists()


def test_from_the_list_and_from_the_record(client_for: Any, admin: Any, two: Any, actor: Any) -> None:
    client = client_for(admin)
    one, other = two
    answer = client.post("/teste/customers/merge/", {"id": [one.id, other.id], "again": "1"})
    assert answer["Location"] == page_url(one, other)
    assert client.get(page_url(one)).status_code == 200
    asked = client.get(f"/teste/customers/{one.id}/merge/")
    assert asked.status_code == 200
    assert client.post(f"/teste/customers/{one.id}/merge/", {"other": other.id})["HX-Redirect"] == page_url(
        one, other
    )
    company = create_company(actor=actor, data=company_data())
    assert client.get(page_url(one, company)).status_code == 200
    assert client.post("/teste/customers/merge/", {"id": [one.id, company.id]}).status_code == 422
    assert client.post("/teste/lists/people/bulk/merge/", {"id": [one.id]}).status_code == 404


def company_data() -> Any:
    from ponte.directory.data import CompanyData

    return CompanyData(name="Acme")


def test_who_may(client_for: Any, admin: Any, member_with: Any, two: Any, api_for: Any) -> None:
    one, other = two
    rights = {
        "objects": {"customer": {"view": "all", "edit": "own"}},
        "fields": {"customer": {"cpf": "hidden"}},
    }
    ben = member_with(Role.objects.create(name="R", rights=rights))
    Party.objects.filter(id=one.id).update(owner=ben)
    assert client_for(ben).get(page_url(one, other)).status_code == 404
    api = api_for(ben)
    body = {"survivor_id": one.id, "loser_ids": [other.id]}
    assert api.request("POST", "/merges", body).status_code == 404
    Party.objects.filter(id=other.id).update(owner=ben)
    shown = client_for(ben).get(page_url(one, other)).content.decode()
    assert "529.982.247-25" not in shown
    posted = {"id": [one.id, other.id], "value.cpf": other.id}
    assert client_for(ben).post("/teste/customers/merge/", posted).status_code == 404
    assert api.request("POST", "/merges", {**body, "values": {"cpf": other.id}}).status_code == 404
    reader = member_with("read_only")
    assert client_for(reader).get(page_url(one, other)).status_code == 404


def test_the_api(api_for: Any, admin: Any, two: Any) -> None:
    api = api_for(admin)
    one, other = two
    body = {"survivor_id": one.id, "loser_ids": [other.id], "values": {"name": other.id}}
    stale = api.request("POST", "/merges", {**body, "versions": {str(one.id): 99}})
    assert stale.status_code in (409, 412)
    made = api.request("POST", "/merges", body)
    assert made.status_code == 201
    merge = made.json()
    assert api.get(f"/merges/{merge['id']}").json()["loser_ids"] == [str(other.id)]
    assert api.get("/merges").json()["items"][0]["id"] == merge["id"]
    undone = api.request("POST", f"/merges/{merge['id']}/undo").json()
    assert undone["left"] == []
    assert undone["merge"]["undone_at"]
    assert api.request("POST", f"/merges/{merge['id']}/undo").status_code == 404
    wrong = api.request("POST", "/merges", {**body, "values": {"sapato": one.id}})
    assert wrong.status_code == 422
