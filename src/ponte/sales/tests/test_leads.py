"""Capturing leads and moving them on."""

from __future__ import annotations

import pytest

from ponte.core.errors import Invalid
from ponte.core.models import StoredEvent
from ponte.sales.models import LeadEntry, LeadStatus, Reason, ReasonKind
from ponte.sales.services.leads import change_lead_status


def test_a_lead_begins_new_and_is_timed(make_lead, actor):
    lead = make_lead(title="Curso de barista", origin="social")
    change_lead_status(actor=actor, lead_id=lead.id, status=LeadStatus.WORKING)
    entries = list(LeadEntry.objects.filter(lead=lead).order_by("entered_at", "id"))
    assert [(entry.before, entry.status) for entry in entries] == [("", "new"), ("new", "working")]
    assert entries[0].left_at == entries[1].entered_at
    assert StoredEvent.objects.filter(name="sales.lead_status_changed").count() == 1


def test_disqualifying_needs_a_reason(make_lead, actor):
    lead = make_lead()
    with pytest.raises(Invalid, match="reason_id"):
        change_lead_status(actor=actor, lead_id=lead.id, status=LeadStatus.DISQUALIFIED)
    reason = Reason.objects.filter(kind=ReasonKind.DISQUALIFIED).first()
    change_lead_status(actor=actor, lead_id=lead.id, status=LeadStatus.DISQUALIFIED, reason_id=reason.id)
    assert LeadEntry.objects.get(lead=lead, left_at=None).reason == reason


def test_conversion_is_not_a_mere_change_of_status(make_lead, actor):
    with pytest.raises(Invalid, match="status"):
        change_lead_status(actor=actor, lead_id=make_lead().id, status=LeadStatus.CONVERTED)


def test_an_external_id_is_taken_once(make_lead):
    make_lead(source="olist", external_id="abc")
    with pytest.raises(Invalid, match="external_id"):
        make_lead(source="olist", external_id="abc")
