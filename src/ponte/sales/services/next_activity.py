"""What is planned next about an opportunity, kept by whoever writes tasks, in their transaction."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

TASKS = "opportunity"  # Task.about_type
_REFRESH = """
UPDATE sales_opportunity o SET next_activity_at = n.due_at
FROM (
  SELECT d.id, (
    SELECT min(t.due_at) FROM timeline_task t
    WHERE t.about_id = d.id AND t.about_type = 'opportunity' AND t.done_at IS NULL AND t.deleted_at IS NULL
  ) AS due_at
  FROM sales_opportunity d WHERE d.party_id = ANY(%s) AND d.status = 'open' AND d.deleted_at IS NULL
) AS n
WHERE o.id = n.id AND o.next_activity_at IS DISTINCT FROM n.due_at
"""


def refresh_next_activities(party_ids: Collection[UUID]) -> None:
    """Write when the next dated task of these customers' open opportunities is due, in one statement."""
    if party_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, [sorted(party_ids)])
