"""What is next about a deal: its tasks, and meetings with its customer and who decides; then nobody is told "nothing planned"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ponte.core.tenancy.scope import current_workspace
from ponte.sales.models import Opportunity
from ponte.sales.services.next_activity import pass_begun_meetings
from ponte.sales.services.opportunity_people import add_contact
from ponte.timeline.models import Meeting
from ponte.timeline.services.meeting_state import cancel_meeting
from ponte.timeline.services.meetings import create_meeting, delete_meeting, restore_meeting, update_meeting
from ponte.timeline.services.tasks import create_task


@pytest.fixture
def meet(actor, run_jobs):
    def make(party, days=2, **fields):
        at = timezone.now().replace(microsecond=0) + timedelta(days=days)
        meeting = create_meeting(
            actor=actor, title="Visita", starts_at=at, ends_at=at + timedelta(hours=1), party_id=party.id,
            zone=current_workspace().timezone, **fields,
        )  # fmt: skip
        run_jobs()
        return meeting

    return make


def planned(deal):
    return Opportunity.objects.get(id=deal.id).next_activity_at


def test_a_meeting_with_the_customer_is_the_next_activity(make_opportunity, meet, actor, run_jobs):
    deal = make_opportunity()
    meeting = meet(deal.party)
    assert planned(deal) == meeting.starts_at
    later = meeting.starts_at + timedelta(days=3)
    moved = update_meeting(actor=actor, meeting=meeting, starts_at=later)
    run_jobs()
    assert planned(deal) == moved.starts_at
    delete_meeting(actor=actor, meeting=moved)
    run_jobs()
    assert planned(deal) is None
    restore_meeting(actor=actor, meeting=moved)
    run_jobs()
    assert planned(deal) == moved.starts_at
    cancel_meeting(actor=actor, meeting=Meeting.objects.get())
    run_jobs()
    assert planned(deal) is None


def test_the_sooner_of_task_and_meeting_counts(make_opportunity, meet, actor):
    deal = make_opportunity()
    meeting = meet(deal.party, days=3)
    due = timezone.now() + timedelta(days=1)
    create_task(
        actor=actor, title="Ligar", due_at=due, due_all_day=False, about_type="opportunity", about_id=deal.id
    )
    assert planned(deal) == due
    create_task(
        actor=actor, title="Depois", due_at=due + timedelta(days=9), due_all_day=False, about_type="opportunity",
        about_id=deal.id,
    )  # fmt: skip
    assert planned(deal) == due
    assert meeting.starts_at > due


def test_a_meeting_with_who_decides_counts(make_opportunity, make_party, meet, actor, run_jobs):
    deal, ana = make_opportunity(), make_party("Ana")
    meeting = meet(ana)
    assert planned(deal) is None
    add_contact(actor=actor, opportunity_id=deal.id, party_id=ana.id, role="decides")
    run_jobs()
    assert planned(deal) == meeting.starts_at
    bia = make_party("Bia")
    update_meeting(actor=actor, meeting=meeting, party_id=bia.id)
    run_jobs()
    assert planned(deal) is None


def test_one_planned_before_the_deal_was_opened_counts(make_opportunity, make_party, meet, run_jobs):
    ana = make_party("Ana")
    meeting = meet(ana)
    deal = make_opportunity(ana)
    run_jobs()
    assert planned(deal) == meeting.starts_at


def test_private_and_past_ones_dont_count(make_opportunity, meet):
    deal = make_opportunity()
    meet(deal.party, is_private=True)
    meet(deal.party, days=-2)
    assert planned(deal) is None


def test_time_passes(make_opportunity, meet):
    deal = make_opportunity()
    first, second = meet(deal.party, days=1), meet(deal.party, days=5)
    assert planned(deal) == first.starts_at
    gone = timezone.now() - timedelta(hours=1)
    Meeting.objects.filter(id=first.id).update(starts_at=gone, ends_at=gone)
    Opportunity.objects.filter(id=deal.id).update(next_activity_at=gone)
    assert pass_begun_meetings() == 1
    assert planned(deal) == second.starts_at
    assert pass_begun_meetings() == 0


def test_a_late_task_stays_late(make_opportunity, actor):
    deal = make_opportunity()
    due = timezone.now() - timedelta(days=1)
    create_task(
        actor=actor, title="Ligar", due_at=due, due_all_day=False, about_type="opportunity", about_id=deal.id
    )
    assert pass_begun_meetings() == 0
    assert planned(deal) == due


def test_a_series_goes_on_counting(make_opportunity, meet):
    deal = make_opportunity()
    series = meet(deal.party, days=1, rrule="FREQ=WEEKLY;COUNT=10", remind_minutes=30)
    assert planned(deal) == series.starts_at
    begun = timezone.now() - timedelta(hours=3)
    again = begun + timedelta(days=7)
    Meeting.objects.filter(id=series.id).update(
        starts_at=begun, ends_at=begun + timedelta(hours=1), next_remind_at=again - timedelta(minutes=30)
    )
    Opportunity.objects.filter(id=deal.id).update(next_activity_at=begun)
    pass_begun_meetings()
    assert planned(deal) == again


def test_the_deals_page_shows_it(make_opportunity, meet, admin, client_for):
    deal = make_opportunity()
    browser = client_for(admin)
    page = f"/teste/opportunities/{deal.id}/"
    assert "Nada planejado" in browser.get(page).content.decode()
    meet(deal.party)
    assert "Nada planejado" not in browser.get(page).content.decode()
    panel = browser.get(f"{page}tasks/").content.decode()
    assert "Visita" in panel
    assert "Nada está planejado" not in panel
