"""Whether this process lives, can work, and what it measures."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.schemas import fingerprint

LOCAL = frozenset({"127.0.0.1", "::1"})


def alive(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process can answer at all."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and every workspace has this version's tables, else 503."""
    try:
        stale = Workspace.objects.exclude(fingerprint=fingerprint()).count()
    except Exception:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok", "workspaces_to_migrate": stale}, status=503 if stale else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer Prometheus, with the token set in PONTE_METRICS_TOKEN or from this machine alone."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.PONTE_METRICS_TOKEN
    allowed = hmac.compare_digest(given, token) if token else request.META.get("REMOTE_ADDR") in LOCAL
    if not allowed:
        raise Http404
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


class _Installation(Collector):
    """Numbers of the installation, read from the database when they are asked for."""

    def collect(self):  # type: ignore[no-untyped-def]
        with connection.cursor() as cursor:
            cursor.execute("SELECT queue_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")
            jobs = cursor.fetchall()
        gauge = GaugeMetricFamily(
            "ponte_jobs", "Background jobs by queue and state", labels=["queue", "state"]
        )
        for queue, state, number in jobs:
            gauge.add_metric([queue, state], number)
        yield gauge
        yield GaugeMetricFamily("ponte_workspaces", "Workspaces", value=Workspace.objects.count())

    def describe(self):  # type: ignore[no-untyped-def]
        return []


REGISTRY.register(_Installation())
