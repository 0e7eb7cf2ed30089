"""The API of leads."""

from __future__ import annotations

import pytest

from ponte.core.models import Role
from ponte.directory.data import EmailData
from ponte.directory.models import Party
from ponte.sales.models import Lead, Opportunity, Reason, ReasonKind


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


def test_create_read_change_delete(api, make_party):
    party = make_party()
    made = api.post("/api/v1/leads", {"customer_id": str(party.id), "title": "Curso", "origin": "social"})
    assert made.status_code == 201, made.content
    lead = made.json()
    assert (lead["status"], lead["customer_id"], made["ETag"]) == ("new", str(party.id), '"1"')
    path = f"/api/v1/leads/{lead['id']}"
    assert api.get(path).json()["title"] == "Curso"
    assert api.patch(path, {"title": "Outro"}).json()["title"] == "Outro"
    assert api.patch(path, {"title": "Tarde"}, if_match='"1"').status_code in (409, 412)
    listed = api.get(f"/api/v1/leads?customer_id={party.id}&status=new").json()
    assert [one["id"] for one in listed["items"]] == [lead["id"]]
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore").status_code == 200


def test_somebody_is_recognised_or_made(api, make_party):
    ana = make_party("Ana Souza", emails=[EmailData(address="ana@x.com.br")])
    known = api.post("/api/v1/leads", {"person": {"name": "Outra", "email": "ana@x.com.br"}}).json()
    assert known["customer_id"] == str(ana.id)
    assert Party.objects.get(id=ana.id).name == "Ana Souza"
    body = {"person": {"name": "Bia", "email": "bia@x.com.br"}, "source": "site", "external_id": "7"}
    made = api.post("/api/v1/leads", body)
    assert made.status_code == 201
    assert api.post("/api/v1/leads", body).status_code == 200
    assert Lead.objects.filter(external_id="7").count() == 1
    assert api.post("/api/v1/leads", {}).status_code == 422
    assert api.post("/api/v1/leads", {"person": {"name": "X", "email": "nope"}}).status_code == 422


def test_the_life_and_the_conversion(api, make_lead):
    lead = make_lead(typed={"company": "Padaria Sol"})
    path = f"/api/v1/leads/{lead.id}"
    assert api.post(f"{path}/status", {"status": "mql"}).json()["handoff_due_at"]
    assert api.post(f"{path}/status", {"status": "working"}).status_code == 422
    why = Reason.objects.filter(kind=ReasonKind.REJECTED).first()
    assert api.post(f"{path}/status", {"status": "working", "reason_id": str(why.id)}).status_code == 200
    assert [one["status"] for one in api.get(f"{path}/history").json()] == ["working", "mql", "new"]
    assert api.get(f"{path}/matches").json()["new_company"] == "Padaria Sol"
    made = api.post(f"{path}/convert", {"new_company": "Padaria Sol", "amount": "99.90"})
    assert made.status_code == 201, made.content
    assert made.json()["opportunity_id"] == str(Opportunity.objects.get().id)
    assert api.post(f"{path}/undo-conversion").json()["status"] == "working"


def test_hidden_fields(make_lead, member_with, api_for):
    role = Role.objects.create(
        name="Sem texto",
        rights={
            "objects": {"customer": {"view": "all"}, "lead": {"view": "all", "edit": "all"}},
            "fields": {"lead": {"message": "hidden", "typed": "hidden"}},
        },
    )
    lead = make_lead(message="segredo", typed={"company": "segredo"})
    api = api_for(member_with(role))
    answer = api.get(f"/api/v1/leads/{lead.id}")
    assert "segredo" not in answer.content.decode()
    assert api.patch(f"/api/v1/leads/{lead.id}", {"message": "x"}).status_code in (403, 422)
    assert api.get(f"/api/v1/leads/{lead.id}/matches").json()["new_company"] == ""
