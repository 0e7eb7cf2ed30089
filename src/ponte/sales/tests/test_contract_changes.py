"""What happens to a signed contract: addenda with their own signatures, readjustments, renewals, tasks ahead of time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from ponte.core.errors import Invalid, Missing
from ponte.sales.contract_settings import ContractSettings
from ponte.sales.documents.comparing import compare_texts
from ponte.sales.models import Contract
from ponte.sales.services.contract_alerts import (
    plan_contract_tasks,
    renew_automatically,
)
from ponte.sales.services.contract_changes import amend_contract, readjust_contract, renew_contract
from ponte.sales.services.contract_fields import add_months
from ponte.sales.services.contract_sending import cancel_contract, end_contract
from ponte.sales.services.contract_settings import save_contract_settings
from ponte.sales.services.contracts import update_contract
from ponte.sales.services.document_bin import delete_contract, purge_contracts
from ponte.timeline.models import Task

pytestmark = pytest.mark.usefixtures("workspace")
TODAY = timezone.localdate


@pytest.fixture
def signed(make_contract, send, sign):
    def make(**fields):
        fields.setdefault("starts_on", TODAY() - timedelta(days=340))
        fields.setdefault("ends_on", TODAY() + timedelta(days=24))
        fields.setdefault("amount", Decimal("1000.00"))
        fields.setdefault("billing", "monthly")
        contract = make_contract(**fields)
        send(contract)
        sign(contract)
        return contract

    return make


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_end_where_they_end(day, months, after):
    assert add_months(day, months) == after


def test_a_readjustment_is_an_addendum_and_counts_once_signed(signed, send, sign, actor):
    contract = signed(price_index="ipca", readjust_on=TODAY() + timedelta(days=10))
    made = readjust_contract(actor=actor, contract_id=contract.id, percentage=Decimal("4.625"))
    assert (made.kind, made.parent_id, made.amount) == ("readjustment", contract.id, Decimal("1046.25"))
    assert "4,625% (IPCA)" in made.texts.get().text
    assert "mil e quarenta e seis reais e vinte e cinco centavos" in made.texts.get().text
    with pytest.raises(Invalid) as refusal:
        readjust_contract(actor=actor, contract_id=contract.id, percentage=Decimal(1))
    assert codes(refusal) == {"status": "under_way"}
    contract.refresh_from_db()
    assert contract.amount == 1000
    send(made)
    sign(made)
    contract.refresh_from_db()
    assert contract.amount == Decimal("1046.25")
    assert contract.readjust_on == add_months(TODAY() + timedelta(days=10), 12)
    assert contract.status == "signed"
    with pytest.raises(Invalid):
        readjust_contract(actor=actor, contract_id=made.id, percentage=Decimal(1))


@pytest.mark.parametrize("percentage", ["0", "-100", "1000.01", "NaN"])
def test_percentages_that_make_no_sense(signed, actor, percentage):
    contract = signed()
    with pytest.raises(Invalid) as refusal:
        readjust_contract(actor=actor, contract_id=contract.id, percentage=Decimal(percentage))
    assert codes(refusal) == {"percentage": "range"}


def test_a_renewal_prolongs_and_what_else_changed_meanwhile_stays(signed, send, sign, actor):
    contract = signed()
    renewal = renew_contract(actor=actor, contract_id=contract.id)
    assert renewal.ends_on == add_months(contract.ends_on, 12)
    raised = readjust_contract(actor=actor, contract_id=contract.id, percentage=Decimal(10))
    send(renewal)
    send(raised)
    sign(raised)
    sign(renewal)
    contract.refresh_from_db()
    assert (contract.ends_on, contract.amount) == (renewal.ends_on, Decimal("1100.00"))
    with pytest.raises(Invalid) as refusal:
        renew_contract(actor=actor, contract_id=contract.id, ends_on=TODAY())
    assert codes(refusal) == {"ends_on": "order"}


def test_an_addendum_changes_the_terms_written_into_it(signed, send, sign, actor, make_contract):
    contract = signed()
    addendum = amend_contract(actor=actor, contract_id=contract.id, title="Mais um ponto")
    update_contract(
        actor=actor,
        contract_id=addendum.id,
        changes={"amount": Decimal(1500), "body": "{{parent.number}}: mais um ponto"},
    )
    send(addendum)
    sign(addendum)
    contract.refresh_from_db()
    assert contract.amount == 1500
    assert contract.addenda.count() == 1
    given_up = amend_contract(actor=actor, contract_id=contract.id)
    assert given_up.title == f"Aditivo 2 – {contract.title}"
    send(given_up)
    cancel_contract(actor=actor, contract_id=given_up.id, reason="Não precisa")
    contract.refresh_from_db()
    assert contract.amount == 1500
    with pytest.raises(Invalid) as refusal:
        amend_contract(actor=actor, contract_id=make_contract().id)
    assert codes(refusal) == {"status": "not_signed"}


def test_an_ended_contract_stays_as_it_ended(signed, send, sign, actor):
    contract = signed()
    renewal = renew_contract(actor=actor, contract_id=contract.id)
    send(renewal)
    end_contract(actor=actor, contract_id=contract.id, reason="Rescindido")
    sign(renewal)
    contract.refresh_from_db()
    assert (contract.status, contract.ends_on) == ("ended", TODAY())


def test_tasks_come_once_and_ahead_of_time(signed, make_contract, member_with, actor):
    owner = member_with(name="Rita")
    near = signed(
        renewal="manual",
        notice_days=30,
        owner_id=owner.id,
        price_index="igpm",
        readjust_on=TODAY() + timedelta(days=20),
    )
    signed(renewal="manual", notice_days=10)  # ends in 24 days: not yet
    signed(ends_on=None, renewal="none")
    make_contract(ends_on=TODAY() + timedelta(days=5))  # never signed
    assert plan_contract_tasks() == 2
    assert plan_contract_tasks() == 0
    tasks = Task.objects.filter(source="contracts").order_by("external_key")
    assert {task.assignee_id for task in tasks} == {owner.id}
    assert {task.party_id for task in tasks} == {near.party_id}
    assert "combine a renovação" in tasks[0].title
    assert "IGP-M" in tasks[1].title
    Contract.objects.filter(id=near.id).update(readjust_on=TODAY() + timedelta(days=25))
    save_contract_settings(actor=actor, settings=ContractSettings(alert_days=5))
    assert plan_contract_tasks() == 0
    save_contract_settings(actor=actor, settings=ContractSettings(alert_days=60))
    assert plan_contract_tasks() == 1


def test_what_renews_by_itself_goes_on_and_the_rest_ends(signed, run_jobs):
    ended = TODAY() - timedelta(days=400)
    alone = signed(
        renewal="automatic", renewal_months=12, starts_on=ended - timedelta(days=30), ends_on=ended
    )
    left = signed(renewal="manual", starts_on=ended - timedelta(days=30), ends_on=ended)
    assert renew_automatically() == 1
    assert renew_automatically() == 0
    alone.refresh_from_db()
    left.refresh_from_db()
    assert alone.ends_on == add_months(ended, 24)
    assert left.ends_on == ended


def test_the_bin_is_emptied_after_a_while(make_contract, actor):
    contract = make_contract()
    delete_contract(actor=actor, contract_id=contract.id)
    assert purge_contracts(before=timezone.now() - timedelta(days=30)) == 0
    assert purge_contracts(before=timezone.now() + timedelta(days=1)) == 1
    with pytest.raises(Missing):
        update_contract(actor=actor, contract_id=contract.id, changes={"title": "x"})


def test_texts_are_compared_word_by_word():
    before = "\n".join(
        ["Um", "dois", "três", "quatro", "O valor é de R$ 100,00 por mês.", "cinco", "seis", "sete", "oito"]
    )
    after = before.replace("100,00", "120,00").replace("oito", "oito\nnove")
    compared = compare_texts(before, after)
    kinds = [[(piece.kind, piece.text) for piece in line] if line else None for line in compared.lines]
    assert kinds[0] is None
    changed = next(line for line in kinds if line and any(kind == "in" for kind, _text in line))
    assert ("out", "100") in changed
    assert ("in", "120") in changed
    assert ("same", "O valor é de R$ ") in changed or "".join(
        text for kind, text in changed if kind == "same"
    ).startswith("O valor")
    assert (compared.taken_out, compared.put_in) == (1, 2)
    assert compare_texts(after, after).is_same
    large = " ".join(f"palavra{number}" for number in range(5000))
    assert compare_texts(large, large.upper()).put_in == 1


def test_versions_and_changes_in_the_browser(signed, admin, client_for, make_contract, actor):
    browser = client_for(admin)
    draft = make_contract()
    for text in ("Um texto", "Outro texto"):
        update_contract(actor=actor, contract_id=draft.id, changes={"body": text})
    page = browser.get(f"/teste/contracts/{draft.id}/versions/", {"from": "2", "to": "3"}).content.decode()
    assert "<del" in page
    assert "<ins" in page
    assert browser.get(f"/teste/contracts/{draft.id}/versions/", {"from": "x", "to": "99"}).status_code == 200
    contract = signed(price_index="ipca")
    base = f"/teste/contracts/{contract.id}/"
    assert "Reajustar" in browser.get(base).content.decode()
    assert browser.post(f"{base}readjust/", {"percentage": "0", "on": "01/12/2026"}).status_code == 422
    assert browser.post(f"{base}readjust/", {"percentage": "5,5", "on": "01/12/2026"}).status_code == 302
    assert browser.post(f"{base}renew/", {"ends_on": "01/12/2028"}).status_code == 302
    assert browser.post(f"{base}amend/", {"title": "Mais"}).status_code == 302
    assert contract.addenda.count() == 3
    assert "Aditivos" in browser.get(base).content.decode()
