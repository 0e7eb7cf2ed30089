"""What the module plugs into others: conditions, import, merging."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from ponte.conditions.compiling import selected
from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.directory.data import EmailData
from ponte.directory.models import Party
from ponte.directory.services.merging import merge_customers, unmerge_customers
from ponte.privacy.links import preference_path
from ponte.privacy.models import ConsentRecord, Permission, Suppression
from ponte.privacy.selectors.decisions import decide
from ponte.privacy.services.suppressions import suppress_address
from ponte.workplace.importing.command import run_import_file

pytestmark = pytest.mark.usefixtures("workspace")


def names(where: Any, reader: Any) -> set[str]:
    condition = read_condition({"v": 1, "about": "person", "where": where}, subject="person", reader=reader)
    assert str(explain(condition))
    return {row.name for row in selected(condition, Party.objects.filter(kind="person"))}


def test_conditions_on_consent(make_party: Any, say: Any, admin: Any) -> None:
    ana, bia = make_party("Ana"), make_party("Bia")
    make_party("Caio")
    say(ana, channels=["email"])
    say(bia, allows=False)
    say(bia, "survey", allows=False)
    by_email = {"field": "allows", "op": "is", "value": ["marketing:email"]}
    assert names(by_email, admin) == {"Ana"}
    assert names({"not": by_email}, admin) == {"Bia", "Caio"}
    assert names({"field": "allows", "op": "is", "value": ["survey:email"]}, admin) == {"Ana", "Caio"}
    refused = {"related": "permissions", "where": {"field": "status", "op": "is", "value": ["refused"]}}
    assert names(refused, admin) == {"Bia"}


def test_conditions_on_closed_addresses(make_party: Any, admin: Any, actor: Any) -> None:
    ana = make_party("Ana")
    bia = make_party("Bia", emails=[EmailData(address="b1@x.com.br"), EmailData(address="b2@x.com.br")])
    make_party("Caio", emails=[])
    suppress_address(actor=actor, address=ana.email, reason="complaint")
    suppress_address(actor=actor, address=bia.email, reason="opt_out")
    assert names({"field": "closed", "op": "is", "value": ["email"]}, admin) == {"Ana"}


FILE = (
    "Código;Nome;E-mail;Opt-in;Canais do consentimento;Data do consentimento;Descadastrado\n"
    "1;Ana;ana@x.com.br;sim;e-mail, WhatsApp;10/03/2025;\n"
    "2;Bia;bia@x.com.br;não;;;\n"
    "3;Caio;caio@x.com.br;;;;sim\n"
    "4;Davi;davi@x.com.br;sim;pombo;;\n"
)


def test_consent_comes_in_with_a_file(actor: Any, tmp_path: Path) -> None:
    path = tmp_path / "pessoas.csv"
    path.write_text(FILE)
    run = run_import_file(actor=actor, target="people", path=path, source="erp")
    assert (run.created, run.rejected) == (3, 1)
    people = {party.name: party for party in Party.objects.all()}
    ana = ConsentRecord.objects.get(party=people["Ana"])
    assert (ana.status, ana.channels, ana.given_through) == ("granted", ["email", "whatsapp"], "import")
    assert ana.occurred_at.year == 2025
    assert {row.status for row in Permission.objects.filter(party=people["Bia"])} == {"refused"}
    assert Suppression.objects.get().address == "caio@x.com.br"
    run_import_file(actor=actor, target="people", path=path, source="erp")
    assert ConsentRecord.objects.count() == 2, "the same file again writes nothing"


def test_merging_keeps_the_later_word_and_can_be_undone(make_party: Any, say: Any, actor: Any) -> None:
    cache.clear()
    ana, twin = make_party("Ana"), make_party("Ana")
    say(ana, channels=["email", "sms"])
    say(twin, allows=False, channels=["email"])
    say(twin, "survey", allows=False)
    merge = merge_customers(actor=actor, survivor_id=ana.id, loser_ids=[twin.id])

    def word(purpose: str, channel: str) -> str:
        return str(decide(party_id=ana.id, purpose=purpose, channel=channel).verdict)

    assert word("marketing", "email") == "refused"
    assert word("marketing", "sms") == "allowed"
    assert word("survey", "email") == "objected"
    assert ConsentRecord.objects.filter(party=ana).count() == 3
    assert Client().get(preference_path(twin.id)).status_code == 200, "the twin's link leads to the survivor"
    unmerge_customers(actor=actor, merge_id=merge.id)
    assert word("marketing", "email") == "allowed"
    assert word("survey", "email") == "allowed"
    assert ConsentRecord.objects.filter(party=twin).count() == 2
