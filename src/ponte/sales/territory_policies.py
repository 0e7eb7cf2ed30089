"""Who may see and draw territories: they belong to the whole business, rights on them are none or all."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.models import Territory


def visible_territories(member: Member) -> QuerySet[Territory]:
    """Return the territories the member may see."""
    return Territory.objects.all() if may(member, "territory", "view") else Territory.objects.none()


def get_visible_territory(member: Member, territory_id: UUID) -> Territory:
    """Return a territory the member may see; raise ``Missing`` otherwise."""
    row = visible_territories(member).filter(id=territory_id).first()
    if row is None:
        raise Missing("territory")
    return row
