"""Screens of contracts: what they show, refuse and cost; timeline, notices, settings."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.models import Notification, Role
from ponte.sales.contract_settings import load_contract_settings
from ponte.sales.models import Contract, ContractTemplate
from ponte.timeline.models import Interaction

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


def cost(browser, path):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(path).status_code == 200
    return len(queries)


def test_the_list_finds_by_number_customer_and_state(browser, make_contract, make_party, send, sign):
    assert "Nenhum contrato ainda" in browser.get("/teste/contracts/").content.decode()
    today = timezone.localdate()
    in_force = make_contract(make_party("Beatriz Lima"), starts_on=today - timedelta(days=9))
    over = make_contract(
        make_party("Carlos Dias"), starts_on=today - timedelta(days=9), ends_on=today - timedelta(days=1)
    )
    make_contract(make_party("Davi Reis"))
    for contract in (in_force, over):
        send(contract)
        sign(contract)
    for query, wanted in (
        ("q=beatriz", "Beatriz Lima"), ("status=in_force", "Beatriz Lima"), ("status=ended", "Carlos Dias"), ("status=draft", "Davi Reis"),
    ):  # fmt: skip
        page = browser.get(f"/teste/contracts/?{query}").content.decode()
        assert [name for name in ("Beatriz Lima", "Carlos Dias", "Davi Reis") if name in page] == [wanted], (
            query
        )
    assert (
        "Beatriz Lima" in browser.get("/teste/contracts/", {"worth": "0-10", "sort": "ends"}).content.decode()
    )


def test_pages_cost_the_same_however_much_there_is(
    browser, make_contract, make_party, make_opportunity, send, sign
):
    party = make_party()
    deal = make_opportunity(party)
    contract = make_contract(party, opportunity_id=deal.id, signers=("Ana Souza", "Beto Lima"))
    send(contract)
    paths = [
        f"/teste/contracts/{contract.id}/", "/teste/contracts/", f"/teste/customers/{party.id}/contracts/",
        f"/teste/opportunities/{deal.id}/contracts/",
    ]  # fmt: skip
    for path in paths:
        browser.get(path)
    before = [cost(browser, path) for path in paths]
    for _number in range(4):
        other = make_contract(party, opportunity_id=deal.id, signers=("Ana Souza", "Beto Lima", "Caio Reis"))
        send(other)
        sign(other)
    sign(contract, contract.signers.first())
    assert [cost(browser, path) for path in paths] == before
    assert max(before) <= 26, before


def test_the_whole_way_in_the_browser(browser, make_opportunity, actor):
    deal = make_opportunity(amount="500")
    asked = browser.get("/teste/contracts/new/", {"opportunity": deal.id}).content.decode()
    assert deal.title in asked
    told = {"party": str(deal.party_id), "opportunity": str(deal.id), "title": "Obra", "renewal": "none"}
    refused = browser.post(
        "/teste/contracts/new/", told | {"starts_on": "10/05/2026", "ends_on": "09/05/2026"}
    )
    assert refused.status_code == 422
    assert "O fim não pode vir antes do início" in refused.content.decode()
    assert browser.post("/teste/contracts/new/", told).status_code == 302
    contract = Contract.objects.get()
    assert (contract.amount, contract.opportunity_id) == (Decimal(500), deal.id)
    base = f"/teste/contracts/{contract.id}/"
    form = told | {
        "body": "Texto {{contract.amount_in_words}}",
        "amount": "700,00",
        "version": "1",
        "notice_days": "30",
    }
    assert browser.post(f"{base}edit/", form).status_code == 302
    assert "setecentos reais" in browser.get(base).content.decode()
    stale = browser.post(f"{base}edit/", form | {"title": "Outra"})
    assert stale.status_code == 409
    wrong = browser.post(f"{base}signers/new/", {"name": "", "role": "customer", "cpf": "111"})
    assert wrong.status_code == 422
    assert browser.post(f"{base}signers/new/", {"name": "Ana Souza", "role": "customer"}).status_code == 302
    for act in ("submit/", "approve/", "send/"):
        answer = browser.post(base + act, {"note": "ok", "channel": "link"})
        assert answer.status_code == 302, act
    contract.refresh_from_db()
    assert contract.status == "out"
    assert "/public/contracts/" in browser.get(base).content.decode()
    assert browser.get(f"{base}files/1/sent/").content.startswith(b"%PDF")
    assert browser.get(f"{base}files/1/signed/").status_code == 404
    assert browser.get(f"{base}pdf/").content.startswith(b"%PDF")
    assert browser.post(f"{base}reopen/").status_code == 302
    assert browser.post(f"{base}cancel/", {"reason": ""}).status_code == 422
    assert browser.post(f"{base}cancel/", {"reason": "Desistiu"}).status_code == 302
    assert "Desistiu" in browser.get(base).content.decode()


def test_the_timeline_and_whoever_is_in_charge_hear_of_it(make_contract, send, sign, run_jobs, member_with):
    owner = member_with(name="Rita Responsável")
    contract = make_contract(owner_id=owner.id, amount=Decimal(100))
    send(contract)
    sign(contract)
    run_jobs()
    run_jobs()
    kinds = list(
        Interaction.objects.filter(party=contract.party, kind__startswith="contract").values_list(
            "kind", flat=True
        )
    )
    assert sorted(kinds) == ["contract_sent", "contract_signed", "contract_signed_by"]
    titles = set(Notification.objects.filter(member=owner).values_list("title", flat=True))
    assert "Ana Souza assinou o contrato 1" in titles


def test_settings_write_templates_and_when_one_is_told(browser, make_opportunity):
    base = "/teste/settings/contracts/"
    assert "O que dizem os seus contratos?" in browser.get(base).content.decode()
    assert browser.post(f"{base}new/", {"name": "", "language": "pt-br"}).status_code == 422
    made = browser.post(
        f"{base}new/", {"name": "Padrão", "language": "pt-br", "opening": "Olá {{customer.name}}"}
    )
    template = ContractTemplate.objects.get()
    assert made.status_code == 302
    one = f"{base}{template.id}/"
    assert browser.post(f"{one}clauses/new/", {"title": "Foro", "body": "{{nada}}"}).status_code == 422
    assert browser.post(f"{one}clauses/new/", {"title": "Foro", "body": "São Paulo"}).status_code == 302
    clause = template.clauses.get()
    assert browser.get(f"{one}clauses/{clause.id}/").status_code == 200
    deal = make_opportunity()
    preview = browser.get(f"{one}preview/", {"opportunity": deal.id}).content.decode()
    assert f"Olá {deal.party.label}" in preview
    assert "Cláusula 1ª – Foro" in preview
    assert browser.get(f"{one}preview/", {"opportunity": "x"}).status_code == 200
    assert browser.get(f"{one}versions/2/").status_code == 200
    assert browser.get(f"{one}versions/9/").status_code == 404
    assert browser.post(f"{base}approval/", {"alert_days": "15"}).status_code == 302
    assert load_contract_settings().alert_days == 15
    assert browser.post(f"{one}archive/", {"archived": "on"}).status_code == 302
    assert browser.post(f"{one}clauses/{clause.id}/delete/").status_code == 302


def test_what_isnt_theirs_isnt_there(client_for, member_with, make_contract, inside, other_workspace, actor):
    contract = make_contract()
    own = {
        "customer": dict.fromkeys(("view", "edit"), "own"),
        "contract": dict.fromkeys(("view", "create", "edit", "delete"), "own"),
    }
    seller = client_for(member_with(Role.objects.create(name="Só os meus", rights={"objects": own})))
    base = f"/teste/contracts/{contract.id}/"
    for path in ("", "edit/", "send/", "cancel/", "approve/", "pdf/", "signers/new/", f"signers/{uuid4()}/"):
        assert seller.get(base + path).status_code == 404, path
    for path in ("submit/", "reopen/", "delete/", "compose/", "approve/"):
        assert seller.post(base + path).status_code == 404, path
    assert "Fornecimento" not in seller.get("/teste/contracts/").content.decode()
    assert seller.get("/teste/settings/contracts/").status_code == 404
