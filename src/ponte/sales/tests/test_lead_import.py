"""Leads from files: whose they are is recognised or made, once, and the import can be taken back."""

from __future__ import annotations

from ponte.directory.data import EmailData
from ponte.directory.models import Party
from ponte.sales.models import Lead
from ponte.sales.services.lead_edits import update_lead
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

OLIST = (
    "mql_id,first_contact_date,landing_page_id,origin\n"
    "dac32acd4db4c29c230538b72f8dd87d,2018-02-01,88740e65d5d6b056e0cda098e1ea6313,social\n"
    "8c18d1de7f67e60dbd64e3c07d7e9d5d,2017-10-20,007f9098284a86ee80ddeb25d53e0af8,paid_search\n"
    "b4bc852d233dfefc5131f593b538befa,2018-03-22,a7982125ff7aa3b2054c6e44f9d28522,\n"
)
FILE = (
    "Nome;E-mail;Empresa;Interesse;Situação;Origem;Vendedor\n"
    "Clara;clara@x.com.br;Padaria Sol;Forno;Em contato;Feira;Alice Administradora\n"
    "Ana;ana@x.com.br;;Café;Novo;Indicação;\n"
    "Zé;ze@x.com.br;;Café;Novo;Feira;Fulano\n"
)


def write(folder, text):
    path = folder / "leads.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_olists_leads_without_names(actor, tmp_path):
    run = run_import_file(actor=actor, target="leads", path=write(tmp_path, OLIST), source="olist")
    assert (run.created, run.rejected) == (3, 0), list(run.rejections.values())
    lead = Lead.objects.get(external_id="8c18d1de7f67e60dbd64e3c07d7e9d5d")
    assert (lead.origin, lead.source, lead.captured_at.date().isoformat()) == (
        "paid_search",
        "olist",
        "2017-10-20",
    )
    assert lead.marks["page"] == "007f9098284a86ee80ddeb25d53e0af8"
    assert "8c18d1de" in lead.party.label
    assert Lead.objects.filter(origin="unknown").count() == 1
    again = run_import_file(actor=actor, target="leads", path=write(tmp_path, OLIST), source="olist")
    assert (again.created, again.unchanged) == (0, 3)
    assert Party.objects.count() == 3


def test_people_are_recognised_and_kept(actor, tmp_path, make_party):
    ana = make_party("Ana Souza", emails=[EmailData(address="ana@x.com.br")])
    run = run_import_file(actor=actor, target="leads", path=write(tmp_path, FILE), source="crm")
    assert (run.created, run.rejected) == (2, 1)
    assert Lead.objects.get(party=ana).origin == "recommendation"
    assert Party.objects.get(id=ana.id).name == "Ana Souza"
    clara = Lead.objects.get(party__name="Clara")
    assert (clara.status, clara.origin, clara.typed["company"]) == ("working", "event", "Padaria Sol")
    assert clara.owner_id == actor.member.id


def test_an_import_is_taken_back(actor, tmp_path, make_party):
    ana = make_party("Ana Souza", emails=[EmailData(address="ana@x.com.br")])
    run = run_import_file(actor=actor, target="leads", path=write(tmp_path, OLIST), source="olist")
    update_lead(actor=actor, lead_id=Lead.objects.first().id, changes={"title": "Trabalhado"})
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    assert Lead.objects.get(deleted_at=None).title == "Trabalhado"
    assert Party.objects.filter(deleted_at=None).count() == 2
    assert Party.objects.get(id=ana.id).deleted_at is None
    again = run_import_file(actor=actor, target="leads", path=write(tmp_path, OLIST), source="olist")
    assert (again.created, again.unchanged) == (2, 1)
