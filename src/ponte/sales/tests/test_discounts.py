"""Discount limits and approval: nobody sells below what they may without a yes to exactly these figures."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ponte.commerce.data import LineData, OrderData
from ponte.commerce.selectors.orders import line_data as order_line
from ponte.commerce.services.orders import create_order, update_order
from ponte.core.actors import Actor
from ponte.core.errors import Denied, Invalid, Missing
from ponte.core.models import AuditEntry, Member, Notification, Role, Team
from ponte.sales.data import OpportunityLineData
from ponte.sales.discounts import figures_of, fingerprint, passed_limits
from ponte.sales.models import ApprovalRequest, ApprovalStep, DiscountLimit, Quote, QuoteLine
from ponte.sales.quote_data import QuoteLineData, RecordData
from ponte.sales.services.approval_setup import (
    StepData,
    delete_approval_step,
    move_approval_steps,
    save_approval_step,
)
from ponte.sales.services.approvals import answer_approval, cancel_approval, expire_approvals
from ponte.sales.services.discount_approval import ask_approval
from ponte.sales.services.discount_limits import set_discount_limit
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.services.quote_recording import record_acceptance
from ponte.sales.services.quote_sending import revise_quote, send_quote
from ponte.sales.services.quotes import line_data, update_quote

pytestmark = pytest.mark.usefixtures("workspace")


@pytest.fixture
def people(member_with):
    """A salesperson and a manager."""
    return {"seller": member_with("salesperson"), "manager": member_with("manager")}


@pytest.fixture
def seller(people):
    return Actor.for_member(people["seller"])


@pytest.fixture
def manager(people):
    return Actor.for_member(people["manager"])


@pytest.fixture
def limit(actor, people):
    """Return the function that sets the salespeople's limit."""

    def make(line=None, total=None, margin=None):
        given = {"line": line, "total": total, "margin": margin}
        given = {name: None if value is None else Decimal(value) for name, value in given.items()}
        set_discount_limit(actor=actor, role_id=people["seller"].role_id, **given)

    return make


@pytest.fixture
def cheap(make_quote, make_product, seller):
    """Return the function that writes a quote of 10 machines at list price 100 and cost 60, at a discount."""
    product = make_product("Máquina", "100.00", cost=Decimal(60))

    def make(discount="20", **fields):
        line = QuoteLineData(product_id=product.id, quantity=Decimal(10), discount=Decimal(discount))
        return make_quote(lines=[line], by=seller, **fields)

    return make


def codes(refusal):
    return {problem.field: problem.code for problem in refusal.value.problems}


def test_figures_compare_with_list_price_and_cost(make_quote, make_product):
    product = make_product("Máquina", "100.00", cost=Decimal(60))
    quote = make_quote(
        lines=[
            QuoteLineData(product_id=product.id, quantity=Decimal(2), unit_price=Decimal(90)),
            QuoteLineData(description="Frete", unit_price=Decimal(100)),
            QuoteLineData(
                product_id=product.id, discount=Decimal(40), is_optional=True, is_chosen=False
            ),
        ]
    )  # fmt: skip
    figures = figures_of(list(quote.lines.order_by("position")))
    assert figures.line == Decimal(40)  # of the option nobody has chosen yet
    assert figures.total == Decimal("6.67")  # 280 instead of 300
    assert figures.margin == Decimal("33.33")  # 180 − 120, of 180; the freight's cost isn't known
    assert figures_of([]).margin is None


@pytest.mark.parametrize(
    ("limits", "passed"),
    [
        ((None, None, None), set()),
        (("20", "20", "25"), set()),
        (("19.99", None, None), {"line"}),
        ((None, "10", None), {"total"}),
        ((None, None, "25.01"), {"margin"}),
        (("0", "0", "100"), {"line", "total", "margin"}),
    ],
)
def test_exactly_at_the_limit_nobody_is_asked(cheap, limits, passed):
    line, total, margin = (None if one is None else Decimal(one) for one in limits)
    lines = list(cheap("20").lines.all())
    limit = DiscountLimit(line=line, total=total, margin=margin)
    assert set(passed_limits(figures_of(lines), limit)) == passed


