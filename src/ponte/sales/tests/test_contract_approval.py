"""Contracts take the same way to a yes as discounts: steps in turn, bound to the text, with a deadline, in one list."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Notification
from ponte.core.models.event import StoredEvent
from ponte.directory.models import Party
from ponte.sales.approval_policies import waiting_for
from ponte.sales.models import ApprovalRequest
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.services.approval_setup import StepData, save_approval_step
from ponte.sales.services.approvals import answer_approval, cancel_approval, expire_approvals
from ponte.sales.services.contract_approval import submit_contract
from ponte.sales.services.contract_sending import send_contract
from ponte.sales.services.contracts import update_contract
from ponte.sales.services.discount_approval import ask_approval
from ponte.sales.services.discount_limits import set_discount_limit
from ponte.sales.services.document_bin import bin_contracts, delete_contract

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def manager(member_with):
    return member_with("manager")


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def states(contract):
    return list(contract.approvals.order_by("id").values_list("state", flat=True))


def test_steps_are_asked_in_turn_by_value(make_contract, actor, manager, member_with, run_jobs):
    boss = member_with("manager", name="Diretora")
    named = {"kind": "contract", "approver": "named"}
    save_approval_step(actor=actor, data=StepData(**named, name="Jurídico", member_ids=[manager.id]))
    dear = StepData(**named, name="Diretoria", member_ids=[boss.id], above_amount=Decimal(11_999))
    save_approval_step(actor=actor, data=dear)
    small = make_contract(amount=Decimal(11_999))
    large = make_contract(amount=Decimal(1000), billing="monthly")  # 12,000 a year
    foreign = make_contract(amount=Decimal(1), currency="USD")
    asked = [
        submit_contract(actor=actor, contract_id=one.id, reason="Urgente 😀")
        for one in (small, large, foreign)
    ]
    assert [one.steps.count() for one in asked] == [1, 2, 2]
    run_jobs()
    notice = Notification.objects.filter(member=manager, kind="contract.approval").first()
    assert "Urgente 😀" in notice.body
    assert notice.url.startswith("/approvals/")
    assert not Notification.objects.filter(member=boss).exists()  # not asked yet
    with pytest.raises(Denied):
        answer_approval(actor=Actor.for_member(boss), approval_id=asked[1].id, approved=True)
    answer_approval(actor=Actor.for_member(manager), approval_id=asked[1].id, approved=True)
    large.refresh_from_db()
    assert large.status == "approval"
    assert list(waiting_for(boss)) == [asked[1]]
    answer_approval(actor=Actor.for_member(boss), approval_id=asked[1].id, approved=True, note="De acordo")
    large.refresh_from_db()
    assert large.status == "approved"
    run_jobs()
    told = set(StoredEvent.objects.filter(name__startswith="sales.contract").values_list("name", flat=True))
    assert {"sales.contract_approval_answered", "sales.contract_decided"} <= told
    acts = AuditEntry.objects.filter(object_id=large.id).values_list("act", flat=True)
    assert sorted(one for one in acts if "approval" in one) == [
        "contract.approval_asked", "contract.approval_given", "contract.approval_given",
    ]  # fmt: skip


def test_taken_back_or_changed_it_is_a_draft_again(make_contract, actor, manager):
    contract = make_contract()
    submit_contract(actor=actor, contract_id=contract.id)
    cancel_approval(actor=actor, kind="contract", document_id=contract.id)
    with pytest.raises(Invalid) as refusal:
        cancel_approval(actor=actor, kind="contract", document_id=contract.id)
    assert codes(refusal) == {"state": "closed"}
    submit_contract(actor=actor, contract_id=contract.id)
    update_contract(actor=actor, contract_id=contract.id, changes={"title": "Outro título"})
    contract.refresh_from_db()
    assert (contract.status, states(contract)) == ("draft", ["cancelled", "outdated"])
    request = submit_contract(actor=actor, contract_id=contract.id)
    Party.objects.filter(id=contract.party_id).update(name="Outro Nome")  # the text reads differently
    with pytest.raises(Invalid) as refusal:
        answer_approval(actor=Actor.for_member(manager), approval_id=request.id, approved=True)
    assert codes(refusal) == {"state": "changed"}
    delete_contract(actor=actor, contract_id=contract.id)
    assert states(contract)[-1] == "cancelled"
    second = make_contract()
    submit_contract(actor=actor, contract_id=second.id)
    bin_contracts(actor=actor, contract_ids=[second.id], deleted=True)
    bin_contracts(actor=actor, contract_ids=[second.id], deleted=False)
    second.refresh_from_db()
    assert (second.status, states(second)) == ("draft", ["cancelled"])


def test_requests_and_approvals_run_out(make_contract, actor, manager, run_jobs):
    late, unsent, gone = make_contract(), make_contract(), make_contract()
    requests = [submit_contract(actor=actor, contract_id=one.id) for one in (late, unsent, gone)]
    answer_approval(actor=Actor.for_member(manager), approval_id=requests[1].id, approved=True)
    type(gone).objects.filter(id=gone.id).update(deleted_at=timezone.now())
    ApprovalRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Invalid) as refusal:
        send_contract(actor=actor, contract_id=unsent.id)
    assert codes(refusal) == {"status": "expired"}
    assert (expire_approvals(), expire_approvals()) == (2, 0)
    for contract in (late, unsent):
        contract.refresh_from_db()
        assert (contract.status, states(contract)) == ("draft", ["expired"])
    run_jobs()
    assert Notification.objects.filter(member=actor.member, kind="contract.approval").count() >= 2
    again = submit_contract(actor=actor, contract_id=unsent.id)
    answer_approval(actor=Actor.for_member(manager), approval_id=again.id, approved=True)
    with pytest.raises(Invalid) as refusal:
        submit_contract(actor=actor, contract_id=unsent.id)
    assert codes(refusal) == {"status": "approved"}
    assert send_contract(actor=actor, contract_id=unsent.id).document.edition == 1


@pytest.fixture
def both(make_contract, make_quote, actor, manager):
    """Ask about a quote over the limit and a contract."""
    set_discount_limit(actor=actor, role_id=actor.member.role_id, line=Decimal(10), total=None, margin=None)
    line = QuoteLineData(description="Máquina", unit_price=Decimal(10), discount=Decimal(50))
    quote, contract = make_quote(lines=[line]), make_contract()
    ask_approval(actor=actor, quote_id=quote.id, reason="Concorrente")
    submit_contract(actor=actor, contract_id=contract.id)
    return quote, contract


def test_one_list_for_both_over_the_api(both, api_for, manager, admin, member_with):
    quote, contract = both
    mine, theirs = api_for(admin), api_for(manager)

    def listed(api, query=""):
        return json.loads(api.get(f"/approvals{query}").content)["items"]

    assert listed(mine) == []
    assert [one["contract_id"] or one["quote_id"] for one in listed(theirs)] == [
        str(contract.id), str(quote.id),
    ]  # fmt: skip
    assert [one["kind"] for one in listed(theirs, "?kind=contract")] == ["contract"]
    assert len(listed(mine, "?view=mine")) == 2
    assert len(json.loads(theirs.get("/quote-approvals").content)["items"]) == 1  # as it was called
    request = listed(theirs, "?kind=contract")[0]
    address = f"/approvals/{request['id']}"
    assert mine.post(f"{address}/approve", {}).status_code == 404
    assert theirs.post(f"{address}/refuse", {}).status_code == 422
    assert theirs.post(f"{address}/approve", {"fingerprint": "x"}).status_code == 422
    told = json.loads(theirs.post(f"{address}/refuse", {"note": "Falta o foro"}).content)
    assert (told["state"], told["steps"][0]["note"]) == ("refused", "Falta o foro")
    stranger = api_for(member_with("marketer"))
    assert stranger.get(address).status_code in (200, 404)
    assert json.loads(mine.get(f"/contracts/{contract.id}/approvals").content)[0]["state"] == "refused"
    assert mine.post(f"/contracts/{contract.id}/submit", {"reason": "De novo"}).status_code == 200
    assert mine.delete(f"/contracts/{contract.id}/approvals").status_code == 204
    assert mine.delete(f"/contracts/{contract.id}/approvals").status_code == 422


def test_one_list_for_both_on_the_page(both, client_for, manager, admin, make_contract, actor):
    quote, contract = both
    mine, theirs = client_for(admin), client_for(manager)
    page = theirs.get("/teste/approvals/").content.decode()
    assert f"Proposta {quote.number}" in page
    assert f"Contrato {contract.number}" in page
    assert theirs.get("/teste/quotes/approvals/")["Location"] == "/teste/approvals/"
    request = contract.approvals.get()
    address = f"/teste/approvals/{request.id}/"
    assert theirs.get(f"/teste/quotes/approvals/{request.id}/")["Location"] == address
    shown = theirs.get(address).content.decode()
    assert "Fornecimento a Ana Souza" in shown
    assert 'value="approve"' in shown
    assert 'value="approve"' not in mine.get(address).content.decode()
    assert mine.post(address, {"answer": "approve"}).status_code == 404
    assert theirs.post(address, {"answer": "refuse"}).status_code == 422
    answer = theirs.post(address, {"answer": "approve", "figures": request.fingerprint})
    assert answer.status_code == 302
    assert f"/contracts/{contract.id}/send/" in mine.get(f"/teste/contracts/{contract.id}/").content.decode()
    ApprovalRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    stale = mine.get(f"/teste/contracts/{contract.id}/").content.decode()
    assert "A aprovação perdeu a validade" in stale
    assert f"/contracts/{contract.id}/send/" not in stale
    other = make_contract()
    submit_contract(actor=actor, contract_id=other.id)
    assert mine.post(f"/teste/contracts/{other.id}/approval/cancel/").status_code == 302


def test_the_list_costs_the_same_however_many_wait(both, client_for, manager, make_contract, actor):
    browser = client_for(manager)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/teste/approvals/").status_code == 200
        return len(queries)

    cost()
    before = cost()
    for _number in range(4):
        submit_contract(actor=actor, contract_id=make_contract().id)
    assert cost() == before
    assert before <= 18
