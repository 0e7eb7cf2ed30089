"""The API of data quality: figures, problems, suggestions, rules, and who may not."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.directory.data import EmailData, PersonData
from ponte.directory.models import Party
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.quality import refresh_after, take_snapshot

pytestmark = pytest.mark.usefixtures("workspace")
BASE = "/api/v1/data-quality"


@pytest.fixture
def ana(actor: Any) -> Party:
    emails = [EmailData(address="sac@gmial.com")]
    party = create_person(actor=actor, data=PersonData(name="ANA LIMA", emails=emails)).party
    refresh_after(None)
    take_snapshot()
    return party


def test_figures_and_problems(api_for: Any, admin: Any, ana: Party) -> None:
    api = api_for(admin)
    found = api.get(BASE).json()
    assert (found["cost"], found["domains"]) == (None, None)
    day = found["days"][0]
    assert (day["customers"], day["problems"]["shouting"]) == (1, 1)
    page = api.get(f"{BASE}/problems/shouting").json()
    assert page["items"][0]["id"] == str(ana.id)
    assert api.get(f"{BASE}/problems/any").json()["items"]
    assert api.get(f"{BASE}/problems/nonsense").status_code == 404
    one = api.get(f"{BASE}/customers/{ana.id}").json()
    assert one["emails"] == [
        {"address": "sac@gmial.com", "verdict": "mistyped", "validity": "unknown", "domain": "waiting"}
    ]
    assert "phone" in one["missing"]
    assert api.get(f"{BASE}/customers/{uuid4()}").status_code == 404


def test_right_and_wrong(api_for: Any, admin: Any, ana: Party) -> None:
    api = api_for(admin)
    place = f"{BASE}/customers/{ana.id}/problems/shouting/right"
    assert api.post(place, {}).status_code == 204
    assert "shouting" not in api.get(f"{BASE}/customers/{ana.id}").json()["problems"]
    assert api.delete(place).status_code == 204
    assert "shouting" in api.get(f"{BASE}/customers/{ana.id}").json()["problems"]


def test_suggestions(api_for: Any, admin: Any, ana: Party, actor: Any) -> None:
    api = api_for(admin)
    items = {one["field"]: one for one in api.get(f"{BASE}/suggestions?customer_id={ana.id}").json()["items"]}
    assert items["name"]["after"] == "Ana Lima"
    assert api.post(f"{BASE}/suggestions/{items['emails']['id']}/accept", {}).status_code == 204
    assert Party.objects.get(id=ana.id).email == "sac@gmail.com"
    update_person(actor=actor, party_id=ana.id, changes={"name": "Ana"})
    assert api.post(f"{BASE}/suggestions/{items['name']['id']}/accept", {}).status_code == 409
    assert api.post(f"{BASE}/suggestions/{uuid4()}/dismiss", {}).status_code == 404


def test_rules(api_for: Any, admin: Any, actor: Any, member_with: Any, run_jobs: Any) -> None:
    api = api_for(admin)
    rules = api.get(f"{BASE}/rules").json()
    rules |= {"required": {"customer": ["email"]}, "switched_off": ["phone"], "version": rules["version"]}
    assert api.put(f"{BASE}/rules", rules).json()["switched_off"] == ["phone"]
    assert api.put(f"{BASE}/rules", {**rules, "switched_off": ["x"]}).status_code == 422
    create_person(actor=actor, data=PersonData(name="ANA LIMA"))
    first = api.post(f"{BASE}/count", {})
    assert (first.status_code, first.json()["total"]) == (202, 1)
    assert api.post(f"{BASE}/count", {}).json()["run_id"] == first.json()["run_id"]
    run_jobs()
    own = {**rules, "minutes_each": 4, "minute_cost": "2.50", "version": rules["version"] + 1}
    assert api.put(f"{BASE}/rules", own).status_code == 200
    assert api.get(BASE).json()["cost"] == {"records": 1, "minutes": 4, "amount": "10.00", "currency": "BRL"}
    assert api_for(member_with("read_only")).post(f"{BASE}/count", {}).status_code in (403, 404)
    assert api_for(member_with("salesperson")).get(f"{BASE}/rules").status_code in (403, 404)


def test_who_may_not(api_for: Any, member_with: Any, ana: Party) -> None:
    from ponte.core.models import Role

    assert api_for(member_with("read_only")).get(f"{BASE}/suggestions").status_code in (403, 404)
    seller = member_with("salesperson")
    rights = {**seller.role.rights, "fields": {"customer": {"email": "hidden"}}}
    Role.objects.filter(id=seller.role_id).update(rights=rights)
    api = api_for(seller)
    assert "gmial" not in api.get(f"{BASE}/suggestions").content.decode()
    assert api.get(f"{BASE}/customers/{ana.id}").json()["emails"] == []
    assert api.get(f"{BASE}/problems/mistyped").status_code == 404
    assert api.post(f"{BASE}/customers/{ana.id}/look-up/cnpj", {}).status_code == 404


def test_pages_need_no_more_queries_with_more_customers(
    api_for: Any, admin: Any, actor: Any, client_for: Any
) -> None:
    api, client, counts = api_for(admin), client_for(admin), []
    for number in (1, 5):
        for each in range(number):
            emails = [EmailData(address=f"sac{number}{each}@gmial.com")]
            create_person(actor=actor, data=PersonData(name=f"ANA LIMA {each}", emails=emails))
        refresh_after(None)
        for path in (f"{BASE}/suggestions", f"{BASE}/problems/any"):
            api.get(path)
        client.get("/teste/data-quality/any/")
        with CaptureQueriesContext(connection) as found:
            api.get(f"{BASE}/suggestions")
            api.get(f"{BASE}/problems/any")
            client.get("/teste/data-quality/any/")
            client.get("/teste/data-quality/standardise/")
            client.get("/teste/data-quality/registers/")
        counts.append(len(found))
    assert counts[0] == counts[1]