def test_a_quote_over_the_limit_is_not_sent_until_approved(cheap, seller, manager, limit, run_jobs, people):
    limit(line="10")
    quote = cheap("20")
    with pytest.raises(Invalid) as refusal:
        send_quote(actor=seller, quote_id=quote.id)
    assert codes(refusal) == {"approval": "required"}
    assert not quote.documents.exists()
    with pytest.raises(Invalid) as refusal:
        ask_approval(actor=seller, quote_id=quote.id, reason="  ")
    assert codes(refusal) == {"reason": "required"}
    approval = ask_approval(actor=seller, quote_id=quote.id, reason="Concorrente a 82 😀")
    run_jobs()
    notice = Notification.objects.get(member=people["manager"], kind="quote.approval_asked")
    assert notice.url == f"/approvals/{approval.id}/"
    assert "20" in notice.title
    quote.refresh_from_db()
    assert quote.status == "waiting"
    for act in (send_quote, lambda **given: ask_approval(reason="de novo", **given)):
        with pytest.raises(Invalid) as refusal:
            act(actor=seller, quote_id=quote.id)
        assert "waiting" in codes(refusal).values()
    with pytest.raises(Denied):  # nobody says yes to themselves
        answer_approval(actor=seller, approval_id=approval.id, approved=True)
    answer_approval(actor=manager, approval_id=approval.id, approved=True, note="Só desta vez")
    run_jobs()
    told = Notification.objects.get(member=people["seller"], kind="quote.approval_answered")
    assert told.body == "Só desta vez"
    assert send_quote(actor=seller, quote_id=quote.id).document.edition == 1
    acts = AuditEntry.objects.filter(object_id=quote.id).order_by("id").values_list("act", flat=True)
    assert [one for one in acts if "approval" in one] == ["quote.approval_asked", "quote.approval_given"]


def test_any_change_of_figures_ends_the_approval_and_other_words_do_not(cheap, seller, manager, limit):
    limit(line="10")
    quote = cheap("20")
    approval = ask_approval(actor=seller, quote_id=quote.id, reason="a")
    update_quote(actor=seller, quote_id=quote.id, changes={"notes": "Obrigado!"})
    approval.refresh_from_db()
    assert approval.state == "waiting"
    answer_approval(actor=manager, approval_id=approval.id, approved=True)
    kept = line_data(quote.lines.get())
    update_quote(actor=seller, quote_id=quote.id, lines=[kept])
    approval.refresh_from_db()
    assert approval.state == "approved"
    dearer = line_data(quote.lines.get())
    for lines in ([QuoteLineData(id=kept.id, product_id=kept.product_id, quantity=Decimal(11),
                                 discount=Decimal(20))], [dearer]):  # fmt: skip
        update_quote(actor=seller, quote_id=quote.id, lines=lines)
    approval.refresh_from_db()
    assert approval.state == "outdated"  # and stays so, though the figures are the approved ones again
    with pytest.raises(Invalid):
        send_quote(actor=seller, quote_id=quote.id)


def test_a_change_while_it_waits_makes_it_a_draft(cheap, seller, manager, limit, run_jobs, people):
    limit(line="10")
    quote = cheap("20")
    approval = ask_approval(actor=seller, quote_id=quote.id, reason="a")
    update_quote(actor=seller, quote_id=quote.id, changes={"payment_terms": "90 dias"})
    quote.refresh_from_db()
    assert quote.status == "draft"
    with pytest.raises(Invalid) as refusal:
        answer_approval(actor=manager, approval_id=approval.id, approved=True)
    assert codes(refusal) == {"state": "closed"}
    again = ask_approval(actor=seller, quote_id=quote.id, reason="b")
    with pytest.raises(Invalid) as refusal:  # the page showed the figures of the first request
        answer_approval(
            actor=manager, approval_id=again.id, approved=True, fingerprint_seen=approval.fingerprint
        )
    assert codes(refusal) == {"state": "changed"}


