"""Data quality: scores, problems, fields a stage asks for, the pages."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Invalid
from ponte.directory.data import AddressData, CompanyData, EmailData, ExternalId, PersonData, PhoneData
from ponte.directory.models import Party, PartyQuality, QualitySnapshot
from ponte.directory.selectors.quality import cost_of, quality_rules
from ponte.directory.services.bulk import bulk_upsert_people
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person
from ponte.directory.services.quality import quality_of, refresh_after, save_rules, take_snapshot
from ponte.directory.services.stages import advance_stage, change_stage, change_stages

pytestmark = pytest.mark.usefixtures("workspace")


def state(party: Any) -> PartyQuality:
    found = quality_of(party.id)
    assert found is not None
    return found


def test_a_full_record_has_a_hundred_and_an_empty_one_little(actor: Any) -> None:
    full = create_person(
        actor=actor,
        data=PersonData(
            name="Ana Souza",
            cpf="52998224725",
            birthday="1990-02-03",
            source="website",
            emails=[EmailData(address="ana@x.com.br")],
            phones=[PhoneData(number="11981234567")],
            addresses=[AddressData(city="Timóteo", state="MG")],
        ),
    ).party
    assert (state(full).score, state(full).problems) == (100, [])
    company = create_company(actor=actor, data=CompanyData(name="Padaria", cnpj="11222333000181")).party
    assert state(company).score == round(100 * 5 / 15)
    assert state(company).problems == ["unreachable"]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": "ANA MARIA SOUZA"}, "shouting"),
        ({"name": "Ana", "emails": [EmailData(address="x@mailinator.com")]}, "disposable"),
        ({"name": "Ana", "emails": [EmailData(address="contato@x.com.br")]}, "role_email"),
        ({"name": "Ana", "emails": [EmailData(address="a@x.com.br", validity="invalid")]}, "bad_email"),
        ({"phones": [PhoneData(number="11981234567")]}, "nameless"),
    ],
)
def test_problems_are_found(actor: Any, fields: Any, problem: str) -> None:
    assert problem in state(create_person(actor=actor, data=PersonData(**fields)).party).problems


def test_without_contact_for_long_a_record_is_stale(actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="Ana")).party
    assert "stale" not in state(ana).problems
    Party.objects.filter(id=ana.id).update(created_at=timezone.now() - timedelta(days=400))
    assert "stale" in state(ana).problems


def test_a_stage_asks_for_fields_of_people_not_of_events(actor: Any) -> None:
    save_rules(actor=actor, required={"customer": ["email", "document", "industry"]}, stale_days=365)
    ana = create_person(actor=actor, data=PersonData(name="Ana")).party
    with pytest.raises(Invalid) as refusal:
        change_stage(actor=actor, party_id=ana.id, stage="customer")
    message = str(refusal.value.problems[0].message)
    assert refusal.value.problems[0].code == "incomplete"
    assert "E-mail" in message
    assert "CPF" in message
    with pytest.raises(Invalid):
        change_stages(actor=actor, party_ids=[ana.id], stage="customer")
    assert change_stage(actor=actor, party_id=ana.id, stage="sql").stage == "sql"
    assert advance_stage(actor=Actor.for_job("orders"), party_id=ana.id, stage="customer")


def test_rules_refuse_nonsense_and_second_writers(actor: Any) -> None:
    for required, days in (({"nope": ["email"]}, 365), ({"sql": ["shoe"]}, 365), ({}, 0)):
        with pytest.raises(Invalid):
            save_rules(actor=actor, required=required, stale_days=days)
    save_rules(actor=actor, required={}, stale_days=90)
    save_rules(actor=actor, required={}, stale_days=91, version=1)
    with pytest.raises(Conflict):
        save_rules(actor=actor, required={}, stale_days=92, version=1)
    assert quality_rules().stale_days == 91


def test_the_night_looks_through_all_and_keeps_the_day(actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="ANA SOUZA"))
    assert refresh_after(None) is None
    take_snapshot()
    day = take_snapshot()
    assert QualitySnapshot.objects.count() == 1
    assert (day.customers, day.with_problems) == (1, 1)
    assert day.counts == {"shouting": 1, "unreachable": 1}
    assert cost_of(quality_rules(), day) is None
    rules = save_rules(actor=actor, required={}, stale_days=365, minute_cost=Decimal("2.50"), minutes_each=4)
    assert cost_of(rules, day) == Decimal("10.00")


def test_the_pages(client_for: Any, admin: Any, member_with: Any, actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="ANA SOUZA")).party
    client = client_for(admin)
    assert client.get("/teste/data-quality/").status_code == 200
    refresh_after(None)
    take_snapshot()
    assert "data-quality/shouting/" in client.get("/teste/data-quality/").content.decode()
    assert "ANA SOUZA" in client.get("/teste/data-quality/shouting/").content.decode()
    assert client.get("/teste/data-quality/nonsense/").status_code == 404
    assert "%" in client.get(f"/teste/customers/{ana.id}/quality/").content.decode()
    given = {"stale_days": 200, "version": 0, "stage_sql": ["email"]}
    answer = client.post("/teste/data-quality/rules/", given, HTTP_HX_REQUEST="true")
    assert answer.status_code == 204
    assert quality_rules().required == {"sql": ["email"]}
    assert client_for(member_with("salesperson")).get("/teste/data-quality/rules/").status_code == 404
    assert client_for(member_with("read_only")).get("/teste/data-quality/").status_code == 404


def test_a_row_brings_nobody_to_a_stage_whose_fields_they_lack(actor: Any) -> None:
    save_rules(actor=actor, required={"customer": ["email", "owner"]}, stale_days=365)
    ana = create_person(
        actor=actor, data=PersonData(name="Ana", external_ids=(ExternalId(source="erp", id="1"),))
    ).party

    def row(**fields: Any) -> Any:
        data = PersonData(
            name="Ana", external_ids=(ExternalId(source="erp", id="1"),), stage="customer", **fields
        )
        (found,) = bulk_upsert_people(actor=actor, rows=[data], match=("external",))
        return found.outcome, [one.field for one in found.problems]

    assert row() == ("rejected", ["emails"])
    assert row(emails=(EmailData(address="ana@example.com"),))[0] == "updated"
    ana.refresh_from_db()
    assert ana.stage == "customer"
