"""What is planned next about an opportunity: its own tasks and meetings, and meetings with its customer or the people who decide that are about no other one.

Who writes tasks keeps it in their transaction; a subscriber follows meetings; a job follows time, when a meeting has begun.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.utils import timezone

TASKS = "opportunity"  # Task.about_type
MOST = 2_000  # customers of one statement of the job
# Of a series the first time counts and, once that is over, the one its reminder is next due for.
_REFRESH = """
UPDATE sales_opportunity o SET next_activity_at = n.at
FROM (
  SELECT d.id, least((
    SELECT min(t.due_at) FROM timeline_task t
    WHERE t.about_id = d.id AND t.about_type = 'opportunity' AND t.done_at IS NULL AND t.deleted_at IS NULL
  ), (
    SELECT min(CASE WHEN m.starts_at > %(now)s THEN m.starts_at
                    ELSE m.next_remind_at + m.remind_minutes * interval '1 minute' END)
    FROM timeline_meeting m
    WHERE m.party_id = ANY(ARRAY(
        SELECT d.party_id UNION ALL SELECT c.party_id FROM sales_opportunitycontact c WHERE c.opportunity_id = d.id
      ))
      AND (m.about_type <> 'opportunity' OR m.about_id = d.id)
      AND m.deleted_at IS NULL AND m.status = 'planned' AND NOT m.is_private
      AND (m.starts_at > %(now)s OR (m.rrule <> '' AND m.next_remind_at IS NOT NULL))
  )) AS at
  FROM sales_opportunity d
  WHERE d.status = 'open' AND d.deleted_at IS NULL AND d.id IN (
    SELECT id FROM sales_opportunity WHERE party_id = ANY(%(parties)s)
    UNION ALL
    SELECT opportunity_id FROM sales_opportunitycontact WHERE party_id = ANY(%(parties)s)
  )
) AS n
WHERE o.id = n.id AND o.next_activity_at IS DISTINCT FROM n.at
"""
_BEGUN = """
SELECT DISTINCT o.party_id FROM sales_opportunity o
WHERE o.status = 'open' AND o.deleted_at IS NULL AND o.next_activity_at <= %s
  AND NOT EXISTS (
    SELECT 1 FROM timeline_task t
    WHERE t.about_id = o.id AND t.about_type = 'opportunity' AND t.done_at IS NULL AND t.deleted_at IS NULL
      AND t.due_at <= o.next_activity_at
  )
LIMIT %s
"""


def refresh_next_activities(party_ids: Collection[UUID]) -> None:
    """Write what is next about open opportunities of these customers, or that these people decide about: one statement."""
    if party_ids:
        with connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"parties": sorted(party_ids), "now": timezone.now()})


def pass_begun_meetings() -> int:
    """Look for what is next where it was a meeting that has begun; return of how many customers."""
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, [timezone.now(), MOST])
        parties = [party_id for (party_id,) in cursor.fetchall()]
    refresh_next_activities(parties)
    return len(parties)