def test_refused_with_a_note_and_asked_again(cheap, seller, manager, limit):
    limit(total="10")
    quote = cheap("20")
    approval = ask_approval(actor=seller, quote_id=quote.id, reason="a")
    with pytest.raises(Invalid) as refusal:
        answer_approval(actor=manager, approval_id=approval.id, approved=False)
    assert codes(refusal) == {"note": "required"}
    answer_approval(actor=manager, approval_id=approval.id, approved=False, note="No máximo 15")
    quote.refresh_from_db()
    assert (quote.status, ApprovalRequest.objects.get().state) == ("draft", "refused")
    with pytest.raises(Invalid):
        send_quote(actor=seller, quote_id=quote.id)
    ask_approval(actor=seller, quote_id=quote.id, reason="b")
    cancel_approval(actor=seller, kind="quote", document_id=quote.id)
    with pytest.raises(Invalid):
        cancel_approval(actor=seller, kind="quote", document_id=quote.id)
    assert list(ApprovalRequest.objects.order_by("id").values_list("state", flat=True)) == [
        "refused", "cancelled",
    ]  # fmt: skip


def test_steps_are_asked_in_turn_by_size(cheap, seller, manager, limit, actor, member_with, people):
    limit(line="10")
    director = member_with("manager", name="Diretora")
    save_approval_step(
        actor=actor, data=StepData(name="Gerência", approver="named", role_id=people["manager"].role_id)
    )
    big = StepData(
        name="Diretoria", approver="named", member_ids=[director.id], above_discount=Decimal(25),
        below_margin=Decimal(10),
    )  # fmt: skip
    save_approval_step(actor=actor, data=big)
    small = ask_approval(actor=seller, quote_id=cheap("20").id, reason="a")
    assert [one.name for one in small.steps.order_by("position")] == ["Gerência"]
    large = ask_approval(actor=seller, quote_id=cheap("30").id, reason="a")
    assert [one.name for one in large.steps.order_by("position")] == ["Gerência", "Diretoria"]
    answer_approval(actor=manager, approval_id=large.id, approved=True)
    large.refresh_from_db()
    assert (large.state, large.quote.status) == ("waiting", "waiting")
    with pytest.raises(Denied):
        answer_approval(actor=manager, approval_id=large.id, approved=True)
    answer_approval(actor=Actor.for_member(director), approval_id=large.id, approved=True)
    large.refresh_from_db()
    assert large.state == "approved"
    first, second = ApprovalStep.objects.order_by("position")
    move_approval_steps(actor=actor, kind="quote", ids=[second.id, first.id])
    assert [one.name for one in ApprovalStep.objects.order_by("position")] == ["Diretoria", "Gerência"]
    delete_approval_step(actor=actor, step_id=first.id)
    assert large.steps.count() == 2  # what was asked stays as it was


def test_without_steps_the_leader_is_asked_never_the_seller(limit, make_quote, member_with, actor):
    leader = member_with("salesperson", name="Líder")
    team = Team.objects.create(name="Vendas", leader=leader, path="x/")
    member = member_with("salesperson", team=team)
    limit(line="0")
    line = QuoteLineData(description="Máquina", unit_price=Decimal(10), discount=Decimal(5))
    approval = ask_approval(
        actor=Actor.for_member(member),
        quote_id=make_quote(lines=[line], by=Actor.for_member(member)).id,
        reason="a",
    )
    assert list(approval.steps.get().members.all()) == [leader]
    leader.team = team
    leader.save()
    own = make_quote(lines=[line], by=Actor.for_member(leader))
    approval = ask_approval(actor=Actor.for_member(leader), quote_id=own.id, reason="a")
    step = approval.steps.get()
    assert (step.members.count(), step.role) == (0, None)  # whoever runs sales
    answer_approval(actor=actor, approval_id=approval.id, approved=True)


