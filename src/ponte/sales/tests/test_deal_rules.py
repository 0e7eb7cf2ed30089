"""Rules of stages, taking back, products and the value that follows them, who has to do with an opportunity."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, Role
from ponte.sales.data import OpportunityLineData
from ponte.sales.models import Competitor, DealStatus, Opportunity, Reason, ReasonKind, StageEntry
from ponte.sales.services.exit_rules import RULE
from ponte.sales.services.opportunities import (
    lose_opportunity,
    move_opportunity,
    reopen_opportunity,
    update_opportunity,
    win_opportunity,
)
from ponte.sales.services.opportunity_bin import delete_opportunity, restore_opportunity
from ponte.sales.services.opportunity_lines import set_lines
from ponte.sales.services.opportunity_people import add_contact, add_helper, add_rival, remove_contact
from ponte.sales.services.opportunity_undo import undo_latest
from ponte.sales.services.playbook import tick_step
from ponte.timeline.services.task_state import complete_task
from ponte.timeline.services.tasks import create_task


@pytest.fixture
def stages(pipeline):
    return list(pipeline.stages.order_by("position"))


def test_a_stage_is_left_forward_only_with_what_it_asks_for(make_opportunity, stages, actor):
    first, second, third = stages[:3]
    first.required_fields, first.checklist = ["expected_close"], [{"key": "a", "text": "Ligar"}]
    first.save()
    second.required_fields = ["next_activity"]
    second.save()
    deal = make_opportunity()
    with pytest.raises(Invalid) as refused:
        move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=third.id)
    assert {problem.field for problem in refused.value.problems} == {
        "expected_close",
        "next_activity",
        "checklist.a",
    }
    assert {problem.code for problem in refused.value.problems} == {RULE}
    with pytest.raises(Invalid):
        win_opportunity(actor=actor, opportunity_id=deal.id)
    update_opportunity(actor=actor, opportunity_id=deal.id, changes={"expected_close": timezone.localdate()})
    tick_step(actor=actor, opportunity_id=deal.id, stage_id=first.id, key="a")
    move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=second.id)
    move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=first.id)  # back: nothing is asked
    move_opportunity(actor=Actor.system(), opportunity_id=deal.id, stage_id=third.id)  # nor of the system


def test_the_latest_move_is_taken_back_without_a_trace(make_opportunity, stages, actor):
    deal = make_opportunity()
    since = deal.stage_since
    moved = move_opportunity(actor=actor, opportunity_id=deal.id, stage_id=stages[1].id)
    with pytest.raises(Conflict):
        undo_latest(actor=actor, opportunity_id=deal.id, version=moved.version - 1)
    back = undo_latest(actor=actor, opportunity_id=deal.id, version=moved.version)
    assert (back.stage_id, back.stage_since) == (stages[0].id, since)
    assert StageEntry.objects.filter(opportunity=deal).count() == 1
    won = win_opportunity(actor=actor, opportunity_id=deal.id)
    again = undo_latest(actor=actor, opportunity_id=deal.id, version=won.version)
    assert (again.status, again.closed_at) == (DealStatus.OPEN, None)
    with pytest.raises(Invalid):
        undo_latest(actor=actor, opportunity_id=deal.id, version=again.version)


def test_why_it_was_lost_stays_in_the_history_when_it_is_reopened(make_opportunity, actor):
    deal = make_opportunity()
    reason = Reason.objects.filter(kind=ReasonKind.LOST).first()
    rival = Competitor.objects.create(name="Concorrente")
    lose_opportunity(
        actor=actor, opportunity_id=deal.id, reason_id=reason.id, competitor_id=rival.id, note="Prazo"
    )
    reopen_opportunity(actor=actor, opportunity_id=deal.id, note="Voltaram a ligar")
    notes = list(
        StageEntry.objects.filter(opportunity=deal)
        .order_by("created_at", "id")
        .values_list("note", flat=True)
    )
    assert notes == ["", f"{reason.name} · Prazo", "Voltaram a ligar"]
    with pytest.raises(Invalid, match="closed_at"):
        win_opportunity(actor=actor, opportunity_id=deal.id, closed_at=timezone.now() + timedelta(days=9))


def test_the_value_follows_the_products(make_opportunity, actor):
    deal = make_opportunity(amount="1.00")
    lines = [
        OpportunityLineData(
            description="Moinho", quantity=Decimal(2), unit_price=Decimal("1000.00"), discount=Decimal(100)
        ),
        OpportunityLineData(description="Manutenção", unit_price=Decimal("1200"), billing="yearly"),
    ]
    deal = set_lines(actor=actor, opportunity_id=deal.id, lines=lines)
    assert (deal.amount, deal.monthly) == (Decimal("1900.00"), Decimal("100.00"))
    with pytest.raises(Invalid, match="amount"):
        update_opportunity(actor=actor, opportunity_id=deal.id, changes={"amount": Decimal(5)})
    with pytest.raises(Invalid, match=r"lines\.0\.discount"):
        bad = [OpportunityLineData(description="x", unit_price=Decimal(1), discount=Decimal(2))]
        set_lines(actor=actor, opportunity_id=deal.id, lines=bad)
    kept = set_lines(actor=actor, opportunity_id=deal.id, lines=[])
    assert kept.amount == Decimal("1900.00"), "without products the value stays"


def test_a_task_about_it_is_its_next_activity(make_opportunity, actor):
    deal = make_opportunity()
    due = timezone.now() + timedelta(days=2)
    task = create_task(
        actor=actor, title="Ligar", due_at=due, due_all_day=False, about_type="opportunity", about_id=deal.id
    )
    assert task.party_id == deal.party_id
    deal.refresh_from_db()
    assert deal.next_activity_at == due
    complete_task(actor=actor, task=task)
    deal.refresh_from_db()
    assert deal.next_activity_at is None


def test_people_competitors_and_colleagues(make_opportunity, make_party, member_with, actor):
    deal, ana = make_opportunity(), make_party("Beatriz Lima")
    add_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id, role="decides")
    add_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id, role="pays")
    assert deal.contacts.get().role == "pays"
    with pytest.raises(Invalid, match="role"):
        add_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id, role="dances")
    remove_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id)
    assert not deal.contacts.exists()
    helper = member_with("salesperson", name="Rui")
    add_helper(actor=actor, opportunity_id=deal.id, member_id=helper.id, task="Técnico")
    rival = Competitor.objects.create(name="Outro")
    add_rival(actor=actor, opportunity_id=deal.id, competitor_id=rival.id, note="Mais barato")
    assert (deal.team.get().task, deal.rivals.get().note) == ("Técnico", "Mais barato")


def test_the_bin_and_who_may_not(make_opportunity, actor, member_with):
    deal = make_opportunity()
    rights = {"objects": {"customer": {"view": "all"}, "opportunity": {"view": "all", "edit": "own"}}}
    reader = Actor.for_member(member_with(Role.objects.create(name="Só os meus", rights=rights)))
    with pytest.raises(Denied):
        win_opportunity(actor=reader, opportunity_id=deal.id)
    with pytest.raises(Denied):
        delete_opportunity(actor=reader, opportunity_id=deal.id)
    delete_opportunity(actor=actor, opportunity_id=deal.id)
    assert Opportunity.objects.get().deleted_at is not None
    restore_opportunity(actor=actor, opportunity_id=deal.id)
    assert Opportunity.objects.get().deleted_at is None
    acts = AuditEntry.objects.filter(object_id=deal.id).values_list("act", flat=True)
    assert {"opportunity.deleted", "opportunity.restored"} <= set(acts)
