"""How the business sells, over the API: pipelines, stages, reasons, competitors, and who else works on a deal."""

from __future__ import annotations

from uuid import uuid4

import pytest

from ponte.core.models import AuditEntry, Role
from ponte.sales.models import Pipeline, Reason, Stage


@pytest.fixture
def api(admin, api_for):
    return api_for(admin)


def test_a_pipeline_is_built(api, pipeline):
    made = api.post("/api/v1/pipelines", {"name": "Renovações", "stages": ["Aviso", "Conversa"]})
    assert made.status_code == 201, made.content
    body = made.json()
    assert ([one["name"] for one in body["stages"]], body["archived"], made["ETag"]) == (
        ["Aviso", "Conversa"],
        False,
        '"1"',
    )
    path = f"/api/v1/pipelines/{body['id']}"
    stage = api.post(
        f"{path}/stages",
        {
            "name": "Assinatura",
            "probability": 80,
            "max_days": 5,
            "goal": "10000.00",
            "checklist": [{"text": "Contrato lido"}],
            "required_fields": ["expected_close"],
        },
    )
    assert stage.status_code == 201, stage.content
    told = stage.json()
    assert (told["position"], told["goal"], told["required_fields"]) == (3, "10000.00", ["expected_close"])
    key = told["checklist"][0]["key"]
    change = {"max_days": None, "checklist": [{"key": key, "text": "Contrato assinado"}]}
    changed = api.patch(f"/api/v1/stages/{told['id']}", change, if_match='"1"')
    assert (changed.json()["probability"], changed.json()["max_days"], changed["ETag"]) == (80, None, '"2"')
    assert changed.json()["checklist"] == [{"key": key, "text": "Contrato assinado"}]
    assert api.patch(f"/api/v1/stages/{told['id']}", change, if_match='"1"').status_code in (409, 412)
    order = [told["id"], *(one["id"] for one in body["stages"])]
    assert api.put(f"{path}/stages/order", {"ids": order}).status_code == 204
    assert api.put("/api/v1/pipelines/order", {"ids": [body["id"], str(pipeline.id)]}).status_code == 204
    listed = api.get("/api/v1/pipelines").json()["items"]
    assert [one["id"] for one in listed] == [body["id"], str(pipeline.id)]
    assert [one["id"] for one in listed[0]["stages"]] == order
    assert {"pipeline.created", "stage.created", "stage.updated"} <= set(
        AuditEntry.objects.values_list("act", flat=True)
    )


def test_a_pipeline_is_renamed_and_archived(api, pipeline, make_opportunity):
    path = f"/api/v1/pipelines/{pipeline.id}"
    assert api.patch(path, {"name": "Vendas novas"}).json()["name"] == "Vendas novas"
    last = api.patch(path, {"archived": True})
    assert (last.status_code, last.json()["errors"][0]["code"]) == (422, "last")
    other = api.post("/api/v1/pipelines", {"name": "Outro"}).json()
    make_opportunity()
    assert api.patch(path, {"archived": True}).json()["errors"][0]["code"] == "in_use"
    assert api.patch(f"/api/v1/pipelines/{other['id']}", {"archived": True}).json()["archived"] is True
    assert len(api.get("/api/v1/pipelines").json()["items"]) == 1
    assert len(api.get("/api/v1/pipelines?archived=true").json()["items"]) == 2
    taken = api.post("/api/v1/pipelines", {"name": "vendas NOVAS"})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (422, "name")


def test_a_stage_is_removed(api, pipeline, make_opportunity):
    first, second = pipeline.stages.order_by("position")[:2]
    deal = make_opportunity(stage_id=first.id)
    path = f"/api/v1/stages/{first.id}"
    assert api.delete(path).json()["errors"][0]["field"] == "move_to"
    assert api.delete(f"{path}?move_to={second.id}").status_code == 204
    deal.refresh_from_db()
    assert deal.stage_id == second.id
    assert not Stage.objects.filter(id=first.id).exists()


