"""Which deal a row is where it has no id, and which deals rows name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.text import fold
from ponte.sales.models import Opportunity
from ponte.sales.policies import visible_opportunities
from ponte.workplace.importing import ImportContext, ImportRow, RowOutcome

Deals = Mapping[str, tuple[UUID, UUID]]  # external id → the opportunity and its customer


def made_id(told: Mapping[str, Any], party_id: UUID) -> str:
    """Return an id for a row without one, the same each time it comes in: made of title, customer and opening ("" without title)."""
    if not told.get("title"):
        return ""
    opened = told.get("opened_at")
    words = [fold(str(told["title"])), str(party_id), opened.isoformat() if opened else ""]
    return "made-" + hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]


def deals_of(rows: Sequence[ImportRow], context: ImportContext) -> Deals:
    """Return the opportunities rows name by external id, as far as the member sees them. One query a chunk."""
    wanted = {str(row.values["opportunity"]) for row in rows if row.values.get("opportunity")}
    if not wanted:
        return {}
    member = context.actor.member
    deals = visible_opportunities(member) if member else Opportunity.objects.filter(deleted_at=None)
    found = deals.filter(source=context.source, external_id__in=wanted)
    return {key: (pk, party) for key, pk, party in found.values_list("external_id", "id", "party_id")}


def links_of(
    row: ImportRow, owners: Mapping[str, UUID], deals: Deals
) -> tuple[dict[str, UUID], RowOutcome | None]:
    """Return ``owner_id`` and ``opportunity_id`` as far as a row names them, or why it can't come in."""
    told, links = row.values, dict[str, UUID]()
    if told.get("owner"):
        if fold(told["owner"]) not in owners:
            message = _("Nobody in this workspace has this e-mail or name.")
            return {}, RowOutcome.rejected("owner", "unknown", message)
        links["owner_id"] = owners[fold(told["owner"])]
    if told.get("opportunity"):
        if told["opportunity"] not in deals:
            message = _("There is no opportunity “%(value)s”. Import opportunities first.")
            return {}, RowOutcome.rejected("opportunity", "unknown", message % {"value": told["opportunity"]})
        links["opportunity_id"] = deals[told["opportunity"]][0]
    return links, None
