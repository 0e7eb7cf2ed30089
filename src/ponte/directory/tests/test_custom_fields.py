"""Custom fields of customers: definitions, values, rights, bin, search, audit, API and pages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.core.text import search_query
from ponte.directory.data import CompanyData, EmailData, PersonData
from ponte.directory.imports import PEOPLE
from ponte.directory.models import Party
from ponte.directory.services.bulk import bulk_upsert_people
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person, update_person
from ponte.directory.services.search_text import refresh_search
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.importing import ImportContext, ImportRow, Policy
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.extensions import extended
from ponte.workplace.models import CustomField
from ponte.workplace.selectors.custom_fields import list_fields, rights_labels
from ponte.workplace.services.custom_fields import (
    create_field,
    delete_field,
    field_data,
    order_fields,
    restore_field,
    update_field,
)

pytestmark = pytest.mark.usefixtures("workspace")
MAIN = r'class="cell-main".*?class="clip">([^<]+)<'
PETS = ({"label": "Cão", "tone": "blue"}, {"label": "Gato", "tone": "red"})


@pytest.fixture
def make(actor: Any) -> Any:
    def create(label: str, kind: str = "text", object_name: str = "person", **more: Any) -> CustomField:
        return create_field(
            actor=actor, object_name=object_name, data=FieldData(label=label, kind=kind, **more)
        )

    return create


def person(actor: Any, name: str = "Ana", **custom: Any) -> Party:
    return create_person(actor=actor, data=PersonData(name=name, custom=custom)).party


def problems(raised: Any) -> dict[str, str]:
    return {problem.field: problem.code for problem in raised.value.problems}


def found(text: str) -> set[str]:
    rows = Party.objects.filter(findable__lexemes__words=search_query(text))
    return set(rows.values_list("name", flat=True))


def test_a_field_gets_a_key_and_a_place(make: Any) -> None:
    first, second = make("Nº do contrato"), make("Nº do contrato")
    assert (first.key, second.key, make("123").key) == ("no_do_contrato", "no_do_contrato_2", "field_123")
    assert [field.position for field in list_fields("person")] == [1, 2, 3]
    entry = AuditEntry.objects.filter(act="custom_field.created").latest("id")
    assert entry is not None
    assert entry.changes["label"] == [None, "123"]
    assert StoredEvent.objects.filter(name="workplace.custom_field_created").count() == 3


def test_what_a_definition_cannot_be_is_said(make: Any, actor: Any, member_with: Any) -> None:
    with pytest.raises(Invalid) as raised:
        make(" ", "money", is_unique=True, is_searched=True, default="abc")
    assert problems(raised) == {
        "label": "required", "is_unique": "kind", "is_searched": "kind", "default": "kind"
    }  # fmt: skip
    for data, field, code in (
        (FieldData(label="A", kind="choice"), "choices", "required"),
        (
            FieldData(label="A", kind="choice", choices=({"label": "x"}, {"label": "X"})),
            "choices",
            "repeated",
        ),
        (FieldData(label="A", kind="reference", target="moon"), "target", "invalid_choice"),
        (FieldData(label="A", kind="color"), "kind", "invalid_choice"),
        (FieldData(label="A", kind="text", key="A b"), "key", "invalid"),
    ):
        with pytest.raises(Invalid) as raised:
            create_field(actor=actor, object_name="person", data=data)
        assert problems(raised)[field] == code
    with pytest.raises(Denied):
        create_field(
            actor=Actor.for_member(member_with("salesperson")),
            object_name="person",
            data=FieldData(label="A", kind="text"),
        )


def test_values_come_in_typed_with_defaults_and_audit(make: Any, actor: Any) -> None:
    make("Pet", "choice", choices=PETS)
    make("Score", "number", default="7,5")
    make("Since", "date")
    ana = person(actor, pet="gato", since="03/02/2020")
    assert ana.custom == {"pet": "gato", "score": "7.5", "since": "2020-02-03"}
    update_person(actor=actor, party_id=ana.id, changes={"custom": {"score": None, "pet": "Cão"}})
    ana.refresh_from_db()
    assert ana.custom == {"pet": "cao", "since": "2020-02-03"}
    entry = AuditEntry.objects.filter(act="person.updated").latest("id")
    assert entry.changes == {}, "personal values are sealed"
    assert entry.sealed is not None
    event = StoredEvent.objects.filter(name="directory.customer_updated").latest("id")
    assert event.payload["fields"] == ["custom.pet", "custom.score"]


def test_bad_values_name_their_field(make: Any, actor: Any) -> None:
    make("Score", "number")
    make("Plan", is_required=True)
    with pytest.raises(Invalid) as raised:
        person(actor, score="abc", nothing=1)
    assert problems(raised) == {
        "custom.score": "number_invalid", "custom.nothing": "unknown_field", "custom.plan": "required"
    }  # fmt: skip
    ana = person(actor, plan="Ouro")
    with pytest.raises(Invalid) as raised:
        update_person(actor=actor, party_id=ana.id, changes={"custom": {"plan": " "}})
    assert problems(raised) == {"custom.plan": "required"}
    create_person(
        actor=Actor.system("shop"), data=PersonData(name="Sem plano")
    )  # nobody is there to be asked


def test_unique_values_are_unique(make: Any, actor: Any) -> None:
    contract = make("Contract", is_unique=True)
    ana = person(actor, contract="A-1")
    with pytest.raises(Invalid) as raised:
        person(actor, "Bia", contract="A-1")
    assert problems(raised) == {"custom.contract": "taken"}
    update_person(actor=actor, party_id=ana.id, changes={"custom": {"contract": "A-1"}})
    create_company(actor=actor, data=CompanyData(name="Outra coisa"))
    results = bulk_upsert_people(
        actor=actor,
        rows=[PersonData(name=name, custom={"contract": "A-2"}) for name in ("Caio", "Duda")],
    )
    assert [result.outcome for result in results] == ["created", "rejected"]
    free = make("Free")
    person(actor, "Eva", free="x", contract="A-3")
    person(actor, "Fabi", free="x")
    with pytest.raises(Invalid) as raised:
        update_field(actor=actor, field_id=free.id, data=field_data(free, is_unique=True))
    assert problems(raised) == {"is_unique": "repeated"}
    assert contract.is_unique


def test_bulk_rows_update_and_fill(make: Any, actor: Any) -> None:
    make("Score", "number")
    rows = [PersonData(name="Ana", cpf="529.982.247-25", custom={"score": "1"})]
    bulk_upsert_people(actor=actor, rows=rows)
    again = [PersonData(name="Ana", cpf="529.982.247-25", custom={"score": 2})]
    assert bulk_upsert_people(actor=actor, rows=again, policy="fill")[0].outcome == "unchanged"
    assert bulk_upsert_people(actor=actor, rows=again)[0].outcome == "updated"
    assert Party.objects.get(name="Ana").custom == {"score": "2"}
    bad = [PersonData(name="Zé", custom={"score": "muito"})]
    assert bulk_upsert_people(actor=actor, rows=bad)[0].problems[0].field == "custom.score"


def test_references_must_be_seen(make: Any, actor: Any, member_with: Any) -> None:
    make("Recommended by", "reference", target="person")
    ana = person(actor)
    bia = person(actor, "Bia", recommended_by=str(ana.id))
    assert bia.custom == {"recommended_by": str(ana.id)}
    seller = Actor.for_member(member_with("salesperson"))
    role = Role.objects.get(key="salesperson")
    role.rights["objects"]["customer"]["view"] = "own"
    role.save()
    seller.member.refresh_from_db()
    with pytest.raises(Invalid) as raised:
        person(seller, "Caio", recommended_by=str(ana.id))
    assert problems(raised) == {"custom.recommended_by": "unknown"}


def test_references_are_told_by_words(make: Any, actor: Any, member_with: Any, tmp_path: Any) -> None:
    make("Recommended by", "reference", target="person")
    make("Guide", "reference", target="member"), make("Employer", "reference", target="company")
    ana = create_person(
        actor=actor, data=PersonData(name="Ana Sá", emails=[EmailData(address="ana@x.com.br")])
    )
    person(actor, "Bia"), person(actor, "Bia")
    sol = create_company(actor=actor, data=CompanyData(name="Padaria Sol", cnpj="11222333000181"))
    file = tmp_path / "a.csv"
    file.write_text(
        "Código;Nome;Recommended by;Guide;Employer\n"
        "1;Caio;ana@x.com.br;Alice Administradora;11.222.333/0001-81\n"
        f"2;Davi;ana sa;;padaria sol\n3;Eva;{ana.party.id};;\n"
        "4;Flora;Bia;;\n5;Gil;Ninguém;;\n6;Hugo;Padaria Sol;;\n"
    )
    run = run_import_file(actor=actor, target="people", path=file, source="crm")
    told = {row: problems[0][:2] for row, problems in run.rejections.values_list("row", "problems")}
    unknown = ["custom.recommended_by", "unknown"]  # two, none, and one of another kind
    assert (run.created, told) == (3, {5: unknown, 6: unknown, 7: unknown})
    caio = Party.objects.get(name="Caio")
    assert caio.custom == {
        "recommended_by": str(ana.party.id), "guide": str(actor.member.id), "employer": str(sol.party.id),
    }  # fmt: skip
    davi = Party.objects.get(name="Davi")
    assert davi.custom == {"recommended_by": str(ana.party.id), "employer": str(sol.party.id)}
    assert run_import_file(actor=actor, target="people", path=file, source="crm").unchanged == 3


def test_words_find_nobody_hidden(make: Any, actor: Any, member_with: Any) -> None:
    make("Recommended by", "reference", target="person")
    person(actor, "Ana Sá")
    seller = Actor.for_member(member_with("salesperson"))
    role = Role.objects.get(key="salesperson")
    role.rights["objects"]["customer"]["view"] = "own"
    role.save()
    seller.member.refresh_from_db()
    with pytest.raises(Invalid) as raised:
        person(seller, "Caio", recommended_by="Ana Sá")
    assert problems(raised) == {"custom.recommended_by": "unknown"}


def test_roles_hide_and_lock_fields(
    make: Any, actor: Any, member_with: Any, api_for: Any, client_for: Any
) -> None:
    make("Secret"), make("Locked")
    ana = person(actor, secret="s3cr", locked="l0ck")
    member = member_with("salesperson")
    role = Role.objects.get(key="salesperson")
    role.rights["objects"]["customer"] = dict.fromkeys(role.rights["objects"]["customer"], "all")
    role.rights["fields"] = {"customer": {"custom.secret": "hidden", "custom.locked": "read"}}
    role.save()
    assert set(rights_labels("customer")) == {"custom.secret", "custom.locked"}
    api = api_for(member)
    body = api.get(f"/people/{ana.id}").json()
    assert body["custom"] == {"locked": "l0ck"}
    answer = api.patch(f"/people/{ana.id}", {"custom": {"locked": "x"}})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "custom.locked"
    assert [field["key"] for field in api.get("/fields?object=person").json()] == ["locked"]
    page = client_for(member).get(f"/teste/customers/{ana.id}/").content.decode()
    assert "l0ck" in page
    assert "s3cr" not in page
    assert "custom-locked" not in page
    assert client_for(member).get(f"/teste/custom/person/{ana.id}/secret/").status_code == 404
    assert client_for(member).get(f"/teste/custom/person/{ana.id}/locked/").status_code == 404


def test_search_finds_words_of_searched_fields(make: Any, actor: Any, run_jobs: Any) -> None:
    field = make("Nickname", is_searched=True)
    person(actor, "Ana", nickname="Girassol 778")
    assert found("girass") == {"Ana"} == found("778")
    update_field(actor=actor, field_id=field.id, data=field_data(field, is_searched=False))
    refresh_search(Party.objects.values_list("id", flat=True))
    assert found("girass") == set()


def test_fields_are_dragged_within_their_section(
    make: Any, admin: Any, client_for: Any, member_with: Any
) -> None:
    first, _other, second, third = (
        make(name, section=section) for name, section in (("A", ""), ("X", "S"), ("B", ""), ("C", ""))
    )
    browser = client_for(admin)
    page = browser.get("/teste/settings/fields/person/").content.decode()
    assert page.count('class="grip"') == 3
    address = "/teste/settings/fields/person/order/"
    dragged = {"order": [str(third.id), str(first.id), str(second.id), "nonsense", str(third.id)]}
    assert browser.post(address, dragged).status_code == 204
    assert [field.label for field in list_fields("person")] == ["C", "X", "A", "B"]
    assert AuditEntry.objects.filter(act="custom_field.moved").count() == 1
    assert browser.post(address, {}).status_code == 204
    assert [field.label for field in list_fields("person")] == ["C", "X", "A", "B"]
    assert client_for(member_with("salesperson")).post(address, dragged).status_code == 404


def test_a_deleted_field_comes_back_with_its_values(make: Any, actor: Any) -> None:
    field = make("Plan")
    ana = person(actor, plan="Ouro")
    delete_field(actor=actor, field_id=field.id)
    assert list_fields("person") == []
    with pytest.raises(Invalid):
        update_person(actor=actor, party_id=ana.id, changes={"custom": {"plan": "x"}})
    with pytest.raises(Invalid):
        make("Again", key="plan")
    restore_field(actor=actor, field_id=field.id)
    ana.refresh_from_db()
    assert ana.custom == {"plan": "Ouro"}
    assert list_fields("person")[0].key == "plan"


def test_choices_stay_on_records_that_have_them(make: Any, actor: Any) -> None:
    field = make("Pet", "choice", choices=PETS)
    ana = person(actor, pet="cao")
    kept = [choice for choice in field.choices if choice["value"] == "gato"]
    field = update_field(
        actor=actor,
        field_id=field.id,
        data=field_data(field, choices=[*kept, {"label": "Peixe"}]),
        version=field.version,
    )
    assert [(c["value"], c["archived"]) for c in field.choices] == [
        ("gato", False), ("peixe", False), ("cao", True)
    ]  # fmt: skip
    ana.refresh_from_db()
    assert ana.custom == {"pet": "cao"}
    with pytest.raises(Conflict):
        update_field(actor=actor, field_id=field.id, data=field_data(field, label="X"), version=1)


def test_fields_are_ordered(make: Any, actor: Any) -> None:
    one, two, three = make("One"), make("Two"), make("Three")
    order_fields(actor=actor, object_name="person", ids=[three.id, one.id])
    assert [field.key for field in list_fields("person")] == ["three", "one", "two"]
    assert two.position == 2


def test_the_api_creates_fields_and_takes_values(
    actor: Any, admin: Any, api_for: Any, member_with: Any
) -> None:
    api = api_for(admin)
    made = api.post(
        "/fields", {"object": "person", "kind": "choice", "label": "Plano", "choices": [{"label": "Ouro"}]}
    )
    assert made.status_code == 201
    assert made.json()["key"] == "plano"
    ana = api.post("/people", {"name": "Ana", "custom": {"plano": "Ouro"}})
    assert ana.status_code == 201
    assert ana.json()["custom"] == {"plano": "ouro"}
    url = f"/people/{ana.json()['id']}"
    wrong = api.patch(url, {"custom": {"plano": "Prata"}})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "custom.plano"
    assert api.patch(url, {"custom": {"plano": None}}).json()["custom"] == {"plano": None}
    field_url = f"/fields/{made.json()['id']}"
    changed = api.patch(field_url, {"label": "Plano de saúde"}, if_match="1")
    assert changed.json()["label"] == "Plano de saúde"
    assert changed.json()["choices"][0]["value"] == "ouro"
    assert api.patch(field_url, {"label": "x"}, if_match="1").status_code == 409
    assert api.delete(field_url).status_code == 204
    assert api.get(url).json()["custom"] == {}
    assert api.post(f"{field_url}/restore").status_code == 200
    seller = api_for(member_with("salesperson"))
    assert seller.post("/fields", {"object": "person", "kind": "text", "label": "X"}).status_code == 404
    assert seller.delete(field_url).status_code == 404


def test_people_make_and_fill_fields_in_the_browser(admin: Any, client_for: Any, actor: Any) -> None:
    browser = client_for(admin)
    assert browser.get("/teste/settings/fields/person/").status_code == 200
    answer = browser.post(
        "/teste/settings/fields/person/new/choice/",
        {"label": "Pet", "choices-value": ["", ""], "choices-label": ["Cão", ""], "choices-tone": ["blue", "red"],
         "is_required": "on"},
    )  # fmt: skip
    assert answer.status_code == 302
    listed = browser.get("/teste/settings/fields/person/")
    assert listed.status_code == 200
    assert 'id="field-pet"' in listed.content.decode()
    ana = person(actor, pet="cao")
    page = browser.get(f"/teste/customers/{ana.id}/").content.decode()
    assert 'id="custom-pet"' in page
    assert "Cão" in page
    place = f"/teste/custom/person/{ana.id}/pet/"
    assert 'name="value"' in browser.get(place).content.decode()
    refused = browser.post(place, {"value": "", "version": ana.version})
    assert refused.status_code == 422
    stale = browser.post(place, {"value": "cao", "version": 99})
    assert stale.status_code == 409


def test_definitions_cost_one_query_a_page(
    admin: Any,
    client_for: Any,
    actor: Any,
    make: Any,
    django_assert_num_queries: Any,
    django_assert_max_num_queries: Any,
) -> None:
    browser, ana = client_for(admin), person(actor)
    url = f"/teste/customers/{ana.id}/"
    browser.get(url)
    with CaptureQueriesContext(
        connection,
    ) as before:
        browser.get(url)
    for number in range(12):
        make(f"Field {number}", default=str(number))
    Party.objects.filter(id=ana.id).update(custom={f"field_{n}": str(n) for n in range(12)})
    browser.get(url)  # the first page after a change reads them; they are kept from then on
    with CaptureQueriesContext(connection) as after:
        assert "Field 11" in browser.get(url).content.decode()
    assert len(after) == len(before)


def names_in(browser: Any, query: str) -> list[str]:
    rows = browser.get(f"/teste/people/?{query}", headers={"HX-Request": "true", "HX-Target": "list-more"})
    assert rows.status_code == 200
    return re.findall(MAIN, rows.content.decode())


def test_lists_filter_and_sort_by_typed_values(make: Any, actor: Any, admin: Any, client_for: Any) -> None:
    make("Score", "number"), make("Value", "money"), make("Since", "date"), make("Nick")
    make("Vip", "boolean"), make("Pet", "choice", choices=PETS), make("Likes", "multi_choice", choices=PETS)
    make("Guide", "reference", target="member"), make("Friend", "reference", target="person")
    ana = person(
        actor, "Ana", score="9", value="100", since="2020-05-01", nick="Érica", vip="sim", pet="cao", likes=["cao"],
        guide=str(admin.id),
    )  # fmt: skip
    person(actor, "Bia", score="10", value="20,5", since="2021-01-01", nick="erivan", vip="não", likes="cao;gato",
           friend=str(ana.id))  # fmt: skip
    person(actor, "Caio")
    browser = client_for(admin)
    for query, expected in (
        ("custom_score=9,5..", ["Bia"]),
        ("custom_value=..50", ["Bia"]),
        ("custom_since=2020-01-01..2020-12-31", ["Ana"]),
        ("custom_since=never", ["Caio"]),
        ("custom_nick=eri", ["Ana", "Bia"]),
        ("custom_vip=yes", ["Ana"]),
        ("custom_vip=no", ["Bia"]),
        ("custom_pet=cao&custom_pet=none", ["Ana", "Bia", "Caio"]),
        ("custom_pet=none", ["Bia", "Caio"]),
        ("custom_likes=gato", ["Bia"]),
        ("custom_likes=cao", ["Ana", "Bia"]),
        ("custom_likes=none", ["Caio"]),
        (f"custom_guide={admin.id}", ["Ana"]),
        ("sort=custom_score", ["Ana", "Bia", "Caio"]),
        ("sort=-custom_score", ["Bia", "Ana", "Caio"]),
        ("sort=-custom_since", ["Bia", "Ana", "Caio"]),
        ("sort=custom_nick", ["Ana", "Bia", "Caio"]),
    ):
        assert names_in(browser, query) == expected, query
    shown = "cols=name,custom_score,custom_value,custom_since,custom_nick,custom_vip,custom_pet,custom_likes,custom_guide,custom_friend"
    page = browser.get(f"/teste/people/?{shown}").content.decode()
    assert "R$\u00a020,50" in page
    assert "Alice Administradora" in page
    file = browser.get(f"/teste/lists/people/export.csv?{shown}")
    text = b"".join(file.streaming_content).decode()
    assert "10;20,50;01/01/2021;erivan;" in text.replace('"', "")


def test_keyset_pages_walk_custom_sorts(make: Any, actor: Any, admin: Any, client_for: Any) -> None:
    make("Score", "number")
    for number in range(60):
        person(actor, f"P{number:02}", **({"score": number % 7} if number % 3 else {}))
    browser = client_for(admin)
    for sort in ("custom_score", "-custom_score"):
        seen, url = [], f"/teste/people/?sort={sort}"
        while url:
            page = browser.get(url, headers={"HX-Request": "true", "HX-Target": "list-more"}).content.decode()
            seen += re.findall(MAIN, page)
            more = re.search(r'hx-get="([^"]*cursor=[^"]*)"', page)
            url = more[1].replace("&amp;", "&") if more else ""
        assert len(seen) == len(set(seen)) == 60


def test_hidden_fields_are_not_in_lists(make: Any, actor: Any, member_with: Any, client_for: Any) -> None:
    make("Secret")
    person(actor, "Ana", secret="s3cr")
    person(actor, "Bia")
    member = member_with("salesperson")
    role = Role.objects.get(key="salesperson")
    role.rights["objects"]["customer"] = dict.fromkeys(role.rights["objects"]["customer"], "all")
    role.rights["fields"] = {"customer": {"custom.secret": "hidden"}}
    role.save()
    browser = client_for(member)
    assert names_in(browser, "custom_secret=s3") == ["Ana", "Bia"]
    assert "s3cr" not in browser.get("/teste/people/?cols=name,custom_secret").content.decode()


def test_lists_with_custom_columns_do_not_grow_in_queries(
    make: Any, actor: Any, admin: Any, client_for: Any
) -> None:
    make("Friend", "reference", target="person"), make("Score", "number")
    ana = person(actor, "Ana", score=1)
    browser, url = client_for(admin), "/teste/people/?cols=name,custom_friend,custom_score&sort=custom_score"
    person(actor, "B", friend=str(ana.id), score=2)
    browser.get(url)
    with CaptureQueriesContext(connection) as few:
        browser.get(url)
    for number in range(20):
        person(actor, f"C{number}", friend=str(ana.id), score=number)
    with CaptureQueriesContext(connection) as many:
        browser.get(url)
    assert len(many) == len(few)


def test_imports_fill_custom_fields(make: Any, actor: Any) -> None:
    make("Score", "number", is_required=True), make("Pet", "choice", choices=PETS), make("Since", "date")
    target = extended(PEOPLE, actor.member)
    assert {"custom.score", "custom.pet", "custom.since"} <= {one.key for one in target.fields}
    context = ImportContext(
        actor=actor, source="old", policy=Policy.UPDATE, zone=ZoneInfo("America/Sao_Paulo"), currency="BRL"
    )
    rows = [
        ImportRow(
            2, {"name": "Ana", "external_id": "1", "custom.score": Decimal("7.5"), "custom.pet": "Cão"}
        ),
        ImportRow(
            3, {"name": "Bia", "external_id": "2", "custom.score": Decimal(1), "custom.pet": "Papagaio"}
        ),
        ImportRow(4, {"name": "Caio", "external_id": "3"}),
    ]
    outcomes = target.apply(rows, context)
    assert [one.outcome for one in outcomes] == ["created", "rejected", "rejected"]
    assert [one.problems[0].field for one in outcomes[1:]] == ["custom.pet", "custom.score"]
    assert Party.objects.get(name="Ana").custom == {"score": "7.5", "pet": "cao"}


def test_conditions_ask_for_custom_fields(make: Any, actor: Any, admin: Any) -> None:
    make("Score", "number"), make("Since", "date"), make("Nick"), make("Vip", "boolean")
    make("Pet", "choice", choices=PETS), make("Likes", "multi_choice", choices=PETS)
    person(actor, "Ana", score=9, since="2020-05-01", nick="Érica", vip="sim", pet="cao", likes=["cao"])
    person(actor, "Bia", score=10, since="2021-01-01", nick="Ivo", vip="não", likes=["cao", "gato"])
    person(actor, "Caio")
    for where, names in (
        ({"field": "custom_score", "op": "above", "value": 9}, {"Bia"}),
        ({"field": "custom_since", "op": "before", "value": "2020-12-31"}, {"Ana"}),
        ({"field": "custom_nick", "op": "starts_with", "value": "eri"}, {"Ana"}),
        ({"field": "custom_vip", "op": "yes"}, {"Ana"}),
        ({"field": "custom_vip", "op": "no"}, {"Bia", "Caio"}),
        ({"field": "custom_pet", "op": "is_not", "value": ["cao"]}, {"Bia", "Caio"}),
        ({"field": "custom_likes", "op": "is", "value": ["gato"]}, {"Bia"}),
        ({"field": "custom_likes", "op": "is_not", "value": ["gato"]}, {"Ana", "Caio"}),
        ({"field": "custom_likes", "op": "empty"}, {"Caio"}),
    ):
        condition = read_condition(
            {"v": 1, "about": "person", "where": where}, subject="person", reader=admin
        )
        rows = selected(condition, Party.objects.filter(kind="person"))
        assert set(rows.values_list("name", flat=True)) == names, where
