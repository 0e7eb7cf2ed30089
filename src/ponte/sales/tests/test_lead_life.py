"""A lead's life: hand-over with a deadline, answers, overdue notices, many at once."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.errors import Conflict, Denied, Invalid
from ponte.core.models import AuditEntry, Notification, Role, StoredEvent
from ponte.directory.models import Party
from ponte.sales.models import Lead, LeadEntry, LeadStatus, Reason, ReasonKind
from ponte.sales.services.handoff import set_handoff_hours, warn_of_overdue
from ponte.sales.services.lead_edits import assign_leads, bin_leads, delete_lead, restore_lead, update_lead
from ponte.sales.services.lead_life import (
    accept_lead,
    hand_over_lead,
    move_lead,
    move_leads,
    reject_lead,
    reopen_lead,
)


def reason(kind):
    return Reason.objects.filter(kind=kind).order_by("position").first()


@pytest.fixture
def seller(member_with):
    return member_with("salesperson", name="Sílvia Vendas")


def test_marketing_hands_over_and_sales_accepts(make_lead, actor, seller, run_jobs):
    lead = make_lead(title="Plano anual")
    hand_over_lead(actor=actor, lead_id=lead.id, owner_id=seller.id, note="Pediu proposta")
    lead.refresh_from_db()
    assert (lead.status, lead.owner_id) == (LeadStatus.MQL, seller.id)
    assert lead.handed_at < lead.handoff_due_at <= lead.handed_at + timedelta(days=6)
    assert Notification.objects.get(member=seller).kind == "lead.handed"
    accept_lead(actor=Actor.for_member(seller), lead_id=lead.id)
    lead.refresh_from_db()
    assert (lead.status, lead.handoff_due_at) == (LeadStatus.SQL, None)
    answered = StoredEvent.objects.get(name="sales.lead_handoff_answered")
    assert answered.payload["accepted"] is True
    times = list(LeadEntry.objects.filter(lead=lead).order_by("entered_at", "id"))
    assert [one.status for one in times] == ["new", "mql", "sql"]
    assert all(one.left_at == following.entered_at for one, following in pairwise(times))
    run_jobs()
    assert Party.objects.get(id=lead.party_id).stage == "sql"


def test_giving_back_needs_a_reason_and_tells_who_handed_over(make_lead, actor, seller, admin):
    lead = make_lead()
    hand_over_lead(actor=actor, lead_id=lead.id, owner_id=seller.id)
    with pytest.raises(Invalid, match="reason_id"):
        reject_lead(actor=Actor.for_member(seller), lead_id=lead.id, reason_id=None)
    why = reason(ReasonKind.REJECTED)
    reject_lead(actor=Actor.for_member(seller), lead_id=lead.id, reason_id=why.id, note="Sem orçamento")
    lead.refresh_from_db()
    assert (lead.status, lead.reason, lead.handoff_due_at) == (LeadStatus.WORKING, why, None)
    notice = Notification.objects.get(member=admin)
    assert notice.kind == "lead.rejected"
    assert "Sem orçamento" in notice.body
    with pytest.raises(Invalid, match="status"):
        reject_lead(actor=actor, lead_id=lead.id, reason_id=why.id)


def test_a_wrong_kind_of_reason_is_none(make_lead, actor):
    lead = make_lead()
    with pytest.raises(Invalid, match="reason_id"):
        move_lead(actor=actor, lead_id=lead.id, status="disqualified", reason_id=reason(ReasonKind.LOST).id)
    move_lead(actor=actor, lead_id=lead.id, status="disqualified", reason_id=reason("disqualified").id)
    reopen_lead(actor=actor, lead_id=lead.id)
    assert Lead.objects.get(id=lead.id).status == LeadStatus.WORKING
    with pytest.raises(Invalid, match="status"):
        reopen_lead(actor=actor, lead_id=lead.id)


def test_an_unanswered_hand_over_is_told_once(make_lead, actor, seller, admin):
    lead = make_lead()
    hand_over_lead(actor=actor, lead_id=lead.id, owner_id=seller.id)
    assert warn_of_overdue() == 0
    Lead.objects.filter(id=lead.id).update(handoff_due_at=timezone.now() - timedelta(minutes=1))
    assert warn_of_overdue() == 1
    assert warn_of_overdue() == 0
    told = set(Notification.objects.filter(kind="lead.overdue").values_list("member_id", flat=True))
    assert told == {seller.id, admin.id}
    assert StoredEvent.objects.filter(name="sales.lead_handoff_overdue").count() == 1


def test_the_deadline_counts_working_hours(make_lead, actor):
    set_handoff_hours(actor=actor, hours=400)
    lead = make_lead()
    hand_over_lead(actor=actor, lead_id=lead.id)
    lead.refresh_from_db()
    assert lead.handoff_due_at - lead.handed_at > timedelta(days=30)
    with pytest.raises(Invalid, match="hours"):
        set_handoff_hours(actor=actor, hours=0)


def test_moving_by_the_board_takes_the_way_that_belongs_to_it(make_lead, actor):
    lead = make_lead()
    move_lead(actor=actor, lead_id=lead.id, status="mql")
    assert Lead.objects.get(id=lead.id).handoff_due_at is not None
    with pytest.raises(Invalid, match="reason_id"):
        move_lead(actor=actor, lead_id=lead.id, status="new")
    move_lead(actor=actor, lead_id=lead.id, status="sql")
    with pytest.raises(Invalid, match="status"):
        move_lead(actor=actor, lead_id=lead.id, status="converted")
    with pytest.raises(Invalid, match="status"):
        move_lead(actor=actor, lead_id=lead.id, status="nonsense")


def test_many_move_together_and_back(make_lead, make_party, actor, run_jobs):
    party = make_party()
    leads = [make_lead(party) for _ in range(3)]
    before = move_leads(actor=actor, statuses={one.id: "mql" for one in leads})
    assert set(before.values()) == {"new"}
    assert Lead.objects.filter(status="mql", handoff_due_at__isnull=False).count() == 3
    assert AuditEntry.objects.filter(act="leads.moved").count() == 1
    run_jobs()
    assert Party.objects.get(id=party.id).stage == "mql"
    move_lead(actor=actor, lead_id=leads[0].id, status="sql")
    move_leads(actor=actor, statuses=before, only_from="mql")
    assert sorted(Lead.objects.values_list("status", flat=True)) == ["new", "new", "sql"]
    assert LeadEntry.objects.filter(left_at=None).count() == 3
    with pytest.raises(Invalid, match="reason_id"):
        move_leads(actor=actor, statuses={leads[1].id: "disqualified"})


def test_assigning_tells_the_new_owner_and_can_be_undone(make_lead, actor, seller):
    leads = [make_lead() for _ in range(2)]
    before = assign_leads(actor=actor, lead_ids=[one.id for one in leads], owner_id=seller.id)
    assert set(before.values()) == {None}
    assert Notification.objects.filter(member=seller, kind="lead.assigned").count() == 1
    assign_leads(actor=actor, lead_ids=list(before), owner_id=None, only_of=seller.id, check_only=True)
    assert not Lead.objects.exclude(owner=None).exists()
    with pytest.raises(Invalid, match="owner_id"):
        assign_leads(actor=actor, lead_ids=[leads[0].id], owner_id=leads[0].id)


def test_edits_are_versioned_audited_and_told(make_lead, make_party, actor):
    lead = make_lead(title="Curso")
    with pytest.raises(Conflict):
        update_lead(actor=actor, lead_id=lead.id, changes={"title": "Outro"}, version=9)
    other = make_party("Bruno Lima")
    update_lead(actor=actor, lead_id=lead.id, changes={"title": "Outro", "party_id": other.id}, version=1)
    lead.refresh_from_db()
    assert (lead.title, lead.party_id, lead.version) == ("Outro", other.id, 2)
    assert StoredEvent.objects.get(name="sales.lead_changed").payload["fields"] == ["party", "title"]
    with pytest.raises(Invalid, match="origin"):
        update_lead(actor=actor, lead_id=lead.id, changes={"origin": "lua"})


def test_who_reaches_only_their_own_leads(make_lead, member_with):
    own = Role.objects.create(
        name="Só os seus",
        rights={
            "objects": {"customer": {"view": "all"}, "lead": {"view": "all", "edit": "own", "delete": "own"}}
        },
    )
    ana = member_with(own)
    mine, theirs = make_lead(owner_id=ana.id), make_lead()
    me = Actor.for_member(ana)
    assert list(move_leads(actor=me, statuses={mine.id: "working", theirs.id: "working"})) == [mine.id]
    with pytest.raises(Denied):
        accept_lead(actor=me, lead_id=theirs.id)
    assert bin_leads(actor=me, lead_ids=[mine.id, theirs.id], deleted=True) == [mine.id]


def test_the_bin(make_lead, actor):
    lead = make_lead()
    delete_lead(actor=actor, lead_id=lead.id)
    assert not Lead.objects.filter(deleted_at=None).exists()
    restore_lead(actor=actor, lead_id=lead.id)
    assert Lead.objects.get().deleted_at is None
