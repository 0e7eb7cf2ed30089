"""Nobody answers what they asked for or what is theirs; only the sole administrator does, where no colleague could."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid
from ponte.core.models import AuditEntry, Member, Notification
from ponte.core.models.event import StoredEvent
from ponte.sales.approval_policies import waiting_for
from ponte.sales.models import Contract
from ponte.sales.quote_data import QuoteLineData
from ponte.sales.services.approval_setup import StepData, save_approval_step
from ponte.sales.services.approvals import answer_approval
from ponte.sales.services.contract_approval import decide_contract, submit_contract
from ponte.sales.services.discount_approval import ask_approval
from ponte.sales.services.discount_limits import set_discount_limit

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def manager(member_with):
    return member_with("manager")


@pytest.fixture
def dear(make_quote, make_product, actor):
    """A quote of the administrator's that passes the limit set for administrators."""
    set_discount_limit(actor=actor, role_id=actor.member.role_id, line=Decimal(10), total=None, margin=None)
    line = QuoteLineData(product_id=make_product("Máquina", "100.00").id, discount=Decimal(20))
    return make_quote(lines=[line])


def facts():
    """What a refused act must leave as it was."""
    decided = list(Contract.objects.values_list("status", "version"))
    told = Notification.objects.count(), StoredEvent.objects.count()
    return decided, told, AuditEntry.objects.exclude(act__contains="denied").count()


def test_whoever_asked_or_is_in_charge_doesnt_approve_a_contract(
    make_contract, manager, admin, member_with, api_for, client_for
):
    asker = Actor.for_member(manager)
    member_with("manager")
    own, lent = make_contract(by=asker), make_contract(by=asker, owner_id=admin.id)
    for contract in (own, lent):
        submit_contract(actor=asker, contract_id=contract.id)
    before = facts()
    for contract in (own, lent):
        for approved in (True, False):
            with pytest.raises(Denied):
                decide_contract(actor=asker, contract_id=contract.id, approved=approved, note="x")
    with pytest.raises(Denied):  # another asked, but it is theirs, and there is somebody else
        decide_contract(actor=Actor.for_member(admin), contract_id=lent.id, approved=True)
    assert facts()[0] == before[0]
    assert facts()[1:] == before[1:]
    browser, path = client_for(manager), f"/teste/contracts/{own.id}/"
    assert f"{path}approve/" not in browser.get(path).content.decode()
    assert browser.post(f"{path}approve/", {"note": ""}).status_code == 404
    assert api_for(manager).post(f"/api/v1/contracts/{own.id}/decide", {"approved": True}).status_code == 404
    assert f"{path}approve/" in client_for(admin).get(path).content.decode()
    decide_contract(actor=Actor.for_member(admin), contract_id=own.id, approved=True)
    own.refresh_from_db()
    assert own.status == "approved"


def test_the_sole_administrator_approves_alone_until_a_colleague_can(
    make_contract, actor, member_with, client_for
):
    member_with("salesperson")  # sells, but approves nothing
    contract = make_contract()
    submit_contract(actor=actor, contract_id=contract.id)
    told = Notification.objects.filter(member=actor.member, kind="contract.approval")
    page = client_for(actor.member).get(f"/teste/contracts/{contract.id}/").content.decode()
    assert f"/contracts/{contract.id}/approve/" in page
    boss = member_with("manager")
    with pytest.raises(Denied):
        decide_contract(actor=actor, contract_id=contract.id, approved=True)
    Member.objects.filter(id=boss.id).update(is_active=False)
    decide_contract(actor=actor, contract_id=contract.id, approved=True)
    assert told.count() <= 1


def test_administrators_step_in_for_who_is_named_and_nobody_else_does(
    make_contract, actor, manager, run_jobs
):
    step = StepData(kind="contract", name="Gerência", approver="named", member_ids=[manager.id])
    save_approval_step(actor=actor, data=step)
    asker = Actor.for_member(manager)
    contract = make_contract(by=asker)
    submit_contract(actor=asker, contract_id=contract.id)
    run_jobs()
    assert Notification.objects.filter(member=actor.member, kind="contract.approval").count() == 1
    with pytest.raises(Denied):
        decide_contract(actor=asker, contract_id=contract.id, approved=True)
    decide_contract(actor=actor, contract_id=contract.id, approved=True)
    Member.objects.filter(id=actor.member_id).update(is_active=False)
    second = make_contract(by=asker)
    with pytest.raises(Invalid) as refusal:
        submit_contract(actor=asker, contract_id=second.id)
    assert [one.code for one in refusal.value.problems] == ["nobody"]
    second.refresh_from_db()
    assert second.status == "draft"


def test_discounts_follow_the_same_rule(dear, actor, member_with):
    asked = ask_approval(actor=actor, quote_id=dear.id, reason="Só eu aqui")
    assert list(waiting_for(actor.member)) == [asked]
    boss = member_with("manager")
    assert list(waiting_for(actor.member)) == []
    assert list(waiting_for(boss)) == [asked]
    with pytest.raises(Denied):
        answer_approval(actor=actor, approval_id=asked.id, approved=True)
    Member.objects.filter(id=boss.id).update(is_active=False)
    assert answer_approval(actor=actor, approval_id=asked.id, approved=True).state == "approved"


def test_the_api_gives_the_sole_administrator_their_own_request(dear, actor, api_for):
    ask_approval(actor=actor, quote_id=dear.id, reason="Só eu aqui")
    shown = json.loads(api_for(actor.member).get("/api/v1/approvals?view=for_me").content)
    assert len(shown["items"]) == 1
