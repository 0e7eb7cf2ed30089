"""What comes through a form: stored before its sender is answered, and taken up by a job."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from ponte.core.jobs import enqueue
from ponte.core.tenancy.scope import named_workspace
from ponte.sales.form_fields import Answer
from ponte.sales.models import Form, FormPost, PostState

JOB, ONCE = "sales.take_posts", "form_posts"
LATE = timedelta(seconds=60)
OLDEST = timedelta(days=60)
MOST_CLIENT = 64


@dataclass(frozen=True, kw_only=True)
class PostData:
    """One post of a form; ``written_at`` is when it was written where that wasn't now (a phone without a network)."""

    values: Mapping[str, Answer]
    consents: Sequence[Mapping[str, Any]] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    client_id: str = ""
    address: str = ""
    agent: str = ""
    elapsed: float | None = None
    is_trapped: bool = False
    written_at: datetime | None = None


def store_post(*, form: Form, data: PostData) -> None:
    """Store a post durably once the caller's transaction commits.

    The same ``client_id`` again stores nothing. Call ``wake_reader`` after the commit.
    """
    now = timezone.now()
    row = FormPost(
        form=form,
        client_id=data.client_id[:MOST_CLIENT],
        digest=digest_of(data.values),
        values=dict(data.values),
        consents=list(data.consents),
        marks=dict(data.marks),
        address=data.address[:45],
        agent=data.agent[:300],
        language=form.language,
        elapsed=data.elapsed,
        is_trapped=data.is_trapped,
        written_at=_written(data.written_at, now),
    )
    FormPost.objects.bulk_create([row], ignore_conflicts=True)  # one statement, without a savepoint


def _written(told: datetime | None, now: datetime) -> datetime:
    """A clock that runs ahead counts as now; one that is years behind too."""
    return told if told is not None and now - OLDEST <= told <= now else now


def digest_of(values: Mapping[str, Answer]) -> str:
    """Return what is the same for the same answers."""
    kept = {key: value for key, value in values.items() if value}
    return hashlib.sha256(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def wake_reader() -> None:
    """See that a job is going to read what waits. One look where one is waiting already, which is nearly always.

    Call it after the post's transaction has committed, with the workspace named: the job it sees then starts later than the post was
    stored.
    """
    lock = f"{named_workspace().id}:{ONCE}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = %s AND status = 'todo'"
            " AND coalesce(scheduled_at, now()) <= now() LIMIT 1",
            [lock],
        )
        if cursor.fetchone() is not None:
            return
    enqueue(JOB, once=ONCE)


def posts_wait() -> bool:
    """Return whether any post waits to be read."""
    return FormPost.objects.filter(state=PostState.WAITING).exists()


def wake_late() -> bool:
    """Wake the reader where posts have waited for a minute: its job was lost with a process. Returns whether it did."""
    late = FormPost.objects.filter(state=PostState.WAITING, created_at__lt=timezone.now() - LATE)
    if not late.exists():
        return False
    wake_reader()
    return True


def forget_posts(*, before: datetime, limit: int = 5000) -> int:
    """Empty posts that are older than ``before``: the leads they became keep what was typed. Returns how many."""
    old = FormPost.objects.filter(created_at__lt=before).exclude(state=PostState.WAITING).order_by("id")
    ids: list[UUID] = list(old.values_list("id", flat=True)[:limit])
    FormPost.objects.filter(id__in=ids).delete()
    return len(ids)
