"""Deals from five other systems: files in the shape of their exports come in without touching a mapping."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ponte.core.actors import Actor
from ponte.directory.data import CompanyData, ExternalId
from ponte.directory.services.companies import create_company
from ponte.sales.models import Opportunity, Stage
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.kits import recognise
from ponte.workplace.importing.undoing import carry_on_undoing
from ponte.workplace.services.import_undo import undo_import

EXPORTS = Path(__file__).parent / "exports"
SYSTEMS = ("rdstation", "agendor", "ploomes", "salesforce", "zoho")
ACCOUNTS = {"salesforce": "001Hp00001", "zoho": "zcrm_900"}


@pytest.fixture
def ready(workspace, admin, actor, pipeline, tmp_path):
    """The pipeline bears the other system's stages, the customer is in; returns what imports a system's file."""
    pipeline.name = "Vendas"
    pipeline.save()
    Stage.objects.filter(pipeline=pipeline).delete()
    for position, name in enumerate(("Primeiro contato", "Proposta", "Negociação"), 1):
        Stage.objects.create(pipeline=pipeline, name=name, position=position)

    def bring(system, change=lambda text: text):
        text = (
            (EXPORTS / f"{system}.csv")
            .read_text(encoding="utf-8")
            .replace("alice@teste.example", admin.email)
        )
        path = tmp_path / f"{system}.csv"
        path.write_text(change(text), encoding="utf-8")
        return run_import_file(actor=Actor.for_member(admin), target="opportunities", path=path)

    return bring


def sun(actor, system=""):
    ids = [ExternalId(source=system, id=ACCOUNTS[system])] if system in ACCOUNTS else ()
    return create_company(actor=actor, data=CompanyData(name="Padaria Sol", external_ids=ids)).party


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_export_comes_in_untouched(ready, actor, admin, system):
    party = sun(actor, system)
    run = ready(system)
    assert (run.source, run.created, run.rejected) == (system, 3, 0), list(run.rejections.values())
    mill, beans, works = (
        Opportunity.objects.order_by("-opened_at")[0],
        *Opportunity.objects.filter(title__in=("Assinatura de grãos", "Reforma")).order_by("title"),
    )
    assert (mill.title, mill.amount, mill.status, mill.stage.name) == (
        "Troca do moinho",
        Decimal("12500.00"),
        "open",
        "Proposta",
    )
    assert (mill.party_id, mill.owner_id, mill.pipeline.name) == (party.id, admin.id, "Vendas")
    assert mill.opened_at.date() == date(2026, 3, 2)
    money = beans.monthly if system == "rdstation" else beans.amount
    assert (beans.status, beans.closed_at.date(), money) == ("won", date(2026, 2, 10), Decimal("890.50"))
    assert (works.status, works.closed_at.date()) == ("lost", date(2026, 2, 12))
    if system != "salesforce":
        assert works.reason.name == "Preço"
    again = ready(system)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 3)


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_is_recognised(system):
    text = (EXPORTS / f"{system}.csv").read_text(encoding="utf-8").splitlines()[0]
    headers = [one.strip('"') for one in text.split(";" if ";" in text else ",")]
    kit = recognise("opportunities", headers)
    assert kit is not None
    assert kit.key == system


def test_a_customer_nobody_knows_is_said(ready):
    run = ready("agendor")
    assert (run.created, run.rejected) == (0, 3)
    assert "Padaria Sol" in str(list(run.rejections.values()))


def test_two_of_one_name_are_not_guessed(ready, actor, make_party):
    sun(actor)
    sun(actor)
    assert ready("agendor").rejected == 3
    assert not Opportunity.objects.exists()


def test_a_company_goes_before_a_person_of_its_name(ready, actor, make_party):
    make_party("Padaria Sol")
    party = sun(actor)
    assert ready("ploomes").created == 3
    assert set(Opportunity.objects.values_list("party_id", flat=True)) == {party.id}


def test_a_stage_that_is_nowhere_is_said(ready, actor):
    sun(actor, "zoho")
    run = ready("zoho", lambda text: text.replace("Proposta", "Prospecção"))
    assert (run.created, run.rejected) == (2, 1)
    assert "Prospecção" in str(list(run.rejections.values()))


def test_others_customers_are_not_found_by_name(ready, actor, admin, member_with, tmp_path):
    sun(actor)
    rights = {
        "areas": ["import"],
        "objects": {
            "customer": {"view": "own"},
            "opportunity": {"view": "all", "create": "all", "edit": "all"},
        },
    }
    from ponte.core.models import Role

    seller = Actor.for_member(member_with(Role.objects.create(name="Próprios", rights=rights)))
    path = tmp_path / "n.csv"
    path.write_text("Título;Cliente;Valor\nMoinho;Padaria Sol;100\n", encoding="utf-8")
    assert run_import_file(actor=seller, target="opportunities", path=path).rejected == 1
    assert run_import_file(actor=Actor.for_member(admin), target="opportunities", path=path).created == 1


def test_a_title_taken_back_is_found_again(ready, actor):
    sun(actor, "agendor")
    ready("agendor")
    run = ready("agendor", lambda text: text.replace("Troca do moinho", "Forno elétrico"))
    found = Opportunity.objects.filter(search="moinho")
    assert (run.updated, found.count()) == (1, 0)
    undo_import(run=run, actor=actor, in_background=False)
    carry_on_undoing(run.id)
    assert [deal.title for deal in found.all()] == ["Troca do moinho"]
    assert not Opportunity.objects.filter(search="forno").exists()
