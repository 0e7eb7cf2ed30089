"""With what the opportunities open: for who sells, with their own."""

from __future__ import annotations

from ponte.core.models import Member
from ponte.core.rights import Scope, led_members, may, may_area, scope_of
from ponte.sales.models import DealStatus, Opportunity

MINE = "owner=me"


def opens_with(member: Member) -> str:
    """Return the query opportunities open with: one's own for who has open ones and looks after nobody else's, else "" (all)."""
    if not sees_others(member) or not may(member, "opportunity", "edit"):
        return ""
    if may_area(member, "sales") or led_members(member):
        return ""
    mine = Opportunity.objects.filter(owner=member, status=DealStatus.OPEN, deleted_at=None)
    return MINE if mine.exists() else ""


def sees_others(member: Member) -> bool:
    """Return whether there may be opportunities of others to see."""
    return scope_of(member, "opportunity", "view") not in (Scope.OWN, Scope.NONE)
