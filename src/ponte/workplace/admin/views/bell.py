"""The bell: notices, unread count, and the answer to pages that poll."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Notification
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.notifications import count_unread, mark_read

IN_BELL = 12
PAGE = 40


@require_safe
@never_cache
def bell(request: WorkspaceRequest) -> HttpResponse:
    """Answer with the last notices, for the menu under the bell."""
    notices = list(_mine(request)[:IN_BELL])
    context = {"notices": notices, "unread": count_unread(request.member.id)}
    return render(request, "workplace/admin/_bell.html", context)


@require_safe
def notifications(request: WorkspaceRequest) -> HttpResponse:
    """Show all notices, a page at a time."""
    notices = _mine(request)
    if below := _uuid(request.GET.get("cursor", "")):
        notices = notices.filter(id__lt=below)
    rows = list(notices[: PAGE + 1])
    more = str(rows[PAGE - 1].id) if len(rows) > PAGE else ""
    context = {"notices": rows[:PAGE], "more": more, "unread": count_unread(request.member.id)}
    template = "workplace/admin/_notices.html" if below else "workplace/admin/notifications.html"
    return render(request, template, context)


@require_safe
def notification_open(request: WorkspaceRequest, notification_id: UUID) -> HttpResponse:
    """Mark a notice as read and go where it leads."""
    notice = _mine(request).filter(id=notification_id).first()
    if notice is None:
        raise Missing
    mark_read(member=request.member, notification_id=str(notice.id))
    path = notice.url if notice.url.startswith("/") else f"/{notice.url}"
    return redirect(f"/{request.workspace.slug}{path}" if notice.url else "workplace:notifications")


@require_POST
def notifications_read(request: WorkspaceRequest) -> HttpResponse:
    """Mark all notices as read; answer with the list one came from."""
    mark_read(member=request.member)
    return bell_after(request) if request.htmx else redirect("workplace:notifications")


def bell_after(request: WorkspaceRequest) -> HttpResponse:
    """Answer with the bell's list as it is now."""
    context = {"notices": list(_mine(request)[:IN_BELL]), "unread": 0}
    return render(request, "workplace/admin/_bell.html", context)


@require_safe
@never_cache
def poll(request: WorkspaceRequest) -> JsonResponse:
    """Answer with the number of unread notices, for pages without a live connection."""
    return JsonResponse({"unread": count_unread(request.member.id), "messages": []})


def _mine(request: WorkspaceRequest) -> QuerySet[Notification]:
    return Notification.objects.filter(member=request.member).order_by("-id")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
