"""Creating and changing people, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.core.errors import Conflict, Invalid, Missing
from ponte.core.models import AuditEntry, StoredEvent
from ponte.directory.data import (
    AddressData,
    CompanyData,
    EmailData,
    ExternalId,
    HandleData,
    PersonData,
    PhoneData,
)
from ponte.directory.models import (
    Affiliation,
    Identity,
    IdentityClaim,
    Party,
    PartyFacts,
    Person,
    StageChange,
)
from ponte.directory.selectors.identities import resolve
from ponte.directory.services.companies import create_company, update_company
from ponte.directory.services.contacts import set_addresses, set_emails, set_phones
from ponte.directory.services.customers import assign_owner
from ponte.directory.services.people import create_person, update_person

pytestmark = pytest.mark.usefixtures("workspace")


def person(actor: Any, **values: Any) -> Person:
    return create_person(actor=actor, data=PersonData(**values))


def found(text: str) -> list[str]:
    from ponte.core.text import search_query

    return [
        p.label for p in Party.objects.filter(deleted_at=None, findable__lexemes__words=search_query(text))
    ]


def test_a_person_comes_in_whole(actor: Any) -> None:
    company = create_company(actor=actor, data=CompanyData(name="Padaria Três Irmãos"))
    ana = person(
        actor,
        name="  Ana \x00 Conceição 🌻 ",
        cpf="529.982.247-25",
        birthday="03/02/1990",
        emails=[
            EmailData(address="Ana@Exemplo.com.br"),
            EmailData(address="ana@trabalho.com.br", is_primary=True),
        ],
        phones=[PhoneData(number="(11) 91234-5678", has_whatsapp=True), PhoneData(number="(11) 3333-4444")],
        addresses=[
            AddressData(postal_code="01310-100", city="São Paulo", state="são paulo", city_code="3550308")
        ],
        handles=[HandleData(network="instagram", handle="@ana.flores")],
        external_ids=[ExternalId(source="erp", id="C-7788")],
        tags=["VIP", "vip", "Atacado"],
        stage="mql",
        company_id=company.id,
        company_role="Compradora",
    )
    party = Party.objects.get(id=ana.id)
    assert (party.name, party.sort_name) == ("Ana Conceição 🌻", "ana conceicao")
    assert (party.email, party.phone) == ("ana@trabalho.com.br", "+5511912345678")
    assert (party.city, party.state) == ("São Paulo", "SP")
    assert (ana.cpf, str(ana.birthday)) == ("52998224725", "1990-02-03")
    assert party.owner_id == actor.member_id
    assert sorted(party.tags.values_list("name", flat=True)) == ["Atacado", "VIP"]
    assert PartyFacts.objects.get(party=party).kind == "person"
    assert StageChange.objects.get(party=party).to_stage == "mql"
    role = Affiliation.objects.get(person=ana)
    assert (role.role, role.is_primary, role.company_id) == ("Compradora", True, company.id)
    assert [p.kind for p in party.phones.order_by("id")] == ["mobile", "landline"]
    assert Identity.objects.filter(party=party).count() == 7
    for text in ("conceicao ana", "ana@exemplo", "52998224725", "5678", "C-7788", "vip", "sao paulo", "trab"):
        assert found(text) == ["Ana Conceição 🌻"], text
    assert StoredEvent.objects.filter(name="directory.person_created").count() == 1


def test_the_log_seals_what_is_personal(actor: Any) -> None:
    ana = person(actor, name="Ana", source="event")
    entry = AuditEntry.objects.get(act="person.created", object_id=ana.id)
    assert "name" not in entry.changes
    assert entry.sealed
    assert entry.changes["source"] == [None, "event"]


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({}, "name", "required"),
        ({"name": "A", "cpf": "529.982.247-24"}, "cpf", "cpf_invalid"),
        ({"name": "A", "cpf": "11111111111"}, "cpf", "cpf_invalid"),
        ({"name": "A" * 241}, "name", "max_length"),
        ({"name": "A", "gender": "x"}, "gender", "invalid_choice"),
        ({"name": "A", "stage": "x"}, "stage", "invalid_choice"),
        ({"name": "A", "birthday": "31/02/2020"}, "birthday", "date_invalid"),
        ({"name": "A", "birthday": "2990-01-01"}, "birthday", "future_date"),
        ({"name": "A", "children": 999999}, "children", "max_value"),
        ({"name": "A", "emails": [EmailData(address="ana@")]}, "emails[0]", "email_invalid"),
        ({"name": "A", "phones": [PhoneData(number="1234")]}, "phones[0]", "phone_invalid"),
        (
            {"name": "A", "addresses": [AddressData(postal_code="12")]},
            "addresses[0].postal_code",
            "cep_invalid",
        ),
        ({"name": "A", "addresses": [AddressData(state="Bavária")]}, "addresses[0].state", "uf_invalid"),
        ({"name": "A", "owner_id": "0192f000-0000-7000-8000-000000000000"}, "owner_id", "unknown"),
        (
            {"name": "A", "external_ids": [ExternalId(source="a:b", id="1")]},
            "external_ids[0]",
            "external_invalid",
        ),
    ],
)
def test_what_is_refused_names_the_field(actor: Any, values: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        person(actor, **values)
    assert [(p.field, p.code) for p in refused.value.problems] == [(field, code)]
    assert str(refused.value.problems[0].message)
    assert not Party.objects.exists()


def test_every_problem_is_told_at_once(actor: Any) -> None:
    with pytest.raises(Invalid) as refused:
        person(actor, name="A", cpf="1", emails=[EmailData(address="x")], phones=[PhoneData(number="y")])
    assert {p.field for p in refused.value.problems} == {"cpf", "emails[0]", "phones[0]"}


def test_a_nameless_customer_has_a_stable_label(actor: Any) -> None:
    external = ExternalId(source="olist", id="57b2a98a409812fe9618067b6b8ebe4f")
    nameless = person(actor, external_ids=[external])
    assert nameless.party.label == "Cliente 57b2a98a"
    assert found("57b2a98a") == ["Cliente 57b2a98a"]
    anonymous = person(actor, emails=[EmailData(address="x@y.com.br")])
    assert anonymous.party.label == f"Cliente {anonymous.id.hex[-8:]}"


def test_two_editors_the_second_is_told(actor: Any) -> None:
    ana = person(actor, name="Ana")
    update_person(actor=actor, party_id=ana.id, changes={"name": "Ana Maria"}, version=1)
    with pytest.raises(Conflict) as conflict:
        update_person(actor=actor, party_id=ana.id, changes={"name": "Anna"}, version=1)
    assert conflict.value.current_version == 2
    assert Party.objects.get(id=ana.id).name == "Ana Maria"


def test_an_edit_without_a_change_leaves_no_trace(actor: Any) -> None:
    ana = person(actor, name="Ana")
    before = AuditEntry.objects.count()
    update_person(actor=actor, party_id=ana.id, changes={"name": "Ana", "occupation": ""})
    assert Party.objects.get(id=ana.id).version == 1
    assert AuditEntry.objects.count() == before


def test_unknown_fields_and_records_are_refused(actor: Any) -> None:
    ana = person(actor, name="Ana")
    with pytest.raises(Invalid):
        update_person(actor=actor, party_id=ana.id, changes={"deleted_at": None})
    with pytest.raises(Missing):
        update_company(actor=actor, party_id=ana.id, changes={"name": "x"})


def test_a_changed_document_moves_the_identity_and_the_search(actor: Any) -> None:
    ana = person(actor, name="Ana", cpf="52998224725")
    update_person(actor=actor, party_id=ana.id, changes={"cpf": "111.444.777-35"})
    assert resolve("cpf", "529.982.247-25") is None
    assert resolve("cpf", "111.444.777-35") == ana.id
    assert found("52998224725") == []


def test_contacts_are_set_as_a_whole(actor: Any) -> None:
    ana = person(actor, name="Ana", emails=[EmailData(address="a@x.com.br"), EmailData(address="b@x.com.br")])
    set_emails(
        actor=actor,
        party_id=ana.id,
        emails=[
            EmailData(address="b@x.com.br", is_primary=True, opted_out=True),
            EmailData(address="c@x.com.br"),
        ],
    )
    rows = {e.address: e for e in Party.objects.get(id=ana.id).emails.all()}
    assert set(rows) == {"b@x.com.br", "c@x.com.br"}
    assert rows["b@x.com.br"].is_primary
    assert rows["b@x.com.br"].opted_out
    assert Party.objects.get(id=ana.id).email == "b@x.com.br"
    assert resolve("email", "a@x.com.br") is None
    assert resolve("email", "C@X.com.br") == ana.id
    set_emails(actor=actor, party_id=ana.id, emails=[])
    assert Party.objects.get(id=ana.id).email == ""
    set_phones(actor=actor, party_id=ana.id, phones=[PhoneData(number="11 3333-4444")])
    set_addresses(
        actor=actor, party_id=ana.id, addresses=[AddressData(city="Timóteo", state="MG", postal_code="35182")]
    )
    party = Party.objects.get(id=ana.id)
    assert (party.phone, party.city, party.state) == ("+551133334444", "Timóteo", "MG")
    assert found("timoteo") == ["Ana"]


def test_a_contested_email_opens_a_dispute_and_stays(actor: Any) -> None:
    ana = person(actor, name="Ana", emails=[EmailData(address="casa@x.com.br")])
    bia = person(actor, name="Bia", emails=[EmailData(address="casa@x.com.br")])
    assert resolve("email", "casa@x.com.br") == ana.id
    claim = IdentityClaim.objects.get()
    assert (claim.holder_id, claim.claimant_id, claim.status) == (ana.id, bia.id, "open")
    assert Party.objects.get(id=bia.id).email == "casa@x.com.br"


def test_companies_know_root_and_parent(actor: Any) -> None:
    head = create_company(
        actor=actor, data=CompanyData(legal_name="Indústria ABC Ltda", cnpj="12.ABC.345/01DE-35")
    )
    assert (head.cnpj, head.cnpj_root, head.party.name) == (
        "12ABC34501DE35",
        "12ABC345",
        "Indústria ABC Ltda",
    )
    assert resolve("cnpj", "12abc34501de35") == head.id
    branch = create_company(actor=actor, data=CompanyData(name="Filial", parent_id=head.id))
    with pytest.raises(Invalid) as refused:
        update_company(actor=actor, party_id=head.id, changes={"parent_id": branch.id})
    assert refused.value.problems[0].code == "circular"
    changed = update_company(
        actor=actor, party_id=head.id, changes={"annual_revenue": "1.234.567,89", "website": "abc.com.br"}
    )
    assert (str(changed.annual_revenue), changed.website) == ("1234567.89", "https://abc.com.br")


def test_records_change_hands_with_their_team(actor: Any, member_with: Any) -> None:
    from ponte.core.models import Team

    team = Team.objects.create(name="Sul", path="x/")
    seller = member_with("salesperson", team=team)
    ana, bia = person(actor, name="Ana"), person(actor, name="Bia")
    assert assign_owner(actor=actor, party_ids=[ana.id, bia.id], owner_id=seller.id) == 2
    assert set(Party.objects.values_list("owner_id", "team_id")) == {(seller.id, team.id)}
    assert assign_owner(actor=actor, party_ids=[ana.id], owner_id=seller.id) == 0