def test_nobody_to_ask_is_said_at_once(cheap, seller, limit, actor, admin, people):
    limit(line="10")
    save_approval_step(
        actor=actor, data=StepData(name="Só eu", approver="named", member_ids=[people["seller"].id])
    )
    Member.objects.filter(id=admin.id).update(is_active=False)
    with pytest.raises(Invalid) as refusal:
        ask_approval(actor=seller, quote_id=cheap("20").id, reason="a")
    assert codes(refusal) == {"approval": "nobody"}
    assert not ApprovalRequest.objects.exists()


def test_requests_and_approvals_run_out(cheap, seller, manager, limit):
    limit(line="10")
    late, old = cheap("20"), cheap("30")
    first = ask_approval(actor=seller, quote_id=late.id, reason="a")
    second = ask_approval(actor=seller, quote_id=old.id, reason="a")
    answer_approval(actor=manager, approval_id=second.id, approved=True)
    ApprovalRequest.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    with pytest.raises(Invalid):
        answer_approval(actor=manager, approval_id=first.id, approved=True)
    assert expire_approvals() == 1
    assert expire_approvals() == 0
    late.refresh_from_db()
    assert late.status == "draft"
    with pytest.raises(Invalid):
        send_quote(actor=seller, quote_id=old.id)


def test_whoever_may_give_more_sends_it_themselves(cheap, seller, actor, limit):
    limit(line="10")
    quote = cheap("20")
    ask_approval(actor=seller, quote_id=quote.id, reason="a")
    send_quote(actor=actor, quote_id=quote.id)
    assert ApprovalRequest.objects.get().state == "cancelled"
    revise_quote(actor=seller, quote_id=quote.id)
    with pytest.raises(Invalid):  # the next edition is the seller's again
        send_quote(actor=seller, quote_id=quote.id)


def test_limits_are_for_who_runs_sales(seller, actor, people, other_workspace, inside):
    role_id = people["seller"].role_id
    none = {"line": None, "total": None, "margin": None}
    with pytest.raises(Denied):
        set_discount_limit(actor=seller, role_id=role_id, **{**none, "line": Decimal(1)})
    with pytest.raises(Missing):
        set_discount_limit(actor=actor, role_id=uuid4(), **none)
    with pytest.raises(Invalid) as refusal:
        set_discount_limit(actor=actor, role_id=role_id, line=Decimal(101), total=Decimal(-1), margin=None)
    assert set(codes(refusal)) == {"line", "total"}
    set_discount_limit(actor=actor, role_id=role_id, **{**none, "line": Decimal(5)})
    set_discount_limit(actor=actor, role_id=role_id, **none)
    assert not DiscountLimit.objects.exists()
    with pytest.raises(Invalid) as refusal:
        save_approval_step(actor=actor, data=StepData(name="x", approver="named"))
    assert codes(refusal) == {"members": "required"}


def test_pages_ask_and_answer(cheap, limit, people, client_for, admin):
    limit(line="10")
    quote = cheap("20")
    mine, theirs = client_for(people["seller"]), client_for(people["manager"])
    page = mine.get(f"/teste/quotes/{quote.id}/").content.decode()
    assert "Pedir aprovação" in page
    assert f"/quotes/{quote.id}/send/" not in page
    answer = mine.post(f"/teste/quotes/{quote.id}/approval/ask/", {"reason": "Concorrente <b>"})
    assert answer.status_code == 302
    approval = ApprovalRequest.objects.get()
    assert "Aguardando" in mine.get(f"/teste/quotes/{quote.id}/").content.decode()
    assert "Nada espera" in mine.get("/teste/approvals/").content.decode()
    assert quote.number in mine.get("/teste/approvals/?which=mine").content.decode()
    listed = theirs.get("/teste/approvals/").content.decode()
    assert "Concorrente &lt;b&gt;" in listed
    address = f"/teste/approvals/{approval.id}/"
    assert 'value="approve"' in theirs.get(address).content.decode()
    assert 'value="approve"' not in mine.get(address).content.decode()
    assert mine.post(address, {"answer": "approve"}).status_code == 404
    assert theirs.post(address, {"note": "x"}).status_code == 422
    assert theirs.post(address, {"answer": "refuse"}).status_code == 422
    assert theirs.post(address, {"answer": "approve", "figures": approval.fingerprint}).status_code == 302
    assert "aprovado" in mine.get(f"/teste/quotes/{quote.id}/").content.decode()
    assert theirs.get("/teste/approvals/?which=closed").status_code == 200
    assert theirs.get("/teste/approvals/block/").status_code == 200


