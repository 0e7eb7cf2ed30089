"""Running contracts from spreadsheets as they are: brought in once, told why not, taken back; selected ones change hands."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ponte.commerce.data import BulkRow
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import AuditEntry, Role
from ponte.directory.data import EmailData
from ponte.sales.contract_data import SignerData
from ponte.sales.models import Contract
from ponte.sales.services.bulk_contracts import upsert_contracts
from ponte.sales.services.contract_changes import readjust_contract
from ponte.sales.services.contract_parties import put_signer
from ponte.sales.services.contracts import update_contract
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

pytestmark = pytest.mark.usefixtures("workspace")
FILE = (
    "Nº do contrato;CPF;E-mail;Objeto;Situação;Início;Término;Valor mensal;Periodicidade;Renovação;Índice;Responsável\n"
    "2024/017;52998224725;;Suporte 😀;Vigente;01/03/2024;28/02/2027;R$ 1.234,56;Mensal;Automática;IPCA;Alice Administradora\n"
    "88;;bia@x.example;;;2025-01-10;;900;;;;\n"
    "89;;ninguem@x.example;Fantasma;Vigente;01/01/2025;;10;;;;\n"
    "90;;bia@x.example;Datas;Vigente;01/01/2025;01/01/2024;10;;;;\n"
    "91;;bia@x.example;Fulano;Vigente;01/01/2025;;10;;;;Fulano de Tal\n"
    "92;;bia@x.example;Acabou;Rescindido;01/01/2024;31/12/2024;10;;;;\n"
    "93;;bia@x.example;Sem fim;Vigente;01/01/2024;;10;;Automática;;\n"
    ";;bia@x.example;Sem número;Vigente;01/01/2024;;10;;;;\n"
)


@pytest.fixture
def people(make_party):
    ana = make_party("Ana Souza", cpf="529.982.247-25")
    return ana, make_party("Bia Lima", emails=[EmailData(address="bia@x.example")])


@pytest.fixture
def bring(actor, tmp_path):
    def act(text=FILE, *, by=None, encoding="utf-8"):
        path = tmp_path / "contratos.csv"
        path.write_bytes(text.encode(encoding))
        return run_import_file(actor=by or actor, target="contracts", path=path, source="planilha")

    return act


def take_back(actor, run):
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)


def test_running_contracts_come_in_once_and_what_cant_says_why(people, bring, actor):
    run = bring()
    assert (run.created, run.rejected) == (3, 5), list(run.rejections.values())
    ana = Contract.objects.get(number="2024/017")
    assert (ana.party, ana.title, ana.status, ana.owner) == (people[0], "Suporte 😀", "signed", actor.member)
    assert (ana.amount, ana.billing, ana.renewal) == (Decimal("1234.56"), "monthly", "automatic")
    assert (ana.starts_on, ana.ends_on) == (date(2024, 3, 1), date(2027, 2, 28))
    assert (ana.price_index, ana.readjust_on) == ("ipca", date(2025, 3, 1))
    assert ana.signed_at.date() == date(2024, 3, 1)
    bare = Contract.objects.get(number="88")
    assert (bare.title, bare.status, bare.external_id) == ("Contrato 88", "signed", "88")
    ended = Contract.objects.get(number="92")
    assert (ended.status, ended.closed_at.date()) == ("ended", date(2024, 12, 31))
    told = " ".join(str(one) for one in run.rejections.values())
    assert "ninguem@x.example" in told
    again = bring()
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)
    assert Contract.objects.count() == 3


def test_own_numbers_go_on_after_those_of_the_file(people, bring, make_contract):
    bring()
    assert make_contract(people[1]).number == "93"


def test_a_second_file_changes_what_it_says_and_can_be_taken_back(people, bring, actor):
    bring()
    former = Contract.objects.get(number="2024/017").updated_at
    head, first = FILE.replace("R$ 1.234,56", "2.000,00").splitlines()[:2]
    run = bring(f"{head}\n{first}\n")
    assert (run.updated, run.unchanged) == (1, 0)
    contract = Contract.objects.get(number="2024/017")
    assert (contract.amount, contract.version) == (2000, 2)
    assert contract.updated_at > former  # who follows changes over the API sees it
    assert AuditEntry.objects.filter(act="contract.updated", object_id=contract.id).count() == 1
    take_back(actor, run)
    contract.refresh_from_db()
    assert contract.amount == Decimal("1234.56")


def test_an_import_is_taken_back_but_for_what_lives_on(people, bring, actor):
    run = bring()
    first, second = Contract.objects.get(number="2024/017"), Contract.objects.get(number="88")
    readjust_contract(actor=actor, contract_id=second.id, percentage=Decimal(5))
    take_back(actor, run)
    left = Contract.objects.filter(deleted_at=None, parent=None)
    assert set(left.values_list("number", flat=True)) == {"88"}
    first.refresh_from_db()
    assert first.external_id == ""
    again = bring()
    assert (again.created, again.unchanged) == (2, 1)


def test_what_changed_here_is_no_longer_the_files(people, bring, actor, send, sign):
    bring()
    contract = Contract.objects.get(number="2024/017")
    made = readjust_contract(actor=actor, contract_id=contract.id, percentage=Decimal(10))
    put_signer(actor=actor, contract_id=made.id, data=SignerData(name="Ana Souza"))
    update_contract(actor=actor, contract_id=made.id, changes={"body": "Novo valor: {{contract.amount}}"})
    send(made)
    sign(made)
    contract.refresh_from_db()
    assert contract.amount == Decimal("1358.02")
    assert bring().rejected == 6
    contract.refresh_from_db()
    assert contract.amount == Decimal("1358.02")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_files_as_they_come(people, bring, encoding):
    assert bring(FILE.replace(" 😀", ""), encoding=encoding).created == 3


def test_nasty_cells(people, bring):
    head = "Número;E-mail;Valor;Início;Término;Meses de renovação;Dias de aviso;Moeda\n"
    rows = [
        "1;bia@x.example;-5;01/01/2025;;12;30;BRL", "2;bia@x.example;1e99;01/01/2025;;12;30;BRL",
        "3;bia@x.example;10;31/02/2025;;12;30;BRL", "4;bia@x.example;10;01/01/1800;;12;30;BRL",
        "5;bia@x.example;10;01/01/2025;;9999;30;BRL", "6;bia@x.example;10;01/01/2025;;12;-1;BRL",
        "7;bia@x.example;10;01/01/2025;;12;30;reais", f"{'9' * 200};bia@x.example;10;01/01/2025;;12;30;BRL",
        "=cmd|' /C calc'!A0;bia@x.example;10;01/01/2025;;12;30;BRL",
    ]  # fmt: skip
    run = bring(head + "\n".join(rows) + "\n")
    assert (run.created, run.rejected) == (1, 8), list(run.rejections.values())
    assert Contract.objects.get().number == "=cmd|' /C calc'!A0"


def test_what_isnt_theirs_stays_as_it_is(people, bring, member_with):
    bring()
    own = {
        "customer": {"view": "all"},
        "contract": dict.fromkeys(("view", "create", "edit", "delete"), "own"),
    }
    role = Role.objects.create(name="Meus", rights={"objects": own, "areas": ["import"]})
    run = bring(FILE.replace("R$ 1.234,56", "1"), by=Actor.for_member(member_with(role)))
    assert run.created == 0
    assert Contract.objects.get(number="2024/017").amount == Decimal("1234.56")


def test_more_rows_cost_no_more_queries(people, actor):
    def cost(count, mark):
        values = {"party_id": people[1].id, "starts_on": date(2025, 1, 1), "owner_id": actor.member_id}
        rows = [BulkRow(external_id=f"{mark}{number}", values=values) for number in range(count)]
        with CaptureQueriesContext(connection) as queries:
            made = upsert_contracts(actor=actor, rows=rows, source="x")
        assert {one.outcome for one in made} == {"created"}
        return len(queries)

    assert cost(2, "a") == cost(60, "b")


def test_selected_contracts_change_hands_and_drafts_go(
    people, bring, make_contract, client_for, admin, member_with, send
):
    bring()
    draft, out = make_contract(people[1]), make_contract(people[1])
    send(out)
    signed, heir = Contract.objects.get(number="2024/017"), member_with("salesperson", name="Rita")
    browser = client_for(admin)
    rows = Contract.objects.filter(id__in=[draft.id, out.id, signed.id])

    def act(who, name, *records, **inputs):
        told = {"id": [str(one.id) for one in records], "once": str(uuid4()), **inputs}
        return who.post(f"/teste/lists/contracts/bulk/{name}/", told)

    act(browser, "assign", draft, out, signed, owner=str(heir.id))
    assert set(rows.values_list("owner_id", flat=True)) == {heir.id}
    out.refresh_from_db()
    assert out.status == "out"
    seller = client_for(heir)
    assert act(seller, "assign", draft, owner="not-an-id").status_code == 422
    assert set(rows.values_list("owner_id", flat=True)) == {heir.id}
    act(browser, "delete", draft, out)
    assert set(rows.filter(deleted_at=None).values_list("id", flat=True)) == {out.id, signed.id}


def test_a_contract_from_a_file_has_a_page_and_a_readjustment(people, bring, client_for, admin, actor):
    bring()
    contract = Contract.objects.get(number="2024/017")
    browser, path = client_for(admin), f"/teste/contracts/{contract.id}/"
    assert "assinado fora daqui" in browser.get(path).content.decode()
    told = {"percentage": "5,5", "on": "01/12/2026"}
    assert browser.post(f"{path}readjust/", told).status_code == 302
    assert browser.get(f"{path}pdf/").status_code == 200
    with pytest.raises(Invalid):
        update_contract(actor=actor, contract_id=contract.id, changes={"title": "x"})
