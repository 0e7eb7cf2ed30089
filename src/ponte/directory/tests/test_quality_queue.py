"""The cleaning queue: suggestions, fixes, "it's right"; stewards; fields a stage asks for at birth."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Notification, Role, Team
from ponte.directory.data import AddressData, CompanyData, EmailData, PersonData, PhoneData
from ponte.directory.models import Party, QualitySteward
from ponte.directory.services.bulk import bulk_upsert_people
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.quality import call_right, quality_of, refresh_after, save_rules
from ponte.directory.services.stewards import add_steward, tell_stewards
from ponte.workplace.models import SavedView
from ponte.workplace.services.imports import create_import

pytestmark = pytest.mark.usefixtures("workspace")


def problems(party: Party) -> list[str]:
    state = quality_of(party.id)
    assert state is not None
    return list(state.problems)


def test_called_right_counts_no_more_until_the_text_changes(actor: Any) -> None:
    ibm = create_company(
        actor=actor, data=CompanyData(name="IBM BRASIL", emails=[EmailData(address="a@ibm.com")])
    ).party
    assert problems(ibm) == ["shouting"]
    call_right(actor=actor, party_id=ibm.id, problem="shouting")
    assert problems(ibm) == []
    assert AuditEntry.objects.filter(act="customer.called_right", object_id=ibm.id).exists()
    Party.objects.filter(id=ibm.id).update(name="IBM DO BRASIL")
    assert problems(ibm) == ["shouting"]
    with pytest.raises(Invalid):
        call_right(actor=actor, party_id=ibm.id, problem="ugly")


def test_a_mistyped_domain_is_a_problem(actor: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="Ana", emails=[EmailData(address="ana@gmial.com")])
    ).party
    assert problems(ana) == ["mistyped"]


@pytest.mark.parametrize(
    ("data", "key", "given", "field", "value"),
    [
        ({"name": "ANA LIMA", "emails": [EmailData(address="a@x.com.br")]}, "shouting", {"name": "Ana de Lima"}, "name", "Ana de Lima"),
        ({"emails": [EmailData(address="a@x.com.br")]}, "nameless", {"name": "Ana"}, "name", "Ana"),
        ({"name": "Ana"}, "unreachable", {"phone": "11 98123-4567"}, "phone", "+5511981234567"),
        ({"name": "Ana", "emails": [EmailData(address="vendas@x.com.br")]}, "role_email", {"email": "ana@x.com.br"}, "email", "ana@x.com.br"),
    ],
)  # fmt: skip
def test_a_problem_is_mended_in_its_dialog(
    client_for: Any, admin: Any, actor: Any, data: Any, key: str, given: Any, field: str, value: str
) -> None:
    ana = create_person(actor=actor, data=PersonData(**data)).party
    refresh_after(None)
    client = client_for(admin)
    assert f"/{ana.id}/fix/" in client.get(f"/teste/data-quality/{key}/").content.decode()
    address = f"/teste/data-quality/{key}/{ana.id}/fix/"
    assert client.get(address).status_code == 200
    assert client.post(address, {}).status_code == 422
    assert client.post(address, given, HTTP_HX_REQUEST="true").status_code == 204
    assert getattr(Party.objects.get(id=ana.id), field) == value
    assert key not in problems(ana)


def test_a_cep_of_another_state_is_told_never_refused_and_mended_in_its_dialog(
    client_for: Any, admin: Any, actor: Any, member_with: Any
) -> None:
    def living(name: str, **place: Any) -> Party:
        return create_person(actor=actor, data=PersonData(name=name, addresses=[AddressData(**place)])).party

    ana = living("Ana", postal_code="01310-100", state="MG", street="Avenida Paulista")
    for place in (
        {"postal_code": "01310-100", "state": "SP"},
        {"postal_code": "69280-000", "state": "AM"},  # a state with two ranges
        {"postal_code": "78950-000", "state": "RO"},  # in no state's range
        {"postal_code": "01310", "country": "US", "state": "MG"},
        {"postal_code": "30130-010"},
    ):
        assert "cep_state" not in problems(living("Rui", **place)), place
    assert "cep_state" in problems(living("Eva", postal_code="30130", state="SP"))
    assert "cep_state" in problems(ana)
    refresh_after(None)
    client = client_for(admin)
    page = client.get("/teste/data-quality/cep_state/").content.decode()
    assert "01310-100 é um CEP de SP; o endereço diz MG." in page
    assert "Rui" not in page
    address = f"/teste/data-quality/cep_state/{ana.id}/fix/"
    assert "01310-100 é de São Paulo." in client.get(address).content.decode()
    assert client.post(address, {"postal_code": "123", "state": "SP"}).status_code == 422
    assert client.post(address, {"postal_code": "01310-100", "state": "SP"}, HTTP_HX_REQUEST="true").status_code == 204  # fmt: skip
    assert "cep_state" not in problems(ana)
    row = ana.addresses.get()
    assert (row.state, row.street) == ("SP", "Avenida Paulista")
    blind = member_with("salesperson")
    rights = {**blind.role.rights, "fields": {"customer": {"address": "hidden"}}}
    Role.objects.filter(id=blind.role_id).update(rights=rights)
    assert client_for(blind).get("/teste/data-quality/cep_state/").status_code == 404
    eva = Party.objects.get(name="Eva")
    call_right(actor=actor, party_id=eva.id, problem="cep_state")
    assert "cep_state" not in problems(eva)


def test_the_preview_of_an_import_warns_of_a_cep_of_another_state(
    client_for: Any, admin: Any, actor: Any
) -> None:
    content = "Nome;E-mail;CEP;UF\nAna;ana@x.com.br;01310-100;Minas Gerais\nRui;rui@x.com.br;1310100;SP\n"
    upload = SimpleUploadedFile("clientes.csv", content.encode())
    run = create_import(actor=actor, target="people", upload=upload, name="clientes.csv")
    page = client_for(admin).get(f"/teste/import/{run.id}/preview/").content.decode()
    assert page.count("é um CEP de SP; a linha diz MG.") == 1
    assert page.count("Novo") == 2
    assert not Party.objects.exists()


def test_conditions_ask_for_problems_one_may_read_about(actor: Any, admin: Any, member_with: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="ANA LIMA", emails=[EmailData(address="sac@x.com")])
    ).party
    rui = create_person(
        actor=actor, data=PersonData(name="Rui", phones=[PhoneData(number="11981234567")])
    ).party
    refresh_after(None)

    def found(reader: Any, op: str, *value: str) -> list[Any]:
        tree = {"field": "problem", "op": op, **({"value": list(value)} if value else {})}
        condition = read_condition({"where": tree}, subject="person", reader=reader)
        return list(selected(condition, Party.objects.order_by("id")).values_list("id", flat=True))

    assert found(admin, "is", "shouting", "unreachable") == [ana.id]
    assert found(admin, "is_not", "shouting") == [rui.id]
    assert found(admin, "empty") == [rui.id]


def test_an_owner_is_given_and_a_bad_email_refused(
    client_for: Any, admin: Any, actor: Any, member_with: Any
) -> None:
    seller = member_with("salesperson")
    ana = create_person(
        actor=Actor.for_job("x"), data=PersonData(name="Ana", emails=[EmailData(address="sac@x.com.br")])
    ).party
    client = client_for(admin)
    assert (
        client.post(f"/teste/data-quality/ownerless/{ana.id}/fix/", {"owner": str(seller.id)}).status_code
        == 204
    )
    assert Party.objects.get(id=ana.id).owner_id == seller.id
    answer = client.post(f"/teste/data-quality/role_email/{ana.id}/fix/", {"email": "nada"})
    assert answer.status_code == 422
    assert client.get(f"/teste/data-quality/stale/{ana.id}/fix/").status_code == 404
    assert client.get(f"/teste/data-quality/nonsense/{ana.id}/fix/").status_code == 404


def test_the_queue_shows_suggestions_and_forgets_what_is_right(
    client_for: Any, admin: Any, actor: Any
) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="ANA LIMA", emails=[EmailData(address="a@x.com.br")])
    ).party
    refresh_after(None)
    client = client_for(admin)
    page = client.get("/teste/data-quality/any/").content.decode()
    assert "Ana Lima" in page
    assert "/accept/" in page
    assert client.post(f"/teste/data-quality/shouting/{ana.id}/right/").status_code == 200
    assert "Ana Lima" not in client.get("/teste/data-quality/any/").content.decode()
    assert client.post(f"/teste/data-quality/shouting/{ana.id}/wrong/").status_code == 204
    assert problems(ana) == ["shouting"]


def test_only_ones_own_customers_and_fields(client_for: Any, member_with: Any, actor: Any) -> None:
    ana = create_person(
        actor=actor, data=PersonData(name="ANA LIMA", emails=[EmailData(address="a@mailinator.com")])
    ).party
    refresh_after(None)
    seller = member_with("salesperson")
    rights = {**seller.role.rights, "fields": {"customer": {"email": "hidden"}}}
    Role.objects.filter(id=seller.role_id).update(rights=rights)
    client = client_for(seller)
    assert client.get("/teste/data-quality/disposable/").status_code == 404
    assert "mailinator" not in client.get("/teste/data-quality/any/").content.decode()
    assert (
        client.post(f"/teste/data-quality/disposable/{ana.id}/fix/", {"email": "b@x.com"}).status_code == 404
    )
    rights["objects"]["customer"]["edit"] = "own"
    Role.objects.filter(id=seller.role_id).update(rights=rights)
    client = client_for(seller)
    assert "ANA LIMA" not in client.get("/teste/data-quality/any/").content.decode()
    assert client.post(f"/teste/data-quality/shouting/{ana.id}/right/").status_code == 404


def test_stewards_get_a_queue_and_are_told_once(
    client_for: Any, admin: Any, actor: Any, member_with: Any
) -> None:
    create_person(actor=actor, data=PersonData(name="ANA LIMA"))
    create_company(actor=actor, data=CompanyData(name="PADARIA SOL"))
    refresh_after(None)
    team = Team.objects.create(name="Cadastro", path="")
    Team.objects.filter(id=team.id).update(path=f"{team.id}/")
    team.refresh_from_db()
    seller = member_with("salesperson", team=team)
    given = {"who": f"team:{team.id}", "what": "person:"}
    assert (
        client_for(admin).post("/teste/data-quality/stewards/new/", given, HTTP_HX_REQUEST="true").status_code
        == 204
    )
    assert tell_stewards() == 1
    assert tell_stewards() == 0
    notice = Notification.objects.get(member=seller, kind="quality.waiting")
    assert "1" in notice.title
    page = client_for(seller).get("/teste/data-quality/any/?mine=1").content.decode()
    assert "ANA LIMA" in page
    assert "PADARIA SOL" not in page
    create_person(actor=actor, data=PersonData(name="RUI LIMA"))
    refresh_after(None)
    assert tell_stewards() == 1
    row = QualitySteward.objects.get()
    assert client_for(seller).post(f"/teste/data-quality/stewards/{row.id}/remove/").status_code == 404
    assert client_for(admin).post(f"/teste/data-quality/stewards/{row.id}/remove/").status_code == 302
    assert not QualitySteward.objects.exists()


def test_a_steward_of_a_view_sees_its_customers(client_for: Any, admin: Any, actor: Any) -> None:
    ana = create_person(actor=actor, data=PersonData(name="ANA LIMA", stage="customer")).party
    create_person(actor=actor, data=PersonData(name="RUI LIMA"))
    refresh_after(None)
    view = SavedView.objects.create(
        list_key="people", name="Clientes", member=admin, sharing="everyone", query="?stage=customer"
    )
    add_steward(actor=actor, kind="person", member_id=admin.id, view_id=view.id)
    page = client_for(admin).get("/teste/data-quality/any/?mine=1").content.decode()
    assert str(ana.id) in page
    assert "RUI LIMA" not in page
    for wrong in ({"kind": "person"}, {"kind": "x", "member_id": admin.id}, {"kind": "company", "member_id": admin.id, "view_id": view.id}):  # fmt: skip
        with pytest.raises(Invalid):
            add_steward(actor=actor, **wrong)


def test_a_stage_asks_at_birth_too(actor: Any, client_for: Any, admin: Any, api_for: Any) -> None:
    save_rules(actor=actor, required={"customer": ["email", "document", "owner", "birthday"]}, stale_days=365)
    with pytest.raises(Invalid) as refusal:
        create_person(actor=actor, data=PersonData(name="Ana", stage="customer"))
    assert [problem.field for problem in refusal.value.problems] == ["emails", "cpf", "birthday"]
    assert "“" in str(refusal.value.problems[0].message)
    with pytest.raises(Invalid) as refusal:
        create_company(actor=actor, data=CompanyData(name="Sol", stage="customer"))
    assert [problem.field for problem in refusal.value.problems] == ["emails", "cnpj"]
    create_person(actor=actor, data=PersonData(name="Ana", stage="lead"))
    create_person(actor=Actor.for_job("import"), data=PersonData(name="Ana", stage="customer"))
    page = client_for(admin).post("/teste/people/new/", {"name": "Rui", "stage": "customer"})
    assert page.status_code == 422
    assert "Cliente" in page.content.decode()
    results = bulk_upsert_people(
        actor=actor, rows=[PersonData(name="Eva", stage="customer"), PersonData(name="Leo")]
    )
    assert [row.outcome for row in results] == ["rejected", "created"]
    answer = api_for(admin).post("/api/v1/people", {"name": "Lia", "stage": "customer"})
    assert answer.status_code == 422
    update_person(actor=actor, party_id=Party.objects.get(name="Leo").id, changes={"name": "Léo"})
