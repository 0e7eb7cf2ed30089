"""Running queued jobs inside a test."""

from __future__ import annotations

import orjson
from django.db import connection
from procrastinate.contrib.django import app


def run_queued_jobs(limit: int = 200) -> int:
    """Run what is queued now and what that queues in turn, in order; return how many ran. Errors surface."""
    ran = 0
    while ran < limit:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = (SELECT id FROM procrastinate_jobs"
                " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) ORDER BY id LIMIT 1)"
                " RETURNING id, task_name, args"
            )
            row = cursor.fetchone()
        if row is None:
            return ran
        identifier, name, arguments = row
        app.tasks[name].func(**orjson.loads(arguments))
        with connection.cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [identifier])
        ran += 1
    raise AssertionError(f"more than {limit} jobs: do they queue each other for ever?")
