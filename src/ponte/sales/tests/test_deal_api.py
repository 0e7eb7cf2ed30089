"""The API of opportunities, and what comes in from files."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ponte.core.models import Role
from ponte.directory.data import EmailData
from ponte.sales.data import LeadData
from ponte.sales.imports.opportunities import OPPORTUNITIES
from ponte.sales.models import DealStatus, Opportunity, Reason, ReasonKind, StageEntry
from ponte.sales.services.leads import create_lead
from ponte.workplace.importing.targets import ImportContext, ImportRow, Policy

MOMENT = datetime(2026, 3, 10, 15, tzinfo=UTC)


@pytest.fixture
def api(api_for, admin):
    return api_for(admin)


def test_from_opening_to_the_end_and_back(api, make_party, pipeline):
    party = make_party("Ana Souza")
    stages = list(pipeline.stages.order_by("position"))
    made = api.post(
        "/opportunities",
        {"customer_id": str(party.id), "title": "Moinho", "amount": "1500.00", "origin": "phone"},
    )
    assert made.status_code == 201, made.content
    deal = made.json()
    path = f"/opportunities/{deal['id']}"
    assert deal["stage_id"] == str(stages[0].id)
    assert api.patch(path, {"title": "Moinho grande"}, if_match='"1"').json()["version"] == 2
    assert api.patch(path, {"title": "Outro"}, if_match='"1"').status_code == 409
    stages[0].required_fields = ["expected_close"]
    stages[0].save()
    refused = api.post(f"{path}/move", {"stage_id": str(stages[1].id)})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "exit_rule"
    api.patch(path, {"expected_close": "2027-01-31"})
    assert api.post(f"{path}/move", {"stage_id": str(stages[1].id)}).json()["stage_id"] == str(stages[1].id)
    lines = [{"description": "Moinho", "quantity": "2", "unit_price": "700.00", "discount": "50.00"}]
    told = api.put(f"{path}/lines", {"lines": lines}).json()
    assert Decimal(told["amount"]) == 1350
    assert (
        api.put(f"{path}/contacts/{party.id}", {"role": "decides"}).json()["contacts"][0]["role"] == "decides"
    )
    assert api.delete(f"{path}/contacts/{party.id}").status_code == 204
    assert api.post(f"{path}/win", {"note": "Assinado"}).json()["status"] == "won"
    assert api.post(f"{path}/win", {}).status_code == 422
    assert api.post(f"{path}/reopen", {}).json()["status"] == "open"
    reason = Reason.objects.filter(kind=ReasonKind.LOST).first()
    lost = api.post(f"{path}/lose", {"reason_id": str(reason.id)}).json()
    assert (lost["status"], len(lost["entries"])) == ("lost", 5)
    assert api.get("/opportunities?status=lost").json()["items"][0]["id"] == deal["id"]
    assert api.get("/opportunities?status=won").json()["items"] == []
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.post(f"{path}/restore", {}).status_code == 200
    assert len(api.get("/pipelines").json()["items"][0]["stages"]) == len(stages)


def test_who_may_not(api_for, member_with, make_opportunity):
    deal = make_opportunity()
    rights = {
        "objects": {"customer": {"view": "all"}, "opportunity": {"view": "all"}},
        "fields": {"opportunity": {"description": "hidden"}},
    }
    reader = api_for(member_with(Role.objects.create(name="Lê", rights=rights)))
    told = reader.get(f"/opportunities/{deal.id}").json()
    assert "description" not in told
    assert reader.post(f"/opportunities/{deal.id}/win", {}).status_code == 404
    narrow = api_for(member_with("manager"), scopes=["orders:read"])
    assert narrow.get("/opportunities").status_code == 403


def test_files_bring_open_won_and_lost_ones_once(actor, make_party, pipeline, admin):
    party = make_party("Cliente Um", emails=[EmailData(address="um@cliente.example")])
    create_lead(
        actor=actor, data=LeadData(party_id=party.id, source="olist", external_id="mql-1", origin="email")
    )
    context = ImportContext(
        actor=actor, source="olist", policy=Policy.UPDATE, zone=ZoneInfo("America/Sao_Paulo"), currency="BRL"
    )
    rows = [
        ImportRow(1, {"external_id": "1", "title": "Moinho", "customer_email": "um@cliente.example", "amount": Decimal("10"),
                      "stage": pipeline.stages.order_by("position")[1].name, "owner": admin.name}),
        ImportRow(2, {"external_id": "2", "customer_email": "um@cliente.example", "status": "lost", "reason": "Preço alto",
                      "closed_at": MOMENT}),
        ImportRow(3, {"external_id": "3", "customer_email": "ninguem@cliente.example"}),
        ImportRow(4, {"external_id": "4", "customer_email": "um@cliente.example", "stage": "Lugar nenhum"}),
        ImportRow(5, {"lead": "mql-1", "won_at": MOMENT}),
        ImportRow(6, {"lead": "mql-9"}),
    ]  # fmt: skip
    told = OPPORTUNITIES.apply(rows, context)
    assert [one.outcome for one in told] == [
        "created",
        "created",
        "rejected",
        "rejected",
        "created",
        "rejected",
    ]
    won = Opportunity.objects.get(external_id="mql-1")
    assert (won.status, won.lead.external_id, won.origin) == (DealStatus.WON, "mql-1", "email")
    lost = Opportunity.objects.get(external_id="2")
    assert (lost.reason.name, lost.title) == ("Preço alto", "Cliente Um")
    assert StageEntry.objects.filter(opportunity=lost).count() == 2
    again = OPPORTUNITIES.apply(rows[:2], context)
    assert [one.outcome for one in again] == ["unchanged", "unchanged"]
