"""What is done about background jobs: try a failed one again, send a dead delivery again."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from ponte.core.actors import Actor
from ponte.core.errors import Invalid, Missing
from ponte.core.models import AuditEntry, EventDelivery
from ponte.core.services import audit
from ponte.core.services.events import replay
from ponte.core.tenancy.scope import current_workspace


def retry_job(*, job_id: int, actor: Actor) -> AuditEntry:
    """Queue a failed job of this workspace again, now. Raises ``Missing`` for others', ``Invalid`` when it didn't fail."""
    found = ProcrastinateJob.objects.filter(id=job_id, args__workspace=str(current_workspace().id)).first()
    if found is None:
        raise Missing
    if found.status != "failed":
        raise Invalid.on("", "not_failed", _("This job hasn't failed; there is nothing to try again."))
    if not queue_again(job_id):
        raise Invalid.on("", "waiting", _("The same work is waiting already."))
    return audit.record_bulk(
        actor=actor,
        act="job.retried",
        object_type="job",
        ids=[],
        summary={"job": job_id, "name": found.task_name},
    )


def queue_again(job_id: int) -> bool:
    """Queue a job once more, now; False where the same work waits already (its queueing lock is taken)."""
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id, retry_at=timezone.now())
    except UniqueViolation:
        return False
    return True


def replay_delivery(*, delivery: EventDelivery, actor: Actor) -> None:
    """Give a dead delivery of an event another life. Raises ``Invalid`` when it isn't dead."""
    if delivery.state != EventDelivery.State.DEAD:
        raise Invalid.on("", "not_dead", _("This event has been delivered or is still being tried."))
    replay(delivery)
    audit.record_bulk(
        actor=actor,
        act="delivery.replayed",
        object_type="delivery",
        ids=[delivery.event_id],
        summary={"handler": delivery.handler},
    )
