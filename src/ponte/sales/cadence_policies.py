"""Who may build cadences and see who goes through them.

Cadences belong to the whole business: rights on them are none or all. An enrolment follows its customer's visibility; enrolling a
customer, pausing and taking out need the right to edit the customer.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import may, owned_condition
from ponte.directory.models import Party
from ponte.directory.policies import visible_parties
from ponte.sales.models import Cadence, Enrolment
from ponte.timeline.policies import customer_condition


def visible_cadences(member: Member) -> QuerySet[Cadence]:
    """Return the cadences the member may see."""
    return Cadence.objects.all() if may(member, "cadence", "view") else Cadence.objects.none()


def get_cadence(member: Member, cadence_id: UUID) -> Cadence:
    """Return a cadence the member may see; raise ``Missing`` otherwise."""
    row = visible_cadences(member).select_related("owner").filter(id=cadence_id).first()
    if row is None:
        raise Missing("cadence")
    return row


def visible_enrolments(member: Member) -> QuerySet[Enrolment]:
    """Return the enrolments of visible customers, without those of the bin."""
    reach = customer_condition(member) if may(member, "cadence", "view") else None
    return Enrolment.objects.none() if reach is None else Enrolment.objects.filter(reach)


def changeable_enrolments(member: Member) -> QuerySet[Enrolment]:
    """Return the enrolments the member may pause, resume or end: of customers they may edit."""
    reach = owned_condition(member, "customer", "edit", owner="party__owner", team="party__team")
    rows = visible_enrolments(member)
    return rows.none() if reach is None else rows.filter(reach)


def get_enrolment(member: Member, enrolment_id: UUID, *, to_change: bool = False) -> Enrolment:
    """Return an enrolment the member may see (or change); raise ``Missing`` otherwise."""
    rows = changeable_enrolments(member) if to_change else visible_enrolments(member)
    row = rows.select_related("cadence", "party", "sender", "next_step").filter(id=enrolment_id).first()
    if row is None:
        raise Missing("enrolment")
    return row


def check_cadence(actor: Actor, act: str) -> None:
    """Raise ``Denied`` unless the actor may do ``act`` on cadences; acts of the system may."""
    if actor.member is not None and not may(actor.member, "cadence", act):
        raise Denied("cadence", act)


def may_enrol(member: Member) -> bool:
    """Return whether the member may put customers into cadences at all."""
    return may(member, "cadence", "view") and may(member, "customer", "edit")


def enrollable(actor: Actor, party_ids: list[UUID]) -> set[UUID]:
    """Return which of these customers the actor may enrol."""
    living = Party.objects.filter(deleted_at=None)
    rows = living if actor.member is None else visible_parties(actor.member, "edit")
    return set(rows.filter(id__in=party_ids).values_list("id", flat=True))
