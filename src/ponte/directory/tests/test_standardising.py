"""Standardisation: the rules, the suggestions, accepting, taking back, calling right; pages, lists, bulk acts."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from ponte.core.actors import Actor
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.data import AddressData, CompanyData, EmailData, PersonData, PhoneData
from ponte.directory.models import Identity, Party, PartyEmail, Suggestion
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.quality import save_rules
from ponte.directory.services.standardising import find_suggestions
from ponte.directory.services.suggestions import accept_suggestions, dismiss_suggestions, take_back
from ponte.directory.standards.addresses import proper_place, proper_street, proper_uf, state_of_cep
from ponte.directory.standards.emails import judge_email, mended_email
from ponte.directory.standards.names import proper_name


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MARIA DA SILVA E SOUZA", "Maria da Silva e Souza"),
        ("josé dos santos neto", "José dos Santos Neto"),
        ("JOANA D'ÁVILA", "Joana D'Ávila"),
        ("ANA-LÚCIA DE MELO", "Ana-Lúcia de Melo"),
        ("JOÃO PAULO II", "João Paulo II"),
        ("DE PAULA MARIA", "De Paula Maria"),
        ("Maria da Silva", "Maria da Silva"),
        ("MacDonald de Souza", "MacDonald de Souza"),
        ("ANA", "ANA"),
        ("😀 ANA LIMA", "😀 Ana Lima"),
        ("", ""),
    ],
)
def test_names(before: str, after: str) -> None:
    assert proper_name(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PADARIA PÃO DE MEL LTDA", "Padaria Pão de Mel Ltda"),
        ("XP RH CONSULTORIA S/A", "XP RH Consultoria S/A"),
        ("COMERCIAL J R ALMEIDA ME", "Comercial J R Almeida ME"),
        ("mercado três irmãos ltda.", "Mercado Três Irmãos Ltda."),
    ],
)
def test_names_of_companies(before: str, after: str) -> None:
    assert proper_name(before, company=True) == after


@given(st.text(max_size=60))
def test_a_proper_name_stays_and_loses_no_letter(text: str) -> None:
    once = proper_name(text)
    assert proper_name(once).casefold() == once.casefold()
    if "\u0130" not in text:  # its small letter is two
        assert "".join(once.split()).casefold() == "".join(text.split()).casefold() or once == text


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("Ana@Gmial.com", "ana@gmail.com", "mistyped"),
        ("ana@gmail.com.br", "ana@gmail.com", "mistyped"),
        ("ana@padaria.con", "ana@padaria.com", "mistyped"),
        ("ana@padaria.con.br", "ana@padaria.com.br", "mistyped"),
        ("ana@gmail.con", "ana@gmail.com", "mistyped"),
        ("vendas@padaria.com.br", "vendas@padaria.com.br", "role"),
        ("x@mailinator.com", "x@mailinator.com", "disposable"),
        ("ana@uol.com.br", "ana@uol.com.br", "known"),
        ("ana@padaria.com.br", "ana@padaria.com.br", "unknown"),
        ("ana", "ana", "unknown"),
    ],
)
def test_emails(before: str, after: str, verdict: str) -> None:
    assert mended_email(before) == after
    assert judge_email(before) == verdict


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("AV. BRASIL", "Avenida Brasil"),
        ("R. das Flores", "Rua das Flores"),
        ("r 15 de novembro", "R 15 de Novembro"),
        ("RUA XV DE NOVEMBRO", "Rua XV de Novembro"),
        ("Alameda Santos", "Alameda Santos"),
        ("AL SANTOS", "Alameda Santos"),
        ("", ""),
    ],
)
def test_streets(before: str, after: str) -> None:
    assert proper_street(before) == after


def test_places_and_states() -> None:
    assert proper_place("SÃO JOSÉ DOS CAMPOS") == "São José dos Campos"
    assert proper_place("Salto") == "Salto"
    assert (state_of_cep("01310100"), state_of_cep("30140"), state_of_cep("72800000"), state_of_cep("1")) == (
        "SP", "MG", "GO", "",
    )  # fmt: skip
    assert (proper_uf("", "80010000"), proper_uf("São Paulo", ""), proper_uf("MG", "01310100")) == (
        "PR", "SP", "MG",
    )  # fmt: skip


pytestmark_db = pytest.mark.usefixtures("workspace")


def messy(actor: Any) -> Party:
    return create_person(
        actor=actor,
        data=PersonData(
            name="MARIA DA SILVA",
            emails=[EmailData(address="maria@gmial.com", validity="invalid")],
            phones=[PhoneData(number="1181234567")],
            addresses=[AddressData(street="AV. BRASIL", city="SALTO", postal_code="13320000")],
        ),
    ).party


def open_ids(party: Party) -> list[Any]:
    return list(Suggestion.objects.filter(party=party, state="open").values_list("id", flat=True))


@pytestmark_db
def test_suggestions_are_found_accepted_and_taken_back(actor: Any) -> None:
    maria = messy(actor)
    find_suggestions([maria.id])
    found = {row.field: (row.before, row.after) for row in Suggestion.objects.filter(party=maria)}
    assert found == {
        "name": ("MARIA DA SILVA", "Maria da Silva"),
        "emails": ("maria@gmial.com", "maria@gmail.com"),
        "phones": ("+551181234567", "+5511981234567"),
        "addresses.street": ("AV. BRASIL", "Avenida Brasil"),
        "addresses.city": ("SALTO", "Salto"),
        "addresses.state": ("", "SP"),
    }
    before = Party.objects.get(id=maria.id)
    accepted = accept_suggestions(actor=actor, suggestion_ids=open_ids(maria))
    assert accepted.party_ids == [maria.id]
    now = Party.objects.get(id=maria.id)
    assert (now.name, now.sort_name, now.email, now.phone, now.city, now.state) == (
        "Maria da Silva", "maria da silva", "maria@gmail.com", "+5511981234567", "Salto", "SP",
    )  # fmt: skip
    assert now.version == before.version + 1
    assert PartyEmail.objects.get(party=maria).validity == "unknown"
    assert set(Identity.objects.filter(party=maria).values_list("value", flat=True)) == {
        "maria@gmail.com", "+5511981234567",
    }  # fmt: skip
    assert AuditEntry.objects.filter(act="person.updated", object_id=maria.id, sealed__isnull=False).exists()
    assert StoredEvent.objects.filter(name="directory.customers_edited").count() == 1
    find_suggestions([maria.id])  # what the event lets happen
    assert open_ids(maria) == []
    assert take_back(actor=actor, undo=accepted.undo) == 1
    undone = Party.objects.get(id=maria.id)
    assert (undone.name, undone.email, undone.phone, undone.city, undone.state) == (
        before.name, before.email, before.phone, before.city, before.state,
    )  # fmt: skip
    assert PartyEmail.objects.get(party=maria).validity == "invalid"
    assert len(open_ids(maria)) == 6


@pytestmark_db
def test_what_somebody_changed_since_is_never_overwritten(actor: Any) -> None:
    maria = messy(actor)
    find_suggestions([maria.id])
    update_person(actor=actor, party_id=maria.id, changes={"name": "Maria Lima"})
    name = Suggestion.objects.get(party=maria, field="name")
    assert accept_suggestions(actor=actor, suggestion_ids=[name.id]).party_ids == []
    assert Party.objects.get(id=maria.id).name == "Maria Lima"
    accepted = accept_suggestions(actor=actor, suggestion_ids=open_ids(maria))
    PartyEmail.objects.filter(party=maria).update(address="outra@gmail.com")
    take_back(actor=actor, undo=accepted.undo)
    assert PartyEmail.objects.get(party=maria).address == "outra@gmail.com"


@pytestmark_db
def test_called_right_stays_so_until_the_text_changes(actor: Any) -> None:
    maria = create_person(actor=actor, data=PersonData(name="IBM BRASIL")).party
    find_suggestions([maria.id])
    assert dismiss_suggestions(actor=actor, suggestion_ids=open_ids(maria)) == 1
    find_suggestions([maria.id])
    assert open_ids(maria) == []
    update_person(actor=actor, party_id=maria.id, changes={"name": "IBM DO BRASIL"})
    find_suggestions([maria.id])
    assert len(open_ids(maria)) == 1


@pytestmark_db
def test_an_address_they_have_already_is_not_suggested_twice(actor: Any) -> None:
    emails = [
        EmailData(address="a@gmail.com"),
        EmailData(address="a@gmial.com"),
        EmailData(address="b@gmial.com"),
    ]
    ana = create_person(actor=actor, data=PersonData(name="Ana", emails=emails)).party
    find_suggestions([ana.id])
    assert list(Suggestion.objects.filter(party=ana).values_list("after", flat=True)) == ["b@gmail.com"]


@pytestmark_db
def test_rules_can_be_switched_off(actor: Any) -> None:
    maria = messy(actor)
    save_rules(actor=actor, required={}, stale_days=365, switched_off=["name_case", "email"])
    find_suggestions([maria.id])
    assert {row.rule for row in Suggestion.objects.filter(party=maria)} == {"phone", "address", "state"}


@pytestmark_db
def test_queries_do_not_grow_with_customers(actor: Any) -> None:
    counts = []
    for number in (1, 6):
        people = [
            create_person(
                actor=actor,
                data=PersonData(
                    name=f"MARIA {n} SILVA", emails=[EmailData(address=f"m{uuid4().hex}@gmial.com")]
                ),
            ).party
            for n in range(number)
        ]
        ids = [party.id for party in people]
        with CaptureQueriesContext(connection) as found:
            find_suggestions(ids)
        chosen = list(Suggestion.objects.filter(party_id__in=ids, field="name").values_list("id", flat=True))
        with CaptureQueriesContext(connection) as accepted:
            assert len(accept_suggestions(actor=actor, suggestion_ids=chosen).party_ids) == number
        counts.append((len(found), len(accepted)))
    assert counts[0] == counts[1]


@pytestmark_db
def test_the_page_accepts_all_but_what_is_unticked(client_for: Any, admin: Any, actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="ANA LIMA")).party
    rui = create_person(actor=actor, data=PersonData(name="RUI LIMA")).party
    company = create_company(actor=actor, data=CompanyData(name="PADARIA SOL LTDA")).party
    find_suggestions([ana.id, rui.id, company.id])
    client = client_for(admin)
    page = client.get("/teste/data-quality/standardise/?kind=person").content.decode()
    assert "Ana Lima" in page
    assert "Padaria Sol" not in page
    one, other = open_ids(ana)[0], open_ids(rui)[0]
    given = {
        "kind": "person",
        "rule": "",
        "once": str(uuid4()),
        "shown": [str(one), str(other)],
        "keep": [str(one)],
    }
    answer = client.post("/teste/data-quality/standardise/run/", given, HTTP_HX_REQUEST="true")
    assert answer.status_code == 204
    assert "undo" in answer.headers["HX-Trigger"]
    assert Party.objects.get(id=ana.id).name == "Ana Lima"
    assert Party.objects.get(id=rui.id).name == "RUI LIMA"
    answer = client.post(f"/teste/data-quality/suggestions/{other}/accept/", HTTP_HX_REQUEST="true")
    assert Party.objects.get(id=rui.id).name == "Rui Lima"
    client.post(f"/teste/data-quality/suggestions/{other}/back/", HTTP_HX_REQUEST="true")
    assert Party.objects.get(id=rui.id).name == "RUI LIMA"
    client.post(f"/teste/data-quality/suggestions/{other}/dismiss/", HTTP_HX_REQUEST="true")
    assert open_ids(rui) == []
    assert client.post(f"/teste/data-quality/suggestions/{uuid4()}/accept/").status_code == 404


@pytestmark_db
def test_hidden_fields_and_others_customers_stay_out(client_for: Any, member_with: Any, actor: Any) -> None:
    from ponte.core.models import Role

    maria = messy(actor)
    find_suggestions([maria.id])
    seller = member_with("salesperson")
    Role.objects.filter(id=seller.role_id).update(
        rights={**seller.role.rights, "fields": {"customer": {"email": "hidden"}}}
    )
    client = client_for(seller)
    page = client.get("/teste/data-quality/standardise/").content.decode()
    assert "Maria da Silva" in page
    assert "gmail.com" not in page
    mail = Suggestion.objects.get(party=maria, field="emails")
    assert client.post(f"/teste/data-quality/suggestions/{mail.id}/accept/").status_code == 404
    reader = client_for(member_with("read_only"))
    assert reader.get("/teste/data-quality/standardise/").status_code == 404
    name = Suggestion.objects.get(party=maria, field="name")
    assert reader.post(f"/teste/data-quality/suggestions/{name.id}/accept/").status_code == 404


@pytestmark_db
def test_very_many_go_on_in_the_background(
    client_for: Any, admin: Any, actor: Any, run_jobs: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("ponte.directory.views.standardising.MOST_ROWS", 1)
    people = [create_person(actor=actor, data=PersonData(name=f"ANA LIMA {n}")).party for n in "ABC"]
    find_suggestions([party.id for party in people])
    client = client_for(admin)
    given = {"kind": "person", "rule": "name_case", "once": str(uuid4())}
    assert client.post("/teste/data-quality/standardise/run/", given).status_code == 204
    run_jobs()
    assert [Party.objects.get(id=party.id).name[:8] for party in people] == ["Ana Lima"] * 3
    again = client.post("/teste/data-quality/standardise/run/", given)  # an impatient second click
    assert again.status_code == 204


@pytestmark_db
def test_the_api_and_the_lists_know_it(api_for: Any, admin: Any, client_for: Any, actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="ANA LIMA")).party
    find_suggestions([ana.id])
    api = api_for(admin)
    answer = api.post(
        "/api/v1/lists/people/actions/standardise", {"ids": [str(ana.id)], "inputs": {"rule": "all"}}
    )
    assert answer.status_code == 200, answer.content
    assert Party.objects.get(id=ana.id).name == "Ana Lima"
    change = answer.json()["id"]
    assert api.post(f"/api/v1/bulk-changes/{change}/undo", {}).status_code == 200
    assert Party.objects.get(id=ana.id).name == "ANA LIMA"
    client = client_for(admin)
    assert (
        "ANA LIMA"
        in client.get("/teste/people/?suggestion=name_case&sort=quality&cols=name,quality").content.decode()
    )
    assert "ANA LIMA" not in client.get("/teste/people/?suggestion=phone").content.decode()
    assert "ANA LIMA" in client.get("/teste/people/?problem=shouting").content.decode()


@pytestmark_db
def test_counting_now(client_for: Any, admin: Any, actor: Any, run_jobs: Any) -> None:
    messy(actor)
    client = client_for(admin)
    assert client.post("/teste/data-quality/count/").status_code == 302
    assert client.get("/teste/data-quality/counting/").status_code == 200
    run_jobs()
    assert client.get("/teste/data-quality/counting/").headers["HX-Refresh"] == "true"
    page = client.get("/teste/data-quality/").content.decode()
    assert "data-quality/standardise/" in page
    assert Party.objects.get(name="MARIA DA SILVA").facts.quality > 0


@pytestmark_db
def test_an_actor_without_a_member_may_accept(actor: Any) -> None:
    maria = messy(actor)
    find_suggestions([maria.id])
    assert accept_suggestions(actor=Actor.for_job("quality"), suggestion_ids=open_ids(maria)).party_ids
