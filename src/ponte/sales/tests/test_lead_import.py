"""Leads from files: whose they are is recognised or made, once, and the import can be taken back."""

from __future__ import annotations

from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.models import Role
from ponte.core.tenancy.scope import current_workspace
from ponte.directory.data import EmailData
from ponte.directory.models import Party
from ponte.sales.models import Lead
from ponte.sales.services.conversion import ConversionData, convert_lead
from ponte.sales.services.lead_edits import update_lead
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.selectors.import_reviews import waiting_rows
from ponte.workplace.services.import_reviews import decide_rows
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


KNOWN = (
    "id;Nome;E-mail;Interesse;Situação;Origem;Campanha;Vendedor\n"
    "1;Clara;clara@x.com.br;Forno;Novo;;;\n"
    "2;Bia;bia@x.com.br;;Em contato;Feira;Expo;\n"
)
LATER = (
    "id;Nome;E-mail;Interesse;Situação;Origem;Campanha;Vendedor\n"
    "1;Outro nome;outra@x.com.br;Forno elétrico;Em contato;Feira;;Alice Administradora\n"
    "2;Bia;bia@x.com.br;Café;Em contato;Indicação;Expo;\n"
    "3;Caio;caio@x.com.br;Café;Novo;Feira;;\n"
)


def bring(actor, folder, text, **options):
    return run_import_file(actor=actor, target="leads", path=write(folder, text), source="crm", **options)


def told(external_id):
    lead = Lead.objects.get(external_id=external_id)
    return (lead.title, lead.status, lead.origin, lead.campaign, lead.owner_id)


def test_a_known_lead_is_updated(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    run = bring(actor, tmp_path, LATER, policy="update")
    assert (run.created, run.updated, run.unchanged, run.rejected) == (1, 2, 0, 0)
    assert told("1") == ("Forno elétrico", "working", "event", "", actor.member.id)
    assert told("2") == ("Café", "working", "recommendation", "Expo", None)
    clara = Lead.objects.get(external_id="1")
    assert (clara.party.name, clara.party.email) == ("Clara", "clara@x.com.br")
    assert [one.status for one in clara.entries.order_by("entered_at")] == ["new", "working"]
    again = bring(actor, tmp_path, LATER, policy="update")
    assert (again.updated, again.unchanged) == (0, 3)


def test_only_what_is_empty_is_filled(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    run = bring(actor, tmp_path, LATER, policy="fill")
    assert (run.created, run.updated) == (1, 2)
    assert told("1") == ("Forno", "new", "event", "", actor.member.id)
    assert told("2") == ("Café", "working", "event", "Expo", None)


def test_left_as_it_is(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    before = [told("1"), told("2")]
    run = bring(actor, tmp_path, LATER, policy="skip")
    assert (run.created, run.skipped) == (1, 2)
    assert [told("1"), told("2")] == before


def test_each_row_is_asked_about(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    run = bring(actor, tmp_path, LATER, policy="ask")
    assert (run.created, run.updated, run.asked) == (1, 0, 2)
    assert told("1")[0] == "Forno"
    clara, _bia = waiting_rows(run, actor, current_workspace())
    assert {one.field: (one.stored, one.given) for one in clara.sides}["title"] == ("Forno", "Forno elétrico")
    assert decide_rows(run=run, actor=actor, decision="fill", rows=[2]) == 1
    assert decide_rows(run=run, actor=actor, decision="update", rows=[3]) == 1
    assert (told("1")[0], told("2")[0]) == ("Forno", "Café")


def test_a_converted_lead_keeps_its_status(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    convert_lead(actor=actor, lead_id=Lead.objects.get(external_id="1").id, data=ConversionData())
    bring(actor, tmp_path, LATER, policy="update")
    assert told("1")[:2] == ("Forno elétrico", "converted")


def test_updates_are_taken_back_but_for_what_was_changed_since(actor, tmp_path):
    bring(actor, tmp_path, KNOWN)
    run = bring(actor, tmp_path, LATER, policy="update")
    update_lead(actor=actor, lead_id=Lead.objects.get(external_id="2").id, changes={"title": "Máquina"})
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    run.refresh_from_db()
    assert (run.removed, run.restored, run.kept) == (1, 1, 1)
    assert told("1") == ("Forno", "new", "unknown", "", None)
    assert told("2") == ("Máquina", "working", "event", "Expo", None)
    assert not Lead.objects.filter(external_id="3", deleted_at=None).exists()


def test_others_leads_are_refused_and_binned_ones_left(actor, tmp_path, member_with):
    bring(actor, tmp_path, KNOWN)
    Lead.objects.filter(external_id="2").update(deleted_at=timezone.now())
    rights = {
        "areas": ["import"],
        "objects": {
            "customer": {"view": "all", "create": "all", "edit": "all"},
            "lead": {"view": "all", "create": "all", "edit": "own"},
        },
    }
    seller = Actor.for_member(member_with(Role.objects.create(name="Vendas", rights=rights)))
    run = bring(seller, tmp_path, LATER.replace("Alice Administradora", ""), policy="update")
    assert (run.created, run.skipped, run.rejected) == (1, 1, 1)
    assert told("1")[0] == "Forno"
