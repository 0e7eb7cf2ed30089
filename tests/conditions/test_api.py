"""Conditions over the API: catalogue, check, the parameter of lists."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person


@pytest.fixture(autouse=True)
def two(actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", children=2))
    create_person(actor=actor, data=PersonData(name="Bia"))


def asked(where: Any, **more: Any) -> str:
    return urlencode({"condition": json.dumps({"v": 1, "where": where}), **more})


def test_catalogue(admin: Any, api_for: Any) -> None:
    found = {one["key"]: one for one in api_for(admin).get("/api/v1/conditions/subjects").json()}
    assert {"person", "company", "order", "product", "task", "interaction"} <= set(found)
    fields = {one["key"]: one for one in found["person"]["fields"]}
    assert ["MG", "Minas Gerais"] in fields["state"]["choices"]
    assert "anniversary_next" in [one["key"] for one in fields["birthday"]["operators"]]
    assert "purchases" in [one["key"] for one in found["person"]["relations"]]


def test_check(admin: Any, api_for: Any) -> None:
    body = {"where": {"field": "children", "op": "at_least", "value": 1}}
    answer = api_for(admin).post("/api/v1/conditions/person/check", body).json()
    assert answer["count"] == 1
    assert answer["words"]
    lists_only = api_for(admin, scopes=["lists:read"]).post("/api/v1/conditions/person/check", body).json()
    assert lists_only["count"] is None
    wrong = api_for(admin).post(
        "/api/v1/conditions/person/check", {"where": {"field": "nothing", "op": "is"}}
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"].endswith("where.field")
    assert api_for(admin).post("/api/v1/conditions/nobody/check", body).status_code == 404


def test_lists_take_conditions(admin: Any, api_for: Any) -> None:
    client = api_for(admin)
    found = client.get("/api/v1/people?" + asked({"field": "children", "op": "empty"})).json()
    assert [one["name"] for one in found["items"]] == ["Bia"]
    for path in ("orders", "products", "tasks", "companies"):
        assert client.get(f"/api/v1/{path}?" + asked({"all": []})).status_code == 200, path
    wrong = client.get(
        "/api/v1/people?" + asked({"all": [{"field": "children", "op": "at_least", "value": "x"}]})
    )
    assert wrong.json()["errors"][0]["field"] == "condition.where.all[0].value"
    assert client.get("/api/v1/people?condition=nonsense").status_code == 422
