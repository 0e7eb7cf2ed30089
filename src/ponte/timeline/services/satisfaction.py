"""How satisfied customers are, from the reviews on their timelines."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import connection

from ponte.directory.services.facts import set_facts_bulk

_AVERAGE = """
SELECT party_id, avg((data->>'score')::numeric / (data->>'out_of')::numeric * 5)
FROM timeline_interaction
WHERE party_id = ANY(%s::uuid[]) AND kind = 'review' AND deleted_at IS NULL
  AND (data->>'out_of')::numeric > 0 AND data->>'score' IS NOT NULL
GROUP BY party_id
"""


def refresh_satisfaction(party_ids: Collection[UUID]) -> None:
    """Set the figure "satisfaction" of these customers to the mean of their reviews, on a scale to 5; none without reviews."""
    if not party_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(_AVERAGE, [sorted(party_ids)])
        means = {
            party_id: Decimal(mean).quantize(Decimal("0.01"), ROUND_HALF_UP)
            for party_id, mean in cursor.fetchall()
        }
    set_facts_bulk({party_id: {"satisfaction": means.get(party_id)} for party_id in set(party_ids)})
