"""Jobs whose worker died are taken up by another one."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from ponte.core.registrations import retry_stalled


def _job(status: str, lock: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, queueing_lock)"
            " VALUES ('default', 'core.digest', '{}', %s, %s) RETURNING id",
            [status, lock],
        )
        return int(cursor.fetchone()[0])


def _status(job: int) -> str:
    return ProcrastinateJob.objects.get(id=job).status


def test_work_that_waits_already_does_not_hold_up_the_others(workspace):
    twin, waiting, other = _job("doing", "a"), _job("todo", "a"), _job("doing", "b")
    async_to_sync(retry_stalled.func)(None, 0)
    assert (_status(twin), _status(waiting), _status(other)) == ("aborted", "todo", "todo")
