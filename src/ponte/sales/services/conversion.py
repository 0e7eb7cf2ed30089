"""Turning a lead into a person, a company and an opportunity, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Denied, Invalid
from ponte.core.rights import may
from ponte.core.services.events import publish
from ponte.directory.data import CompanyData
from ponte.directory.models import Affiliation, Party
from ponte.directory.services.affiliations import start_affiliation
from ponte.directory.services.companies import create_company
from ponte.directory.services.deletion import delete_parties
from ponte.directory.uses import customers_in_use
from ponte.events.sales_leads import LeadConversionUndone, LeadConverted
from ponte.sales.data import OpportunityData
from ponte.sales.models import Conversion, Lead, LeadStatus, Opportunity, StageEntry
from ponte.sales.policies import check_lead, get_customer
from ponte.sales.services.lead_life import IN_WORK
from ponte.sales.services.leads import set_status
from ponte.sales.services.locking import lock_lead, lock_opportunity
from ponte.sales.services.opportunities import create_opportunity
from ponte.sales.services.opportunity_bin import delete_opportunity

UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class ConversionData:
    """What a lead is to become.

    ``person_id`` None keeps the lead's customer; ``company_id`` takes a company there is, ``new_company`` makes one. Without
    ``opens_deal`` no opportunity is opened. Money in the workspace's currency; ``stage_id`` None: the first of the first pipeline.
    """

    person_id: UUID | None = None
    company_id: UUID | None = None
    new_company: str = ""
    cnpj: str = ""
    opens_deal: bool = True
    title: str = ""
    amount: Decimal | None = None
    monthly: Decimal | None = None
    expected_close: date | None = None
    stage_id: UUID | None = None
    owner_id: UUID | None = None


@transaction.atomic
def convert_lead(
    *, actor: Actor, lead_id: UUID, data: ConversionData, version: int | None = None
) -> Conversion:
    """Convert a lead in work: its customer, the company and the opportunity stand together afterwards.

    Raises:
        Missing, Denied, Conflict: as everywhere. Invalid: it has ended; an unknown customer or company; what the services of
        companies and opportunities refuse.
    """
    lead = lock_lead(lead_id)
    check_lead(actor, "edit", lead)
    check_version(lead, version)
    if lead.status not in IN_WORK:
        raise Invalid.on("status", "ended", _("Only a lead that is being worked can be converted."))
    status_before, party_before = lead.status, lead.party_id
    person = _customer(actor, data.person_id or lead.party_id, "person_id")
    company, made = _company(actor, data, person)
    affiliation = _affiliate(actor, person, company, str(lead.typed.get("job_title", "")))
    lead.party = person
    lead.handoff_due_at = None
    deal = _open(actor, lead, data, company or person) if data.opens_deal else None
    set_status(actor=actor, lead=lead, status=LeadStatus.CONVERTED)
    conversion = Conversion.objects.create(
        lead=lead,
        person=person if person.is_person else None,
        company=company if company else None if person.is_person else person,
        opportunity=deal,
        party_before_id=party_before,
        status_before=status_before,
        made_company=made,
        affiliation_id=affiliation,
        member=actor.member,
        actor_label=actor.label[:240],
    )
    event = LeadConverted(
        lead_id=str(lead.id),
        person_id=str(conversion.person_id or ""),
        company_id=str(conversion.company_id or ""),
        opportunity_id=str(conversion.opportunity_id or ""),
    )
    publish(event, actor=actor)
    return conversion


def _customer(actor: Actor, party_id: UUID, field: str, kind: str = "") -> Party:
    party = get_customer(actor, party_id)
    if party is None or (kind and party.kind != kind):
        raise Invalid.on(field, "missing", _("There is no such customer."))
    return party


def _company(actor: Actor, data: ConversionData, person: Party) -> tuple[Party | None, bool]:
    if not person.is_person:
        return None, False
    if data.company_id:
        return _customer(actor, data.company_id, "company_id", "company"), False
    if not data.new_company.strip():
        return None, False
    if actor.member is not None and not may(actor.member, "customer", "create"):
        raise Denied("customer", "create")
    made = create_company(
        actor=actor,
        data=CompanyData(name=data.new_company, cnpj=data.cnpj, owner_id=data.owner_id, source="form"),
    )
    return made.party, True


def _affiliate(actor: Actor, person: Party, company: Party | None, role: str) -> UUID | None:
    if company is None or not person.is_person:
        return None
    there = Affiliation.objects.filter(person_id=person.id, company_id=company.id, ended_on=None)
    if there.exists():
        return None
    return start_affiliation(actor=actor, person_id=person.id, company_id=company.id, role=role[:120]).id


def _open(actor: Actor, lead: Lead, data: ConversionData, party: Party) -> Opportunity:
    deal = OpportunityData(
        party_id=party.id,
        title=data.title.strip() or lead.title or party.label,
        owner_id=data.owner_id or lead.owner_id,
        lead_id=lead.id,
        stage_id=data.stage_id,
        amount=data.amount,
        monthly=data.monthly,
        expected_close=data.expected_close,
        origin=lead.origin,
        is_demo=lead.is_demo,
    )
    return create_opportunity(actor=actor, data=deal)


def can_undo(conversion: Conversion) -> bool:
    """Return whether a conversion is young enough to be undone."""
    return conversion.created_at >= timezone.now() - UNDO_FOR


@transaction.atomic
def undo_conversion(*, actor: Actor, lead_id: UUID) -> Lead:
    """Take a conversion back within 30 days: the opportunity goes to the bin, the lead is worked again as before.

    A company that was made for it goes to the bin too, unless somebody has worked with it since.

    Raises:
        Missing, Denied: as everywhere. Invalid: it isn't converted, that was too long ago, or something was built upon it.
    """
    lead = lock_lead(lead_id)
    check_lead(actor, "edit", lead)
    conversion = Conversion.objects.select_for_update(of=("self",)).filter(lead=lead, undone_at=None).first()
    if lead.status != LeadStatus.CONVERTED or conversion is None:
        raise Invalid.on("status", "not_converted", _("This lead isn't converted."))
    if not can_undo(conversion):
        raise Invalid.on("status", "too_late", _("A conversion can be undone for 30 days."))
    if conversion.opportunity_id:
        _bin_deal(actor, conversion)
    if conversion.made_company and conversion.company_id:
        _bin_company(actor, conversion)
    before = conversion.party_before_id
    if before and Party.objects.filter(id=before, deleted_at=None).exists():
        lead.party_id = before
    conversion.undone_at, conversion.undone_label = timezone.now(), actor.label[:240]
    conversion.save(update_fields=["undone_at", "undone_label", "updated_at"])
    set_status(actor=actor, lead=lead, status=conversion.status_before, note=_("Conversion undone"))
    publish(LeadConversionUndone(lead_id=str(lead.id), party_id=str(lead.party_id)), actor=actor)
    return lead


def _bin_deal(actor: Actor, conversion: Conversion) -> None:
    deal_id = conversion.opportunity_id
    assert deal_id is not None
    if not Opportunity.objects.filter(id=deal_id, deleted_at=None).exists():
        return  # somebody deleted it: there is nothing left to take back
    deal = lock_opportunity(deal_id)
    if deal.version > 1 or _built_upon(deal):
        message = _("Something was built upon it: “%(deal)s” was changed since. Delete that first.") % {
            "deal": deal.title
        }
        raise Invalid.on("opportunity", "changed", message)
    if actor.member is not None and not may(actor.member, "opportunity", "delete", deal):
        raise Invalid.on("opportunity", "denied", _("Your role can't delete the opportunity. Ask a manager."))
    delete_opportunity(actor=actor, opportunity_id=deal_id)


def _built_upon(deal: Opportunity) -> bool:
    """Tell whether anything hangs on an opportunity besides its first stay in a stage (quotes, lines, cadences …)."""
    for relation in deal._meta.related_objects:
        rows = relation.related_model._base_manager.filter(**{relation.field.name: deal.pk})
        if relation.related_model is Conversion:
            continue
        if relation.related_model is StageEntry:
            if rows.count() > 1:
                return True
        elif rows.exists():
            return True
    return False


def _bin_company(actor: Actor, conversion: Conversion) -> None:
    company_id = conversion.company_id
    assert company_id is not None
    party = Party.objects.filter(id=company_id, deleted_at=None).first()
    if party is None or customers_in_use([company_id]):
        return
    staff = Affiliation.objects.filter(company_id=company_id).values_list("id", flat=True)
    if set(staff) - {conversion.affiliation_id} or party.version > 1:
        return
    delete_parties(actor=actor, party_ids=[company_id])
