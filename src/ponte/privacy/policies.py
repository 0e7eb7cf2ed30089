"""Who may see and change consent, suppressions and refusals.

What a customer allows follows the customer's visibility and rights. The lists of suppressed addresses and refused
contacts are an object of their own ("suppression"); addresses follow the customer's hidden fields.
"""

from __future__ import annotations

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from ponte.core.models import Member
from ponte.core.rights import may, owned_condition
from ponte.directory.policies import customer_fields
from ponte.privacy.models import ContactRefusal, Suppression

OBJECT = "suppression"
_IS_EMAIL = Q(address__contains="@")


def hidden_addresses(member: Member) -> Q | None:
    """Return the condition of addresses whose kind the member may not read; None when they may read all."""
    access = customer_fields(member)
    email, phone = access.can_read("email"), access.can_read("phone")
    if email and phone:
        return None
    if not email and not phone:
        return ~Q(address="")
    return ~_IS_EMAIL & ~Q(address="") if email else _IS_EMAIL


def visible_suppressions(member: Member) -> QuerySet[Suppression]:
    """Return the suppressions in force that the member may see."""
    rows = Suppression.objects.filter(lifted_at=None)
    if not may(member, OBJECT, "view"):
        return rows.none()
    hidden = hidden_addresses(member)
    return rows if hidden is None else rows.exclude(hidden)


def visible_refusals(member: Member) -> QuerySet[ContactRefusal]:
    """Return the refused contacts with customers the member may see, with ``shown_address``."""
    rows = ContactRefusal.objects.all()
    reach = owned_condition(member, "customer", "view", owner="party__owner", team="party__team")
    if not may(member, OBJECT, "view") or reach is None:
        return rows.none()
    if reach:
        rows = rows.filter(reach)
    hidden = hidden_addresses(member)
    shown: Case | F = F("address")
    if hidden is not None:
        shown = Case(When(hidden, then=Value("")), default=F("address"), output_field=CharField())
    return rows.annotate(shown_address=shown)
