"""Converting a lead and taking that back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from ponte.core.errors import Invalid
from ponte.directory.data import CompanyData, EmailData
from ponte.directory.models import Affiliation, Party
from ponte.directory.services.companies import create_company
from ponte.sales.models import Conversion, Lead, LeadStatus, Opportunity
from ponte.sales.selectors.conversion import preview_conversion
from ponte.sales.services.conversion import ConversionData, convert_lead, undo_conversion
from ponte.sales.services.opportunities import update_opportunity

TYPED = {"name": "Clara Nunes", "company": "Padaria Sol", "email": "clara@x.com.br"}


@pytest.fixture
def lead(make_lead, make_party):
    party = make_party("Clara Nunes")
    return make_lead(party, title="Forno novo", typed=TYPED, origin="event")


def test_person_company_and_opportunity(lead, actor):
    data = ConversionData(new_company="Padaria Sol", title="Forno", amount=Decimal("12000"))
    made = convert_lead(actor=actor, lead_id=lead.id, data=data)
    lead.refresh_from_db()
    assert lead.status == LeadStatus.CONVERTED
    assert lead.converted_at is not None
    assert made.company.name == "Padaria Sol"
    assert Affiliation.objects.get().person_id == lead.party_id
    deal = Opportunity.objects.get()
    assert (deal.party_id, deal.lead_id, deal.origin, deal.amount) == (
        made.company_id,
        lead.id,
        "event",
        Decimal("12000.00"),
    )
    with pytest.raises(Invalid, match="status"):
        convert_lead(actor=actor, lead_id=lead.id, data=ConversionData())


def test_what_there_is_is_offered_first(lead, make_party, actor, admin):
    company = create_company(actor=actor, data=CompanyData(name="padaria  sol"))
    other = make_party("Clara N.", emails=[EmailData(address="clara@x.com.br")])
    preview = preview_conversion(lead, admin)
    assert [one.id for one in preview.companies] == [company.id]
    assert [one.id for one in preview.people] == [other.id]
    made = convert_lead(
        actor=actor,
        lead_id=lead.id,
        data=ConversionData(person_id=other.id, company_id=company.id, opens_deal=False),
    )
    lead.refresh_from_db()
    assert (lead.party_id, made.company_id, made.opportunity_id) == (other.id, company.id, None)
    before = made.party_before_id
    undo_conversion(actor=actor, lead_id=lead.id)
    lead.refresh_from_db()
    assert lead.party_id == before
    assert Party.objects.get(id=company.id).deleted_at is None


def test_undoing(lead, actor):
    made = convert_lead(actor=actor, lead_id=lead.id, data=ConversionData(new_company="Padaria Sol"))
    undo_conversion(actor=actor, lead_id=lead.id)
    lead.refresh_from_db()
    assert (lead.status, lead.converted_at) == (LeadStatus.NEW, None)
    assert Opportunity.objects.get().deleted_at is not None
    assert Party.objects.get(id=made.company_id).deleted_at is not None
    assert Conversion.objects.get().undone_at is not None
    convert_lead(actor=actor, lead_id=lead.id, data=ConversionData(opens_deal=False))
    assert Conversion.objects.filter(lead=lead).count() == 2


def test_what_was_built_upon_stays(lead, actor):
    convert_lead(actor=actor, lead_id=lead.id, data=ConversionData())
    update_opportunity(actor=actor, opportunity_id=Opportunity.objects.get().id, changes={"title": "Outro"})
    with pytest.raises(Invalid, match="opportunity"):
        undo_conversion(actor=actor, lead_id=lead.id)
    assert Lead.objects.get().status == LeadStatus.CONVERTED


def test_a_conversion_of_long_ago_stays(lead, actor):
    convert_lead(actor=actor, lead_id=lead.id, data=ConversionData(opens_deal=False))
    Conversion.objects.update(created_at=timezone.now() - timedelta(days=31))
    with pytest.raises(Invalid, match="status"):
        undo_conversion(actor=actor, lead_id=lead.id)


def test_on_the_page(lead, admin, client_for):
    browser = client_for(admin)
    path = f"/teste/leads/{lead.id}/"
    page = browser.get(f"{path}convert/").content.decode()
    assert "Padaria Sol" in page
    answer = browser.post(f"{path}convert/", {"company": "new", "new_company": ""})
    assert answer.status_code == 422
    answer = browser.post(
        f"{path}convert/",
        {
            "company": "new",
            "new_company": "Padaria Sol",
            "opens_deal": "on",
            "title": "Forno",
            "amount": "1.500,00",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[:2000]
    shown = browser.get(path).content.decode()
    assert "Padaria Sol" in shown
    assert "Forno" in shown
    assert Opportunity.objects.get().amount == Decimal("1500.00")
    browser.post(f"{path}undo-conversion/")
    assert Lead.objects.get().status == LeadStatus.NEW
