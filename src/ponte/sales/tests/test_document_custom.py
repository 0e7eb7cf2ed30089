"""Custom fields of quotes and contracts: beside what is sent, carried over by copies, addenda and the contract of a quote."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from ponte.conditions.compiling import selected
from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Invalid
from ponte.core.models import AuditEntry, Role, StoredEvent
from ponte.sales.contract_data import ContractData
from ponte.sales.custom_documents import CONTRACT, QUOTE
from ponte.sales.documents.brand import load_brand
from ponte.sales.documents.content import quote_content
from ponte.sales.documents.contract_fields import contract_values
from ponte.sales.documents.contract_text import filled
from ponte.sales.documents.printing import quote_pdf
from ponte.sales.models import Contract
from ponte.sales.models.contract_choices import ContractStatus
from ponte.sales.models.quote import Quote
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.contract_changes import renew_contract
from ponte.sales.services.contract_templates import TemplateData, create_template
from ponte.sales.services.contracts import create_contract, update_contract
from ponte.sales.services.document_settings import save_layout
from ponte.sales.services.quote_sending import revise_quote, send_quote
from ponte.sales.services.quotes import copy_quote, update_quote
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.custom_fields.setting import put_back, set_value
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.custom_fields import create_field
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.usefixtures("workspace")
LAYOUT = {"name": "Com campos", "blocks": ["intro", "items"]}
OBJECTS = pytest.mark.parametrize("name", ["quote", "contract"])


@pytest.fixture
def field(actor):
    def make(object_name, label, kind="text", **more):
        return create_field(
            actor=actor, object_name=object_name, data=FieldData(label=label, kind=kind, **more)
        )

    return make


@pytest.fixture
def make(make_quote, make_contract):
    return {"quote": make_quote, "contract": make_contract}


def problems(raised):
    return {one.field: one.code for one in raised.value.problems}


def test_what_is_beside_the_document_changes_whatever_its_state(
    make_quote, make_contract, field, send, sign, actor
):
    for name in ("quote", "contract"):
        field(name, "Pasta"), field(name, "Nota", "number")
    quote, contract = make_quote(custom={"pasta": "A-1"}), make_contract(custom={"pasta": "A-1"})
    assert (quote.custom, contract.custom) == ({"pasta": "A-1"}, {"pasta": "A-1"})
    submit_contract(actor=actor, contract_id=contract.id)
    decide_contract(actor=actor, contract_id=contract.id, approved=True)
    contract = update_contract(actor=actor, contract_id=contract.id, changes={"custom": {"nota": "7,5"}})
    assert contract.status == ContractStatus.APPROVED  # the text is still what was approved
    contract = update_contract(
        actor=actor, contract_id=contract.id, changes={"title": "Outro", "custom": {"nota": "8"}}
    )
    assert (contract.status, contract.custom["nota"]) == (ContractStatus.DRAFT, "8")
    send(contract)
    sign(contract)
    send_quote(actor=actor, quote_id=quote.id)
    for update, which, given in (
        (update_quote, {"quote_id": quote.id}, {"pasta": "B", "nota": None}),
        (update_contract, {"contract_id": contract.id}, {"pasta": "B", "nota": None}),
    ):
        done = update(actor=actor, **which, changes={"custom": given})
        assert done.custom == {"pasta": "B"}
        for wrong, told in (
            ({"custom": {"pasta": "C"}, "title": "X"}, {"status": "sent"}),
            ({"custom": {"nota": "muito"}}, {"custom.nota": "number_invalid"}),
            ({"custom": {"other": 1}}, {"custom.other": "unknown_field"}),
            ({}, {"status": "sent"}),
        ):
            with pytest.raises(Invalid) as raised:
                update(actor=actor, **which, changes=wrong)
            assert problems(raised) == told
        with pytest.raises(Conflict):
            update(actor=actor, **which, changes={"custom": {"pasta": "D"}}, version=1)
    entry = AuditEntry.objects.filter(act="quote.updated").latest("id")
    assert "pasta" not in str(entry.changes)  # sealed: it may tell anything about the customer
    assert Contract.objects.get(id=contract.id).status == ContractStatus.SIGNED


def test_new_editions_copies_and_addenda_take_values_with_them(
    make_quote, make_contract, field, send, sign, actor
):
    for name in ("quote", "contract"):
        field(name, "Pasta"), field(name, "Processo", is_unique=True)
    custom = {"pasta": "A-1", "processo": "77"}
    quote, contract = make_quote(custom=custom), make_contract(custom=custom, ends_on=date(2027, 5, 1))
    for name in ("quote", "contract"):  # asked for since, of people: an act without a form goes without
        field(name, "Centro de custo", is_required=True, default="")
    send_quote(actor=actor, quote_id=quote.id)
    assert revise_quote(actor=actor, quote_id=quote.id).custom == custom
    assert copy_quote(actor=actor, quote_id=quote.id).custom == {"pasta": "A-1"}
    send(contract)
    sign(contract)
    renewal = renew_contract(actor=actor, contract_id=contract.id)
    assert renewal.custom == {"pasta": "A-1"}
    update_contract(actor=actor, contract_id=renewal.id, changes={"custom": {"pasta": "Z"}})
    send(renewal)
    sign(renewal)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.custom) == (date(2028, 5, 1), custom)


def test_the_contract_of_a_quote_takes_fields_called_and_made_alike(
    make_quote, make_contract, field, member_with, actor, admin, client_for
):
    both = ("quote", "contract")
    for name, choices in zip(both, (("Rio", "Sul"), ("Sul", "Norte")), strict=True):
        field(name, "Pasta"), field(name, "Região", "choice", choices=[{"label": one} for one in choices])
        field(name, "Sigilo")
    field("quote", "Nota", "number"), field("contract", "Nota"), field("contract", "Fase", default="nova")
    quote = make_quote(custom={"pasta": "A-1", "regiao": "Sul", "nota": 3, "sigilo": "s3gredo"})
    other = make_quote(quote.party, custom={"regiao": "Rio"})
    form = client_for(admin).get(f"/teste/contracts/new/?quote={quote.id}").content.decode()
    assert 'value="A-1"' in form
    assert 'value="nova"' in form
    made = make_contract(quote_id=quote.id, custom={"pasta": ""})
    assert made.custom == {"pasta": "A-1", "regiao": "sul", "sigilo": "s3gredo", "fase": "nova"}
    assert make_contract(quote_id=other.id).custom == {"fase": "nova"}  # there is no "Rio" here
    told = make_contract(quote_id=quote.id, custom={"pasta": "B", "regiao": "Norte"})
    assert (told.custom["pasta"], told.custom["regiao"]) == ("B", "norte")
    rights = {
        "objects": {
            "customer": {"view": "all"}, "quote": {"view": "all"}, "contract": {"view": "all", "create": "all"},
        },
        "fields": {"quote": {"custom.sigilo": "hidden"}, "contract": {"custom.pasta": "read"}},
    }  # fmt: skip
    member = member_with(Role.objects.create(name="Alheio", rights=rights))
    made = create_contract(actor=Actor.for_member(member), data=ContractData(quote_id=quote.id))
    assert made.custom == {"regiao": "sul", "fase": "nova"}


@OBJECTS
def test_pages_lists_and_the_api_know_the_fields(
    name, make, field, client_for, admin, api_for, member_with, make_party, actor
):
    field(name, "Pasta", is_required=True), field(name, "Nota", "number"), field(name, "Sigilo")
    party = make_party()
    one = make[name](party, custom={"pasta": "A-1", "nota": 9})
    two = make[name](party, custom={"pasta": "B-2", "nota": 10, "sigilo": "s3gredo"})
    browser, url = client_for(admin), f"/teste/{name}s/"
    page = browser.get(f"{url}{one.id}/").content.decode()
    assert "A-1" in page
    assert f"/teste/custom/{name}/{one.id}/pasta/" in page
    place = f"/teste/custom/{name}/{one.id}/pasta/"
    assert browser.post(place, {"value": "A-2", "version": one.version}).status_code == 200
    assert browser.post(place, {"value": "A-3", "version": one.version}).status_code == 409
    form = browser.get(f"{url}{one.id}/edit/").content.decode()
    assert 'name="custom_pasta"' in form
    listed = browser.get(f"{url}?cols=number,custom_nota&sort=-custom_nota&custom_pasta=B-2").content.decode()
    assert (str(two.id) in listed, str(one.id) in listed) == (True, False)
    where = {"v": 1, "where": {"field": "custom_nota", "op": "above", "value": "9"}}
    every = {"quote": Quote, "contract": Contract}[name].objects.all()
    rows = selected(read_condition(where, subject=name, reader=admin), every)
    assert [row.id for row in rows] == [two.id]

    api = api_for(admin)
    found = api.get(f"/api/v1/{name}s?custom[nota]=..9").json()["items"]
    assert [row["custom"]["pasta"] for row in found] == ["A-2"]
    found = api.get(f"/api/v1/{name}s?sort=-custom.nota").json()["items"]
    assert [row["custom"]["nota"] for row in found] == ["10", "9"]
    bad = api.patch(f"/api/v1/{name}s/{one.id}", {"custom": {"nota": "x", "pasta": ""}})
    assert {error["field"] for error in bad.json()["errors"]} == {"custom.nota", "custom.pasta"}
    missing = api.post(f"/api/v1/{name}s", {"customer_id": str(party.id), "title": "Nova"})
    assert missing.json()["errors"][0]["field"] == "custom.pasta"

    rights = {
        "objects": {"customer": {"view": "all"}, name: {"view": "all", "edit": "all"}},
        "fields": {name: {"custom.sigilo": "hidden", "custom.nota": "read"}},
    }
    member = member_with(Role.objects.create(name="Curioso", rights=rights))
    seen = client_for(member).get(f"{url}{two.id}/").content.decode()
    assert ("B-2" in seen, "s3gredo" in seen, f"/custom/{name}/{two.id}/nota/" in seen) == (
        True,
        False,
        False,
    )
    theirs = api_for(member)
    assert set(theirs.get(f"/api/v1/{name}s/{two.id}").json()["custom"]) == {"pasta", "nota"}
    locked = theirs.patch(f"/api/v1/{name}s/{two.id}", {"custom": {"nota": 1}})
    assert (locked.status_code, locked.json()["errors"][0]["code"]) == (422, "read_only")
    assert theirs.get(f"/api/v1/{name}s?custom[sigilo]=s3gredo").status_code == 422


@OBJECTS
def test_many_get_the_same_value_and_give_it_back(name, make, field, actor):
    known = field(name, "Pasta")
    entry, rows = (
        {"quote": QUOTE, "contract": CONTRACT}[name],
        [make[name](), make[name](custom={"pasta": "A"})],
    )
    done = set_value(actor=actor, entry=entry, field=known, ids=[row.id for row in rows], raw="B")
    model = {"quote": Quote, "contract": Contract}[name]
    assert set(model.objects.values_list("custom__pasta", flat=True)) == {"B"}
    event = StoredEvent.objects.get(name=f"sales.{name}s_edited")
    assert event.payload["fields"] == ["custom.pasta"]
    assert put_back(actor=actor, entry=entry, field=known, undo=done.undo) == 2
    assert set(model.objects.values_list("custom__pasta", flat=True)) == {None, "A"}


@OBJECTS
def test_files_bring_custom_values_which_are_taken_back(name, field, make_party, actor, tmp_path):
    field(name, "Centro de custo"), field(name, "Nota", "number")
    make_party("Ana Souza", cpf="529.982.247-25")
    head = {"quote": "Nº da proposta;CPF;Valor total", "contract": "Nº do contrato;CPF;Valor mensal"}[name]
    model = {"quote": Quote, "contract": Contract}[name]

    def bring(text):
        path = tmp_path / "arquivo.csv"
        path.write_text(f"{head};Centro de custo;Nota\n{text}", encoding="utf-8")
        return run_import_file(actor=actor, target=f"{name}s", path=path, source="planilha")

    run = bring("17;52998224725;10;Matriz 🏢;7,5\n18;52998224725;10;Filial;muita\n")
    assert (run.created, run.rejected) == (1, 1)
    row = model.objects.get()
    assert row.custom == {"centro_de_custo": "Matriz 🏢", "nota": "7.5"}
    assert bring("17;52998224725;10;Matriz 🏢;7,5\n").updated == 0
    run = bring("17;52998224725;10;Filial;8\n")
    row.refresh_from_db()
    assert (run.updated, row.custom["nota"]) == (1, "8")
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    row.refresh_from_db()
    assert row.custom == {"centro_de_custo": "Matriz 🏢", "nota": "7.5"}


def test_custom_values_fill_contracts_and_layouts_and_stand_on_the_quote(
    make_party, make_opportunity, make_quote, make_contract, field, actor
):
    for name, label, more in (
        ("person", "Ramo", {}), ("company", "Porte", {}), ("opportunity", "Verba", {"kind": "money"}),
        ("quote", "Ordem de compra", {"is_printed": True}), ("quote", "Interno", {}), ("contract", "Centro 2", {}),
    ):  # fmt: skip
        field(name, label, **more)
    ana = make_party(custom={"ramo": "Padaria"})
    deal = make_opportunity(ana, custom={"verba": "1500"})
    intro = "{{customer.custom.ramo}} {{deal.custom.verba}} {{quote.custom.ordem_de_compra}}"
    layout = save_layout(actor=actor, values={**LAYOUT, "intro": intro})
    quote = make_quote(
        ana, opportunity_id=deal.id, layout_id=layout.id, custom={"ordem_de_compra": "OC-7", "interno": "x"}
    )
    content = quote_content(Quote.objects.get(id=quote.id), quote.lines.all())
    assert content["facts"] == [{"label": "Ordem de compra", "value": "OC-7"}]
    assert content["intro"].replace("\xa0", " ") == "Padaria R$ 1.500,00 OC-7"
    assert quote_pdf(content, at=timezone.now()).startswith(b"%PDF")
    update_quote(actor=actor, quote_id=quote.id, changes={"intro": intro})
    said = quote_content(Quote.objects.get(id=quote.id), quote.lines.all())["intro"]
    assert said == intro  # a quote's own introduction can't read what its writer may not
    body = f"{intro} {{{{contract.custom.centro_2}}}} {{{{customer.custom.porte}}}}"
    contract = make_contract(quote_id=quote.id, body=body, custom={"centro_2": "22"})
    contract = Contract.objects.get(id=contract.id)
    text = filled(contract.body, contract_values(contract, load_brand())).replace("\xa0", " ")
    assert text == "Padaria R$ 1.500,00 OC-7 22 [Empresa: Porte]"
    with pytest.raises(Invalid) as raised:
        submit_contract(actor=actor, contract_id=contract.id)
    assert "Empresa: Porte" in str(raised.value.problems[0].message)
    with pytest.raises(Invalid) as raised:
        save_layout(actor=actor, values={**LAYOUT, "intro": "{{contract.custom.centro_2}}"})
    assert problems(raised) == {"intro": "unknown_field"}
    with pytest.raises(Invalid) as raised:
        field("contract", "Impresso", is_printed=True)
    assert problems(raised) == {"is_printed": "object"}


def test_nobody_reads_by_a_merge_field_what_is_hidden_from_them(
    make_party, make_contract, field, member_with, actor, client_for
):
    field("person", "Renda")
    rights = {"customer": {"view": "all"}, "contract": dict.fromkeys(("view", "create", "edit"), "all")}
    role = Role.objects.create(
        name="Sem renda",
        rights={"objects": rights, "areas": ["sales"], "fields": {"customer": {"custom.renda": "hidden"}}},
    )
    member = member_with(role)
    by = Actor.for_member(member)
    ana = make_party(custom={"renda": "9000"})
    contract = make_contract(ana, body="Por {{contract.amount}}.")
    asked = {"body": "Por {{contract.amount}}. {{customer.custom.renda}}"}
    with pytest.raises(Invalid) as raised:
        update_contract(actor=by, contract_id=contract.id, changes=asked)
    assert problems(raised) == {"body": "unknown_field"}
    browser = client_for(member)
    assert "custom.renda" not in browser.get("/teste/settings/contracts/new/").content.decode()
    with pytest.raises(Invalid):
        create_template(actor=by, data=TemplateData(name="X", opening=asked["body"]))
    update_contract(actor=actor, contract_id=contract.id, changes=asked)
    longer = {"body": asked["body"] + " Fim."}  # whoever may see it put it there
    assert update_contract(actor=by, contract_id=contract.id, changes=longer).body.endswith("Fim.")
