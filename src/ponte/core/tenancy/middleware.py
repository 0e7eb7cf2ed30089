"""From the address to the workspace: takes the slug off the path, opens scope and transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from ponte.core.actors import Actor
from ponte.core.errors import Denied, Missing
from ponte.core.log import workspace_slug
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.audit import record_denial
from ponte.core.services.members import adopt_address
from ponte.core.tenancy.models import Membership, Workspace
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.tenancy.urls import RESERVED_SLUGS

log = logging.getLogger(__name__)

MEMBERSHIPS = Prepared[Membership](
    lambda user_id: Membership.objects.select_related("workspace").filter(
        user_id=user_id, is_active=True, workspace__is_active=True
    ),
    UUID,
)
MEMBER = Prepared[Member](
    lambda user_id: Member.objects.select_related("role", "team").filter(user_id=user_id, is_active=True)[:1],
    UUID,
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
GetResponse = Callable[[HttpRequest], HttpResponseBase]


class _RollBack(Exception):
    """Carries a response out of a transaction that must not commit."""

    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response


class WorkspaceMiddleware:
    """Serves ``/{slug}/…`` inside the workspace, everything else without one.

    One transaction per request: rolled back on an exception (also one that was already turned into a response) and
    on any status ≥ 400 of an unsafe method. A workspace that isn't the user's looks like one that isn't there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        slug, _, rest = request.path_info.lstrip("/").partition("/")
        if not slug or slug in RESERVED_SLUGS:
            return self.get_response(request)
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        memberships = MEMBERSHIPS.rows(request.user.pk)
        membership = next((each for each in memberships if each.workspace.slug == slug), None)
        if membership is None:
            raise Http404
        inside = cast(WorkspaceRequest, request)
        inside.has_other_workspaces = len(memberships) > 1
        return self._serve(inside, membership.workspace, "/" + rest)

    def _serve(self, request: WorkspaceRequest, workspace: Workspace, path: str) -> HttpResponseBase:
        prefix, token = get_script_prefix(), workspace_slug.set(workspace.slug)
        set_script_prefix(f"/{workspace.slug}/")
        request.path_info, request.urlconf = path, settings.WORKSPACE_URLCONF
        request.workspace = workspace
        try:
            with workspace_scope(workspace, durable=request.method not in SAFE_METHODS):
                response = self._respond(request)
                if getattr(request, "ponte_failed", False) or (
                    request.method not in SAFE_METHODS and response.status_code >= 400
                ):
                    raise _RollBack(response)
            return response
        except _RollBack as rolled_back:
            self._record_denial(request)
            return rolled_back.response
        finally:
            set_script_prefix(prefix)
            workspace_slug.reset(token)
            timezone.deactivate()

    def _respond(self, request: WorkspaceRequest) -> HttpResponseBase:
        member = MEMBER.first(request.user.pk)
        if member is None:
            raise Http404
        request.member = member
        request.actor = Actor.for_member(member, address=request.META.get("REMOTE_ADDR"))
        if member.email != request.user.email:  # type: ignore[union-attr]
            adopt_address(member=member, email=request.user.email, actor=request.actor)  # type: ignore[union-attr]
        timezone.activate(ZoneInfo(request.workspace.timezone))
        with translation.override(member.language):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response

    def process_exception(self, request: WorkspaceRequest, exception: Exception) -> HttpResponse | None:
        """Mark the transaction for rolling back; turn a service's refusal into "no such page"."""
        request.ponte_failed = True
        if isinstance(exception, Denied):
            request.ponte_denied = exception
            raise Http404 from exception
        if isinstance(exception, Missing):
            raise Http404 from exception
        return None

    def _record_denial(self, request: WorkspaceRequest) -> None:
        denied: Denied | None = getattr(request, "ponte_denied", None)
        if denied is None:
            return
        with workspace_scope(request.workspace), transaction.atomic():
            record_denial(
                actor=request.actor, act=denied.act, object_type=denied.object_type, place=request.path[:200]
            )
