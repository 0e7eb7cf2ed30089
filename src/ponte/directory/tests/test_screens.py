"""The directory's pages as a person uses them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.core.models import Role
from ponte.directory.data import AddressData, CompanyData, EmailData, HandleData, PersonData, PhoneData
from ponte.directory.models import Affiliation, IdentityClaim, Party, PartyEmail, Relation
from ponte.directory.services.affiliations import add_relation, start_affiliation
from ponte.directory.services.companies import create_company
from ponte.directory.services.deletion import delete_parties
from ponte.directory.services.identities import claim
from ponte.directory.services.people import create_person

pytestmark = pytest.mark.usefixtures("workspace")
HTMX = {"HTTP_HX_REQUEST": "true"}
DIALOG = {**HTMX, "HTTP_HX_TARGET": "dialog-content"}


@pytest.fixture
def ana(actor: Any) -> Any:
    return create_person(
        actor=actor,
        data=PersonData(
            name="Ana Conceição",
            cpf="52998224725",
            birthday="1990-02-03",
            emails=[EmailData(address="ana@x.com.br", opted_out=True), EmailData(address="b@x.com.br")],
            phones=[PhoneData(number="11912345678", has_whatsapp=True)],
            addresses=[
                AddressData(street="Rua A", number="10", city="Timóteo", state="MG", postal_code="35182000")
            ],
            handles=[HandleData(network="instagram", handle="ana")],
            tags=["VIP"],
            alert="Alérgica a nozes",
        ),
    ).party


@pytest.fixture
def padaria(actor: Any) -> Any:
    return create_company(actor=actor, data=CompanyData(name="Padaria", cnpj="11.222.333/0001-81")).party


def text(response: Any) -> str:
    return response.content.decode()


def test_the_page_shows_everything(client_for: Any, admin: Any, ana: Any) -> None:
    page = client_for(admin).get(f"/teste/customers/{ana.id}/")
    assert page.status_code == 200
    shown = text(page)
    for piece in (
        "Ana Conceição",
        "529.982.247-25",
        "03/02/1990",
        "ana@x.com.br",
        "(11) 91234-5678",
        "Rua A, 10",
        "35182-000",
        "VIP",
        "Alérgica a nozes",
        "instagram".capitalize(),
        "Alice Administradora",
    ):
        assert piece in shown, piece
    assert "style=" not in shown
    assert "<script>" not in shown


def test_the_page_needs_few_queries_whatever_hangs_on_it(
    client_for: Any, admin: Any, actor: Any, ana: Any, padaria: Any
) -> None:
    client = client_for(admin)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"/teste/customers/{ana.id}/").status_code == 200
        return [q["sql"] for q in seen.captured_queries]

    queries()
    before = queries()
    PartyEmail.objects.bulk_create([PartyEmail(party=ana, address=f"{n}@y.com.br") for n in range(20)])
    start_affiliation(actor=actor, person_id=ana.id, company_id=padaria.id)
    from ponte.directory.services.tags import change_tags

    change_tags(actor=actor, party_ids=[ana.id], add=[f"t{n}" for n in range(10)])
    after = queries()
    assert len(after) == len(before), "\n".join(after)
    own = [sql for sql in before if 'FROM "directory_party"' in sql]
    assert len(own) <= 2, "\n".join(own)
    assert len(before) <= 18, "\n".join(sql[:200] for sql in before)


@pytest.mark.parametrize(
    "path", ["people", "companies", "bin", "identity-claims", "people/new", "companies/new"]
)
def test_pages_open(client_for: Any, admin: Any, ana: Any, padaria: Any, path: str) -> None:
    page = client_for(admin).get(f"/teste/{path}/")
    assert page.status_code == 200
    assert "style=" not in text(page)


@pytest.mark.parametrize(
    "panel", ["quick", "figures", "links", "identities", "stages", "history", "contacts"]
)
def test_parts_open(client_for: Any, admin: Any, ana: Any, padaria: Any, panel: str) -> None:
    for party in (ana, padaria):
        assert client_for(admin).get(f"/teste/customers/{party.id}/{panel}/", **HTMX).status_code == 200


def test_a_list_keeps_its_number_of_queries(client_for: Any, admin: Any, actor: Any) -> None:
    client = client_for(admin)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    def make(count: int) -> None:
        for number in range(count):
            create_person(
                actor=actor,
                data=PersonData(
                    name=f"P{number}",
                    tags=["a", f"b{number}"],
                    emails=[EmailData(address=f"p{number}@x.com.br")],
                ),
            )

    make(1)
    paths = ["/teste/people/", "/teste/people/?sort=-revenue", "/teste/people/?sort=-last_contact"]
    queries(paths[0])
    few = [queries(path) for path in paths]
    make(20)
    assert [queries(path) for path in paths] == few


def test_a_property_is_edited_in_place(client_for: Any, admin: Any, ana: Any) -> None:
    client = client_for(admin)
    url = f"/teste/customers/{ana.id}/property/occupation/"
    form = client.get(url, **HTMX)
    assert 'name="version" value="1"' in text(form)
    saved = client.post(url, {"value": "Confeiteira", "version": 1}, **HTMX)
    assert saved.status_code == 200
    assert "Confeiteira" in text(saved)
    second = client.post(url, {"value": "Padeira", "version": 1}, **HTMX)
    assert second.status_code == 409
    assert "Confeiteira" in text(second)
    assert "Padeira" in text(second)
    assert Party.objects.get(id=ana.id).person.occupation == "Confeiteira"
    again = client.post(url, {"value": "Padeira", "version": 2}, **HTMX)
    assert again.status_code == 200
    wrong = client.post(f"/teste/customers/{ana.id}/property/cpf/", {"value": "123", "version": 3}, **HTMX)
    assert wrong.status_code == 422
    assert "CPF" in text(wrong)
    assert "11 d" in text(wrong)
    for key in ("owner_id", "birthday", "description", "source", "language"):
        assert client.get(f"/teste/customers/{ana.id}/property/{key}/", **HTMX).status_code == 200
    assert client.get(f"/teste/customers/{ana.id}/property/cnpj/", **HTMX).status_code == 404


def test_stage_tags_and_contacts(client_for: Any, admin: Any, ana: Any) -> None:
    client = client_for(admin)
    base = f"/teste/customers/{ana.id}"
    assert client.get(f"{base}/stage/", **DIALOG).status_code == 200
    moved = client.post(f"{base}/stage/", {"stage": "lost", "reason": "Preço", "version": 1}, **DIALOG)
    assert moved.status_code == 204
    assert Party.objects.get(id=ana.id).stage == "lost"
    assert "VIP" in text(client.get(f"{base}/tags/", **HTMX))
    tagged = client.post(f"{base}/tags/", {"tags": ["Atacado", "vip"]}, **HTMX)
    assert "Atacado" in text(tagged)
    assert client.get(f"{base}/contacts/emails/new/", **DIALOG).status_code == 200
    bad = client.post(
        f"{base}/contacts/emails/new/", {"address": "x@", "kind": "work", "validity": "unknown"}, **DIALOG
    )
    assert bad.status_code == 422
    good = client.post(
        f"{base}/contacts/emails/new/",
        {"address": "novo@x.com.br", "kind": "work", "validity": "unknown", "is_primary": "on"},
        **DIALOG,
    )
    assert good.status_code == 204
    assert Party.objects.get(id=ana.id).email == "novo@x.com.br"
    row = PartyEmail.objects.get(address="novo@x.com.br")
    assert client.get(f"{base}/contacts/emails/{row.id}/", **DIALOG).status_code == 200
    assert client.post(f"{base}/contacts/emails/{row.id}/delete/", **HTMX).status_code == 204
    assert not PartyEmail.objects.filter(id=row.id).exists()
    opted_out = PartyEmail.objects.get(address="ana@x.com.br")
    assert opted_out.opted_out, "an edit of the list keeps who opted out"
    for name in ("phones", "addresses", "handles"):
        assert client.get(f"{base}/contacts/{name}/new/", **DIALOG).status_code == 200
        first = getattr(ana, name).first()
        assert client.get(f"{base}/contacts/{name}/{first.id}/", **DIALOG).status_code == 200


def test_creating_from_the_dialog(client_for: Any, admin: Any, padaria: Any) -> None:
    client = client_for(admin)
    assert client.get("/teste/people/new/", **DIALOG).status_code == 200
    refused = client.post("/teste/people/new/", {"stage": "lead", "owner_id": str(admin.id)}, **DIALOG)
    assert refused.status_code == 422
    made = client.post(
        "/teste/people/new/",
        {
            "name": "Bia 🌻",
            "emails": "bia@x.com.br",
            "phones": "11 91234-5678",
            "stage": "lead",
            "owner_id": str(admin.id),
            "company_id": str(padaria.id),
            "job_title": "Sócia",
            "city": "São Paulo",
            "state": "SP",
            "tags": ["VIP"],
        },
        **DIALOG,
    )
    assert made.status_code == 204, text(made)
    bia = Party.objects.get(name="Bia 🌻")
    assert made["HX-Redirect"].endswith(f"/teste/customers/{bia.id}/")
    assert Affiliation.objects.filter(person_id=bia.id, company_id=padaria.id).exists()
    company = client.post(
        "/teste/companies/new/", {"name": "Loja", "cnpj": "12ABC34501DE35", "stage": "lead"}
    )
    assert company.status_code == 302


def test_the_hint_about_duplicates_respects_visibility(
    client_for: Any, admin: Any, member_with: Any, ana: Any
) -> None:
    open_to = client_for(admin).get("/teste/customers/lookup/email/?emails=ANA@x.com.br", **HTMX)
    assert str(ana.id) in text(open_to)
    seller = member_with(
        Role.objects.create(name="R", rights={"objects": {"customer": {"view": "own", "create": "own"}}})
    )
    closed = text(client_for(seller).get("/teste/customers/lookup/email/?emails=ana@x.com.br", **HTMX))
    assert str(ana.id) not in closed
    assert "Ana" not in closed
    assert "Alice Administradora" in closed


def test_others_records_do_not_exist(client_for: Any, member_with: Any, ana: Any) -> None:
    rights = {"objects": {"customer": {"view": "own", "create": "own", "edit": "own", "delete": "own"}}}
    client = client_for(member_with(Role.objects.create(name="R", rights=rights)))
    base = f"/teste/customers/{ana.id}"
    for path in (
        "/",
        "/quick/",
        "/figures/",
        "/links/",
        "/identities/",
        "/stages/",
        "/history/",
        "/contacts/",
        "/property/name/",
        "/stage/",
        "/tags/",
        "/contacts/emails/new/",
        "/roles/new/",
        "/relations/new/",
    ):
        assert client.get(base + path, **HTMX).status_code == 404, path
    assert client.post(f"{base}/delete/", **HTMX).status_code == 404
    assert "Ana" not in text(client.get("/teste/people/"))
    assert client.get("/teste/customers/pick/?q=ana").json()["items"] == []


def test_hidden_fields_are_nowhere(client_for: Any, member_with: Any, ana: Any) -> None:
    rights = {
        "objects": {"customer": {"view": "all", "edit": "all"}},
        "fields": {"customer": {"cpf": "hidden", "email": "hidden", "revenue": "hidden", "birthday": "read"}},
    }
    client = client_for(member_with(Role.objects.create(name="R", rights=rights)))
    for path in ("/", "/quick/", "/identities/", "/contacts/", "/figures/"):
        shown = text(client.get(f"/teste/customers/{ana.id}{path}"))
        assert "529.982" not in shown
        assert "ana@x.com.br" not in shown
        assert "R$" not in shown
    assert client.get(f"/teste/customers/{ana.id}/property/cpf/", **HTMX).status_code == 404
    assert client.get(f"/teste/customers/{ana.id}/property/birthday/", **HTMX).status_code == 404
    assert client.get(f"/teste/customers/{ana.id}/contacts/emails/new/", **HTMX).status_code == 404
    listed = text(client.get("/teste/people/"))
    assert "ana@x.com.br" not in listed


def test_a_dispute_over_a_hidden_number_is_not_shown(
    client_for: Any, admin: Any, member_with: Any, actor: Any, ana: Any, padaria: Any
) -> None:
    for party in (padaria, ana):
        claim(actor=actor, party_id=party.id, kind="whatsapp", value="5511987654321")
    rights = {
        "objects": {"customer": {"view": "all", "create": "all", "edit": "all"}},
        "fields": {"customer": {"phone": "hidden"}},
    }
    member = member_with(Role.objects.create(name="R", rights=rights))
    assert "98765-4321" in text(client_for(admin).get("/teste/identity-claims/"))
    assert "98765-4321" not in text(client_for(member).get("/teste/identity-claims/"))
    assert client_for(admin).get("/teste/customers/lookup/whatsapp/?value=1").status_code == 404


def test_the_bin_gives_back(client_for: Any, admin: Any, actor: Any, ana: Any) -> None:
    client = client_for(admin)
    gone = client.post(f"/teste/customers/{ana.id}/delete/", **HTMX)
    assert gone.status_code == 204
    assert "Ana" not in text(client.get("/teste/people/"))
    assert "Ana Conceição" in text(client.get("/teste/bin/"))
    page = client.get(f"/teste/customers/{ana.id}/")
    assert page.status_code == 200
    assert "529.982" not in text(page)
    assert client.post(f"/teste/customers/{ana.id}/restore/").status_code == 302
    assert client.get(f"/teste/customers/{ana.id}/").status_code == 200


def test_disputes_are_decided(client_for: Any, admin: Any, actor: Any, ana: Any) -> None:
    from ponte.directory.selectors.identities import resolve

    bia = create_person(actor=actor, data=PersonData(name="Bia", emails=[EmailData(address="ana@x.com.br")]))
    client = client_for(admin)
    page = text(client.get("/teste/identity-claims/"))
    assert "Bia" in page
    assert "ana@x.com.br" in page
    claim = IdentityClaim.objects.get()
    assert client.post(f"/teste/identity-claims/{claim.id}/move/").status_code == 302
    assert resolve("email", "ana@x.com.br") == bia.id
    assert client.post(f"/teste/identity-claims/{claim.id}/keep/").status_code == 404


def test_links_between_customers(client_for: Any, admin: Any, actor: Any, ana: Any, padaria: Any) -> None:
    client = client_for(admin)
    base = f"/teste/customers/{ana.id}"
    assert client.get(f"{base}/roles/new/", **DIALOG).status_code == 200
    assert (
        client.post(f"{base}/roles/new/", {"other": str(padaria.id), "role": "Sócia"}, **DIALOG).status_code
        == 204
    )
    twice = client.post(f"{base}/roles/new/", {"other": str(padaria.id), "role": "Sócia"}, **DIALOG)
    assert twice.status_code == 422
    assert "Padaria" in text(client.get(f"{base}/links/"))
    role = Affiliation.objects.get()
    assert (
        client.post(f"{base}/roles/{role.id}/end/", {"ended_on": "2026-01-31"}, **DIALOG).status_code == 204
    )
    bia = create_person(actor=actor, data=PersonData(name="Bia"))
    assert (
        client.post(f"{base}/relations/new/", {"kind": "parent", "other": str(bia.id)}, **DIALOG).status_code
        == 204
    )
    relation = Relation.objects.get()
    assert client.post(f"{base}/relations/{relation.id}/delete/", **HTMX).status_code == 204
    add_relation(actor=actor, origin_id=ana.id, target_id=padaria.id, kind="partner")
    assert "Ana" in text(client.get(f"/teste/customers/{padaria.id}/links/"))


def test_deleted_together_and_undone(actor: Any, ana: Any) -> None:
    from ponte.directory.tables.actions import ACTIONS

    actions = {action.key: action for action in ACTIONS}
    for key, inputs in (
        ("stage", {"stage": "sql"}),
        ("tag", {"tag": "Novo"}),
        ("untag", {"tag": "VIP"}),
        ("delete", {}),
    ):
        action = actions[key]
        before = list(Party.objects.values_list("stage", "deleted_at"))
        outcome = action.run(actor, [ana.id], inputs)
        assert list(outcome.done) == [ana.id]
        assert action.undo is not None
        action.undo(actor, outcome.undo)
        assert list(Party.objects.values_list("stage", "deleted_at")) == before
    assert list(ana.tags.values_list("name", flat=True)) == ["VIP"]


def test_restoring_something_lost_in_the_bin(actor: Any, ana: Any) -> None:
    from ponte.directory.selectors.identities import resolve
    from ponte.directory.services.deletion import restore_parties

    delete_parties(actor=actor, party_ids=[ana.id])
    assert resolve("email", "ana@x.com.br") is None
    bia = create_person(actor=actor, data=PersonData(name="Bia", emails=[EmailData(address="ana@x.com.br")]))
    assert resolve("email", "ana@x.com.br") == bia.id
    restore_parties(actor=actor, party_ids=[ana.id])
    assert resolve("email", "ana@x.com.br") == bia.id
    assert resolve("cpf", "52998224725") == ana.id
    claim = IdentityClaim.objects.get(status="open")
    assert (claim.holder_id, claim.claimant_id) == (bia.id, ana.id)


def test_a_mobile_is_called_and_written_to_with_one_touch(client_for, admin, actor):
    numbers = [
        PhoneData(number="11912345678"),
        PhoneData(number="1132345678"),
        PhoneData(number="11987654321", opted_out=True),
    ]
    person = create_person(actor=actor, data=PersonData(name="Bia", phones=numbers)).party
    page = client_for(admin).get(f"/teste/customers/{person.id}/").content.decode()
    assert 'href="https://wa.me/5511912345678"' in page
    assert "wa.me/551132345678" not in page, "a landline has no WhatsApp unless somebody says so"
    assert "wa.me/5511987654321" not in page, "they asked not to be contacted"
    assert page.count('class="contact-reach"') == 2
