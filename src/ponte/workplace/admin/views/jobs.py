"""Background work: what waits, runs, failed; the schedule; events nobody could deliver."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import EventDelivery
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.job_control import replay_delivery, retry_job
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.job_words import job_name
from ponte.workplace.admin.selectors import jobs as queue


@require_safe
@requires("jobs")
def jobs(request: WorkspaceRequest) -> HttpResponse:
    """Show the queue; ``?part`` answers with the changing part alone, which the page asks for every few seconds."""
    context = {
        "counts": queue.count_jobs(),
        "workers": queue.workers_alive(),
        "failed": [(job, job_name(job.task_name)) for job in queue.jobs_in("failed")[: queue.LIMIT]],
        "open": [(job, job_name(job.task_name)) for job in queue.jobs_in("doing", "todo")[: queue.LIMIT]],
        "runs": queue.recent_runs(),
        "dead": queue.dead_deliveries(),
    }
    if "part" in request.GET:
        return render(request, "workplace/admin/_jobs.html", context)
    context["schedule"] = [(entry, job_name(entry.name)) for entry in queue.schedule()]
    return render(request, "workplace/admin/jobs.html", context)


@require_POST
@requires("jobs")
def job_retry(request: WorkspaceRequest, job_id: int) -> HttpResponse:
    """Try a failed job again."""
    return answer_act(
        request,
        lambda: retry_job(job_id=job_id, actor=request.actor),
        done=_("The job is queued again."),
        back=reverse("workplace:jobs"),
    )


@require_POST
@requires("jobs")
def delivery_replay(request: WorkspaceRequest, delivery_id: int) -> HttpResponse:
    """Send a dead delivery again."""
    delivery = EventDelivery.objects.filter(id=delivery_id).first()
    if delivery is None:
        raise Missing
    return answer_act(
        request,
        lambda: replay_delivery(delivery=delivery, actor=request.actor),
        done=_("The event is being delivered again."),
        back=reverse("workplace:jobs"),
    )