def test_words_of_the_business(api):
    made = api.post("/api/v1/reasons", {"name": "Mudou de cidade", "kind": "disqualified"})
    assert made.status_code == 201, made.content
    path = f"/api/v1/reasons/{made.json()['id']}"
    changed = api.patch(path, {"name": "Mudou-se", "archived": True}).json()
    assert (changed["name"], changed["archived"], changed["kind"]) == ("Mudou-se", True, "disqualified")
    assert api.patch(path, {"archived": False}).json()["archived"] is False
    kinds = {one["kind"] for one in api.get("/api/v1/reasons").json()["items"]}
    assert kinds == {"lost", "disqualified", "rejected"}
    assert {one["kind"] for one in api.get("/api/v1/reasons?kind=lost").json()["items"]} == {"lost"}
    assert api.post("/api/v1/reasons", {"name": " "}).status_code == 422
    rival = api.post("/api/v1/competitors", {"name": "Acme"}).json()
    assert api.post("/api/v1/competitors", {"name": "acme"}).status_code == 422
    assert api.patch(f"/api/v1/competitors/{rival['id']}", {"archived": True}).json()["archived"] is True
    assert [one["name"] for one in api.get("/api/v1/competitors").json()["items"]] == ["Acme"]


def test_who_else_works_on_a_deal(api, make_opportunity, member_with):
    deal = make_opportunity()
    helper = member_with(Role.objects.get(key="salesperson"))
    rival = api.post("/api/v1/competitors", {"name": "Acme"}).json()
    path = f"/api/v1/opportunities/{deal.id}"
    for _time in range(2):
        assert api.put(f"{path}/team/{helper.id}", {"task": "Técnico"}).status_code == 204
        assert api.put(f"{path}/competitors/{rival['id']}", {"note": "Mais barato"}).status_code == 204
    body = api.get(path).json()
    assert body["team"] == [{"member_id": str(helper.id), "task": "Técnico"}]
    assert body["competitors"] == [{"competitor_id": rival["id"], "note": "Mais barato"}]
    assert api.put(f"{path}/team/{uuid4()}", {}).json()["errors"][0]["field"] == "member_id"
    for _time in range(2):
        assert api.delete(f"{path}/team/{helper.id}").status_code == 204
        assert api.delete(f"{path}/competitors/{rival['id']}").status_code == 204
    assert api.get(path).json()["team"] == []


def test_who_may(pipeline, member_with, api_for, make_opportunity):
    seller = api_for(member_with(Role.objects.get(key="salesperson")))
    nobody = api_for(member_with(Role.objects.create(name="Ninguém", rights={})))
    stage, reason = pipeline.stages.first(), Reason.objects.first()
    assert seller.get("/api/v1/pipelines").status_code == 200
    assert seller.get("/api/v1/reasons").status_code == 200
    for answer in (
        seller.post("/api/v1/pipelines", {"name": "X"}),
        seller.patch(f"/api/v1/pipelines/{pipeline.id}", {"name": "X"}),
        seller.put("/api/v1/pipelines/order", {"ids": []}),
        seller.post(f"/api/v1/pipelines/{pipeline.id}/stages", {"name": "X"}),
        seller.patch(f"/api/v1/stages/{stage.id}", {"name": "X"}),
        seller.delete(f"/api/v1/stages/{stage.id}"),
        seller.post("/api/v1/reasons", {"name": "X"}),
        seller.patch(f"/api/v1/reasons/{reason.id}", {}),
        seller.post("/api/v1/competitors", {"name": "X"}),
        nobody.get("/api/v1/pipelines"),
        nobody.get("/api/v1/competitors"),
        nobody.put(f"/api/v1/opportunities/{make_opportunity().id}/team/{uuid4()}", {}),
    ):
        assert answer.status_code in (403, 404), answer.content
    assert Pipeline.objects.count() == 1


def test_what_is_not_there(api):
    for answer in (
        api.patch(f"/api/v1/pipelines/{uuid4()}", {"name": "X"}),
        api.patch(f"/api/v1/stages/{uuid4()}", {"name": "X"}),
        api.delete(f"/api/v1/stages/{uuid4()}"),
        api.patch(f"/api/v1/reasons/{uuid4()}", {}),
        api.patch(f"/api/v1/competitors/{uuid4()}", {"name": "X"}),
        api.get(f"/api/v1/routing-rules/{uuid4()}"),
        api.get(f"/api/v1/score-rules/{uuid4()}"),
    ):
        assert answer.status_code == 404
