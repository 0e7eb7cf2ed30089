"""Who has to do with an opportunity: colleagues who help, people at the customer's, competitors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.services.events import publish
from ponte.events.sales import OpportunityChanged
from ponte.sales.models import (
    Competitor,
    DealRole,
    Opportunity,
    OpportunityCompetitor,
    OpportunityContact,
    OpportunityMember,
)
from ponte.sales.policies import check_opportunity, get_customer
from ponte.sales.services.locking import lock_opportunity
from ponte.sales.services.opportunity_history import audit_opportunity
from ponte.sales.services.opportunity_notices import tell_helper

MOST = 50  # of each kind


@transaction.atomic
def add_helper(*, actor: Actor, opportunity_id: UUID, member_id: UUID, task: str = "") -> OpportunityMember:
    """Let a colleague work on an opportunity, or change what they do there; they are told.

    Raises:
        Missing, Denied: as everywhere. Invalid: no such colleague, too many.
    """
    opportunity = _locked(actor, opportunity_id)
    member = Member.objects.filter(id=member_id, is_active=True).first()
    if member is None:
        raise Invalid.on("member_id", "missing", _("There is no such member."))
    cleaner = Cleaner()
    words = cleaner.text("task", task, 80)
    _check_room(cleaner, opportunity.team.exclude(member=member).count())
    cleaner.done()
    row, is_new = OpportunityMember.objects.update_or_create(
        opportunity=opportunity, member=member, defaults={"task": words}
    )
    _note(actor, opportunity, "team", (None, f"{member.name} {words}".strip()))
    if is_new:
        tell_helper(actor, member, opportunity)
    return row


@transaction.atomic
def remove_helper(*, actor: Actor, opportunity_id: UUID, member_id: UUID) -> None:
    """Take a colleague off an opportunity. Twice is once."""
    opportunity = _locked(actor, opportunity_id)
    row = opportunity.team.select_related("member").filter(member_id=member_id).first()
    if row is not None:
        row.delete()
        _note(actor, opportunity, "team", (row.member.name, None))


@transaction.atomic
def add_contact(
    *, actor: Actor, opportunity_id: UUID, party_id: UUID, role: str = DealRole.OTHER, note: str = ""
) -> OpportunityContact:
    """Say what say a person has in the decision, or change it.

    Raises:
        Missing, Denied: as everywhere. Invalid: no such person, a company, no such role, too many.
    """
    opportunity = _locked(actor, opportunity_id)
    cleaner = Cleaner()
    party = get_customer(actor, party_id)
    if party is None:
        cleaner.refuse("party_id", "missing", _("There is no such person."))
    elif not party.is_person:
        cleaner.refuse("party_id", "company", _("Choose a person, not a company."))
    values = {"role": cleaner.choice("role", role, DealRole), "note": cleaner.text("note", note, 240)}
    _check_room(cleaner, opportunity.contacts.exclude(party_id=party_id).count())
    cleaner.done()
    row, _new = OpportunityContact.objects.update_or_create(
        opportunity=opportunity, party_id=party_id, defaults=values
    )
    _note(actor, opportunity, "contacts", (None, f"{party_id} {values['role']}"))
    return row


@transaction.atomic
def remove_contact(*, actor: Actor, opportunity_id: UUID, party_id: UUID) -> None:
    """Take a person off an opportunity. Twice is once."""
    opportunity = _locked(actor, opportunity_id)
    gone, _rows = opportunity.contacts.filter(party_id=party_id).delete()
    if gone:
        _note(actor, opportunity, "contacts", (str(party_id), None))


@transaction.atomic
def add_rival(
    *, actor: Actor, opportunity_id: UUID, competitor_id: UUID, note: str = ""
) -> OpportunityCompetitor:
    """Note that the customer talks to a competitor too, and what is known of it.

    Raises:
        Missing, Denied: as everywhere. Invalid: no such competitor, too many.
    """
    opportunity = _locked(actor, opportunity_id)
    competitor = Competitor.objects.filter(id=competitor_id, archived_at=None).first()
    if competitor is None:
        raise Invalid.on("competitor_id", "missing", _("There is no such competitor."))
    cleaner = Cleaner()
    words = cleaner.text("note", note, 500)
    _check_room(cleaner, opportunity.rivals.exclude(competitor=competitor).count())
    cleaner.done()
    row, _new = OpportunityCompetitor.objects.update_or_create(
        opportunity=opportunity, competitor=competitor, defaults={"note": words}
    )
    _note(actor, opportunity, "competitors", (None, competitor.name))
    return row


@transaction.atomic
def remove_rival(*, actor: Actor, opportunity_id: UUID, competitor_id: UUID) -> None:
    """Take a competitor off an opportunity. Twice is once."""
    opportunity = _locked(actor, opportunity_id)
    row = opportunity.rivals.select_related("competitor").filter(competitor_id=competitor_id).first()
    if row is not None:
        row.delete()
        _note(actor, opportunity, "competitors", (row.competitor.name, None))


def _locked(actor: Actor, opportunity_id: UUID) -> Opportunity:
    opportunity = lock_opportunity(opportunity_id)
    check_opportunity(actor, "edit", opportunity)
    return opportunity


def _check_room(cleaner: Cleaner, others: int) -> None:
    if others >= MOST:
        cleaner.refuse("", "too_many", _("That are more than 50: keep to those that matter."))


def _note(actor: Actor, opportunity: Opportunity, field: str, pair: tuple[Any, Any]) -> None:
    opportunity.version += 1
    opportunity.save(update_fields=["version", "updated_at"])
    audit_opportunity(actor, "opportunity.updated", opportunity, {field: pair})
    event = OpportunityChanged(
        opportunity_id=str(opportunity.id), party_id=str(opportunity.party_id), fields=[field]
    )
    publish(event, actor=actor)
