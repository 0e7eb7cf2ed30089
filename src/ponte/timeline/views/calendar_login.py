"""Logging in at Google or Microsoft to connect a calendar: there and back."""

from __future__ import annotations

import secrets
from hmac import compare_digest
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.tenancy.urls import public_reverse, workspace_reverse
from ponte.timeline.adapters.oauth import login_url, new_verifier, provider_of, tokens_for_code
from ponte.timeline.adapters.remote import RemoteError
from ponte.timeline.services.calendar_connections import connect_account

KEPT = "calendar_login"


@never_cache
@require_safe
@requires("meeting", "create")
def start(request: WorkspaceRequest, provider: str) -> HttpResponse:
    """Send the browser to the provider's log-in; what comes back is known by the state kept in the session."""
    found = provider_of(provider)
    if found is None:
        raise Http404
    state, verifier = secrets.token_urlsafe(32), new_verifier()
    request.session[KEPT] = {
        "state": state,
        "verifier": verifier,
        "provider": provider,
        "workspace": str(request.workspace.id),
    }
    return redirect(login_url(found, back=_back(request, provider), state=state, verifier=verifier))


def _back(request: HttpRequest, provider: str) -> str:
    return request.build_absolute_uri(public_reverse("calendar_login", provider))


@never_cache
@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Take what the log-in came back with; whoever didn't begin it here sees nothing."""
    kept = request.session.pop(KEPT, None)
    found = provider_of(provider)
    if not kept or found is None or kept["provider"] != provider or not request.user.is_authenticated:
        raise Http404
    workspace = Workspace.objects.filter(id=kept["workspace"], is_active=True).first()
    if workspace is None or not compare_digest(kept["state"], request.GET.get("state", "")):
        raise Http404
    try:
        tokens = tokens_for_code(
            found,
            code=request.GET.get("code", ""),
            back=_back(request, provider),
            verifier=kept["verifier"],
        )
    except RemoteError:
        messages.error(request, _("The log-in wasn't completed. Nothing was connected."))
        return redirect(workspace_reverse(workspace.slug, "timeline:connections"))
    with workspace_scope(workspace):
        member = _member(request.user)
        row = connect_account(actor=Actor.for_member(member), member=member, provider=provider, tokens=tokens)
    return redirect(workspace_reverse(workspace.slug, "timeline:connection_choose", row.id))


def _member(user: Any) -> Member:
    member = Member.objects.select_related("role", "team").filter(user_id=user.id, is_active=True).first()
    if member is None or not may(member, "meeting", "create"):
        raise Http404
    return member