def test_margin_is_not_told_to_roles_that_may_not_see_it(cheap, limit, people, client_for, api_for):
    limit(margin="90")
    role = Role.objects.get(id=people["seller"].role_id)
    role.rights = {**role.rights, "fields": {"quote": {"margin": "hidden"}}}
    role.save()
    member = Member.objects.get(id=people["seller"].id)
    quote = cheap("20")
    page = client_for(member).get(f"/teste/quotes/{quote.id}/").content.decode()
    assert "margem está abaixo" in page
    assert "25%" not in page
    assert "90%" not in page
    approval = ask_approval(actor=Actor.for_member(member), quote_id=quote.id, reason="a")
    assert "25%" not in client_for(member).get(f"/teste/approvals/{approval.id}/").content.decode()
    told = json.loads(api_for(member).get(f"/quotes/{quote.id}/approvals").content)
    assert "margin" not in told[0]
    assert told[0]["over"] == ["margin"]
    seen = api_for(people["manager"]).get(f"/quotes/{quote.id}/approvals")
    assert json.loads(seen.content)[0]["margin"] == "25.00"


def test_api_asks_lists_and_answers(cheap, limit, people, api_for, admin):
    limit(line="10")
    quote = cheap("20")
    mine, theirs = api_for(people["seller"]), api_for(people["manager"])
    assert mine.post(f"/quotes/{quote.id}/send", {}).status_code == 422
    made = mine.post(f"/quotes/{quote.id}/approvals", {"reason": "Concorrente"})
    assert made.status_code == 201, made.content
    told = json.loads(made.content)
    assert (told["line_discount"], told["over"], told["state"]) == ("20.00", ["line"], "waiting")
    assert json.loads(mine.get("/approvals").content)["items"] == []
    listed = json.loads(theirs.get("/approvals").content)["items"]
    assert [one["id"] for one in listed] == [told["id"]]
    address = f"/approvals/{told['id']}"
    assert mine.post(f"{address}/approve", {}).status_code == 404
    assert theirs.post(f"{address}/refuse", {}).status_code == 422
    assert theirs.post(f"{address}/approve", {"fingerprint": "x"}).status_code == 422
    assert json.loads(theirs.post(f"{address}/approve", {}).content)["state"] == "approved"
    assert theirs.post(f"{address}/approve", {}).status_code == 422
    assert mine.post(f"/quotes/{quote.id}/send", {}).status_code == 200
    limits = json.loads(mine.get("/discount-limits").content)
    assert [one["line"] for one in limits] == ["10.00"]
    put = f"/discount-limits/{people['seller'].role_id}"
    assert mine.put(put, {"line": "50"}).status_code == 404
    assert json.loads(api_for(admin).put(put, {"line": "50"}).content)["line"] == "50.00"


def test_settings_pages(client_for, admin, people, actor):
    browser = client_for(admin)
    role_id = people["seller"].role_id
    assert "Vendedor" in browser.get("/teste/settings/discounts/").content.decode()
    assert browser.get(f"/teste/settings/discounts/roles/{role_id}/").status_code == 200
    assert browser.post(f"/teste/settings/discounts/roles/{role_id}/", {"line": "7,5"}).status_code == 302
    assert DiscountLimit.objects.get().line == Decimal("7.5")
    form = {"name": "Diretoria", "approver": "named", "members": [str(admin.id)], "above_discount": "30"}
    assert browser.post("/teste/settings/discounts/quote/steps/new/", form).status_code == 302
    step = ApprovalStep.objects.get()
    assert "30%" in browser.get("/teste/settings/discounts/").content.decode()
    assert browser.get(f"/teste/settings/discounts/steps/{step.id}/").status_code == 200
    assert (
        browser.post(
            "/teste/settings/discounts/quote/steps/order/", {"order": ["x", str(step.id)]}
        ).status_code
        == 204
    )
    assert browser.post(f"/teste/settings/discounts/steps/{step.id}/delete/").status_code == 302
    assert (
        browser.post(
            "/teste/settings/discounts/quote/days/", {"answer_days": "0", "valid_days": "1"}
        ).status_code
        == 422
    )
    assert (
        browser.post(
            "/teste/settings/discounts/quote/days/", {"answer_days": "1", "valid_days": "9"}
        ).status_code
        == 302
    )


