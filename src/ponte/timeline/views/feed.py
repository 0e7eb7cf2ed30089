"""The calendar under a secret address, and the settings page that makes one."""

from __future__ import annotations

import time
from hashlib import sha256

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.tenancy.urls import public_reverse
from ponte.timeline.models import CalendarFeed
from ponte.timeline.selectors.feed import feed_text
from ponte.timeline.services.feeds import make_feed, open_feed, revoke_feed, split_token

WINDOW, READS, MISSES = 60, 30, 20  # a minute: of one address, and of wrong ones from one network address
MADE = "calendar_feed_made"


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a member's calendar; a wrong or revoked address looks like none."""
    place = str(request.META.get("REMOTE_ADDR", ""))
    if _count(f"miss:{place}", 0) >= MISSES or _count(f"read:{sha256(token.encode()).hexdigest()}") > READS:
        return HttpResponse(status=429, headers={"Retry-After": str(WINDOW)})
    parts = split_token(token)
    workspace = parts and Workspace.objects.filter(id=parts[0], is_active=True).first()
    if parts and workspace:
        with workspace_scope(workspace, durable=False):
            member = open_feed(parts[1], parts[2])
            if member is not None:
                with translation.override(member.language):
                    return _answer(request, feed_text(member))
    _count(f"miss:{place}")
    raise Http404


def _answer(request: HttpRequest, text: bytes) -> HttpResponse:
    tag = f'"{sha256(text).hexdigest()[:32]}"'
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    response["ETag"] = tag
    response["X-Robots-Tag"] = "noindex, nofollow"
    patch_cache_control(response, private=True, max_age=300)
    return response


def _count(name: str, step: int = 1) -> int:
    """Count in a window shared by all processes; may be off by a few."""
    key = f"calendar-feed:{name}:{int(time.time() // WINDOW)}"
    cache.add(key, 0, WINDOW * 2)
    try:
        return int(cache.incr(key, step)) if step else int(cache.get(key, 0))
    except ValueError:  # cleared between the two
        return 0


@require_http_methods(["GET", "HEAD", "POST"])
@requires("meeting", "view")
def settings_page(request: WorkspaceRequest) -> HttpResponse:
    """Show whether one's calendar can be subscribed; make the address anew, or stop it. It is shown once."""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            revoke_feed(actor=request.actor, member=request.member)
        else:
            request.session[MADE] = make_feed(actor=request.actor, member=request.member)
        return redirect("timeline:feed_settings")
    token = request.session.pop(MADE, "")
    address = request.build_absolute_uri(public_reverse("calendar_feed", token)) if token else ""
    kept = CalendarFeed.objects.filter(member=request.member).first()
    return render(request, "timeline/settings/feed.html", {"feed": kept, "address": address})
