"""Reading the quality of customers' data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.directory.models import Party, PartyAddress, QualityRules, QualitySnapshot
from ponte.directory.policies import customer_fields, visible_parties
from ponte.directory.quality import FIELDS, FLAWS, Flaw
from ponte.directory.standards.addresses import contradicted_by_cep

TREND_DAYS = 30


def quality_rules() -> QualityRules:
    """Return the workspace's rules; the usual ones, unsaved, where it has none of its own."""
    return QualityRules.objects.first() or QualityRules(version=0)


def missing_fields(party_ids: Sequence[UUID], keys: Sequence[str]) -> dict[UUID, list[str]]:
    """Return which of the fields customers lack; fields that don't apply to their kind are never missing."""
    wanted = [FIELDS[key] for key in keys if key in FIELDS]
    if not wanted:
        return {}
    columns = ", ".join(f"({field.sql})" for field in wanted)
    query = f"""
        SELECT p.id, p.kind, {columns} FROM directory_party AS p
        LEFT JOIN directory_person AS n ON n.party_id = p.id
        LEFT JOIN directory_company AS c ON c.party_id = p.id WHERE p.id = ANY(%s)"""
    with connection.cursor() as cursor:
        cursor.execute(query, [list(party_ids)])
        rows = cursor.fetchall()
    found = {
        party_id: [
            field.key
            for field, filled in zip(wanted, filled_ones, strict=True)
            if kind in field.kinds and not filled
        ]
        for party_id, kind, *filled_ones in rows
    }
    return {party_id: keys_ for party_id, keys_ in found.items() if keys_}


def flaws_for(member: Member) -> list[Flaw]:
    """Return what can be wrong that the member may read about."""
    access = customer_fields(member)
    return [flaw for flaw in FLAWS if not flaw.right or access.can_read(flaw.right)]


def problem_choices(member: Member | None) -> list[tuple[str, str | Promise]]:
    """Return key and label of each problem the member may read about; None reads all."""
    return [(flaw.key, flaw.label) for flaw in (FLAWS if member is None else flaws_for(member))]


def parties_with(member: Member, problems: Sequence[str]) -> QuerySet[Party]:
    """Return the customers the member may mend that have one of the problems, the least complete first."""
    rows = visible_parties(member, "edit").filter(quality__problems__overlap=list(problems))
    return rows.select_related("quality", "owner").order_by("quality__score", "id")


def addresses_astray(party_ids: Iterable[UUID]) -> dict[UUID, PartyAddress]:
    """Return each customer's first address whose CEP lies in another state than the one written."""
    rows = PartyAddress.objects.filter(party_id__in=list(party_ids), country="BR").exclude(postal_code="")
    found: dict[UUID, PartyAddress] = {}
    for row in rows.order_by("id"):
        if contradicted_by_cep(row.postal_code, row.state, row.country):
            found.setdefault(row.party_id, row)
    return found


def trend() -> list[QualitySnapshot]:
    """Return the snapshots of the last month, the oldest first."""
    return list(reversed(QualitySnapshot.objects.order_by("-day")[:TREND_DAYS]))


def cost_of(rules: QualityRules, snapshot: QualitySnapshot | None) -> Decimal | None:
    """Return what wrong records cost: records with a problem × minutes lost on each × cost of a minute.

    Both inputs are the workspace's own; None while one is missing. Nothing is assumed.
    """
    if snapshot is None or rules.minute_cost is None or rules.minutes_each is None:
        return None
    return snapshot.with_problems * rules.minutes_each * rules.minute_cost