def test_pages_cost_the_same_however_many_wait(cheap, seller, limit, people, client_for):
    limit(line="10")
    browser = client_for(people["manager"])
    ask_approval(actor=seller, quote_id=cheap("20").id, reason="a")

    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(path).status_code == 200
        return len(queries)

    cost("/teste/approvals/")
    one = cost("/teste/approvals/")
    for _number in range(4):
        ask_approval(actor=seller, quote_id=cheap("20").id, reason="a")
    assert cost("/teste/approvals/") == one
    assert one <= 16


def test_the_fingerprint_says_the_same_before_and_after_storing(cheap):
    quote = cheap("20")
    stored = fingerprint(Quote.objects.get(id=quote.id), list(QuoteLine.objects.filter(quote=quote)))
    assert stored == fingerprint(quote, list(quote.lines.all()))


def test_an_order_by_hand_keeps_to_the_limit_and_names_it(limit, seller, actor, make_party, make_product):
    limit(line="10", margin="20")
    party, machine = make_party(), make_product("Máquina", "100.00", cost=Decimal(60))

    def order(price, **fields):
        return OrderData(
            party_id=party.id, lines=[LineData(product_id=machine.id, unit_price=Decimal(price), **fields)]
        )

    with pytest.raises(Invalid) as refusal:
        create_order(actor=seller, data=order(85))
    assert codes(refusal) == {"lines": "discount_limit"}
    assert "no máximo 10% num item." in str(refusal.value.problems[0].message)
    assert create_order(actor=seller, data=order(90)).total == 90
    assert create_order(actor=actor, data=order(50)).total == 50  # a role without a limit
    given = create_order(actor=seller, data=order(85), is_agreed=True)
    kept = replace(order_line(given.lines.get()), quantity=Decimal(3))
    assert update_order(actor=seller, order_id=given.id, lines=[kept]).total == 255  # no worse than it was
    with pytest.raises(Invalid):
        update_order(actor=seller, order_id=given.id, lines=[replace(kept, unit_price=Decimal(84))])
    given.refresh_from_db()
    assert given.total == 255


def test_products_of_an_opportunity_say_that_a_quote_will_need_approval(
    limit, people, seller, make_opportunity, make_product, client_for
):
    machine = make_product("Máquina", "100.00", cost=Decimal(60))
    deal = make_opportunity(owner_id=people["seller"].id)
    line = OpportunityLineData(product_id=machine.id, quantity=Decimal(2), unit_price=Decimal(80))
    set_lines(actor=seller, opportunity_id=deal.id, lines=[line])
    browser, address = client_for(people["seller"]), f"/teste/opportunities/{deal.id}/"
    warning = "precisará de aprovação. Seu limite: no máximo 15% num item"
    assert warning not in browser.get(address).content.decode()
    limit(line="15")
    for page in (address, f"{address}products/"):
        assert warning in browser.get(page).content.decode()
    assert warning not in client_for(people["manager"]).get(address).content.decode()


def test_a_quote_that_was_approved_orders_at_its_prices(cheap, limit, seller, manager):
    quote = cheap()
    limit(line="10")
    send_quote(actor=manager, quote_id=quote.id)
    record_acceptance(actor=seller, quote_id=quote.id, data=RecordData(means="phone", name="Ana"))
    quote.refresh_from_db()
    assert quote.order.total == 800
