"""The screens of leads, as a person uses them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.models import Role
from ponte.directory.data import EmailData
from ponte.directory.models import Party
from ponte.sales.models import Lead, LeadStatus, Reason, ReasonKind
from ponte.timeline.models import Interaction


@pytest.fixture
def browser(admin, client_for):
    return client_for(admin)


def queries_of(browser, path):
    browser.get(path)  # what a process prepares once isn't counted
    with CaptureQueriesContext(connection) as seen:
        response = browser.get(path)
    assert response.status_code == 200, response.content[:2000]
    return len(seen), response.content.decode()


def test_a_lead_by_hand_makes_the_person(browser, run_jobs):
    assert browser.get("/teste/leads/new/").status_code == 200
    given = {
        "name": "Clara Nunes",
        "email": "clara@padaria.com.br",
        "company": "Padaria Sol",
        "title": "Forno",
        "origin": "phone",
    }
    response = browser.post("/teste/leads/new/", given)
    assert response.status_code == 302, response.content.decode()[:3000]
    lead = Lead.objects.get()
    assert (lead.party.name, lead.party.email, lead.origin) == (
        "Clara Nunes",
        "clara@padaria.com.br",
        "phone",
    )
    assert lead.typed["company"] == "Padaria Sol"
    page = browser.get(response["Location"]).content.decode()
    assert "Clara Nunes" in page
    assert "Forno" in page
    assert "Padaria Sol" in page
    run_jobs()
    assert Interaction.objects.get(kind="lead_captured").party_id == lead.party_id
    panel = browser.get(f"/teste/customers/{lead.party_id}/leads/").content.decode()
    assert "Forno" in panel


def test_a_known_address_is_recognised_and_nothing_overwritten(browser, make_party):
    ana = make_party("Ana Souza", emails=[EmailData(address="ana@x.com.br")])
    browser.post("/teste/leads/new/", {"name": "Outra Pessoa", "email": "ANA@x.com.br", "origin": "phone"})
    lead = Lead.objects.get()
    assert lead.party_id == ana.id
    assert Party.objects.get(id=ana.id).name == "Ana Souza"
    assert lead.typed["name"] == "Outra Pessoa"
    assert Party.objects.count() == 1


def test_a_lead_is_somebodys(browser):
    response = browser.post("/teste/leads/new/", {"title": "Nada", "origin": "phone"})
    assert response.status_code == 422
    assert not Lead.objects.exists()


def test_working_a_lead_on_its_page(browser, make_lead):
    lead = make_lead(title="Curso")
    path = f"/teste/leads/{lead.id}/"
    browser.post(f"{path}work/")
    assert Lead.objects.get().status == LeadStatus.WORKING
    assert browser.get(f"{path}hand-over/").status_code == 200
    browser.post(f"{path}hand-over/", {"note": "Quente"})
    assert Lead.objects.get().status == LeadStatus.MQL
    assert browser.post(f"{path}give-back/", {}).status_code == 422
    why = Reason.objects.filter(kind=ReasonKind.REJECTED).first()
    browser.post(f"{path}give-back/", {"reason": str(why.id), "note": "cedo"})
    assert Lead.objects.get().status == LeadStatus.WORKING
    assert why.name in browser.get(path).content.decode()
    browser.post(f"{path}accept/")
    assert Lead.objects.get().status == LeadStatus.SQL
    no = Reason.objects.filter(kind=ReasonKind.DISQUALIFIED).first()
    browser.post(f"{path}disqualify/", {"reason": str(no.id)})
    browser.post(f"{path}reopen/")
    assert Lead.objects.get().status == LeadStatus.WORKING
    browser.post(
        f"{path}edit/", {"party": str(lead.party_id), "title": "Curso novo", "origin": "event", "version": ""}
    )
    assert Lead.objects.get().title == "Curso novo"
    browser.post(f"{path}delete/")
    assert browser.get(path).status_code == 404
    browser.post(f"{path}restore/")
    assert browser.get(path).status_code == 200


def test_list_board_and_filters(browser, make_lead, make_party):
    party = make_party("Zilda Ramos")
    make_lead(party, title="Primeiro")
    path = "/teste/leads/"
    few, page = queries_of(browser, path)
    assert "Zilda Ramos" in page
    for number in range(12):
        make_lead(party, title=f"Lead {number}")
    many, _page = queries_of(browser, path)
    assert few == many
    assert few <= 20
    board, page = queries_of(browser, f"{path}?layout=board&by=status")
    assert "Lead 3" in page
    assert board <= 24
    assert "Zilda" in browser.get(f"{path}?q=zil").content.decode()
    assert "Zilda" not in browser.get(f"{path}?q=nobody").content.decode().split("<main")[1]
    for query in (
        "status=new",
        "handoff=late",
        "handoff=waits",
        "origin=unknown",
        f"customer={party.id}",
        "captured=today",
    ):
        assert browser.get(f"{path}?{query}").status_code == 200, query


def test_the_page_does_not_grow(browser, make_lead, actor):
    from ponte.sales.services.lead_life import move_lead

    few, _page = queries_of(browser, f"/teste/leads/{make_lead().id}/")
    lead = make_lead()
    for status in ("working", "mql", "sql", "working", "mql"):
        move_lead(actor=actor, lead_id=lead.id, status=status)
    many, _page = queries_of(browser, f"/teste/leads/{lead.id}/")
    assert few == many
    assert few <= 20


def test_hidden_fields_stay_hidden(make_lead, member_with, client_for, make_party):
    role = Role.objects.create(
        name="Sem texto",
        rights={
            "objects": {"customer": {"view": "all"}, "lead": {"view": "all"}},
            "fields": {"lead": {"message": "hidden", "typed": "hidden"}},
        },
    )
    lead = make_lead(message="segredo da mensagem", typed={"company": "segredo digitado"})
    browser = client_for(member_with(role))
    page = browser.get(f"/teste/leads/{lead.id}/").content.decode()
    assert "segredo" not in page
    assert browser.post(f"/teste/leads/{lead.id}/work/").status_code == 404


def test_leads_follow_the_customers_visibility(make_lead, member_with, client_for):
    role = Role.objects.create(
        name="Só meus clientes", rights={"objects": {"customer": {"view": "own"}, "lead": {"view": "all"}}}
    )
    ana = member_with(role)
    lead = make_lead()
    browser = client_for(ana)
    assert browser.get(f"/teste/leads/{lead.id}/").status_code == 404
    assert lead.party.label not in browser.get("/teste/leads/").content.decode()
