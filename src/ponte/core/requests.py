"""The request as views inside a workspace get it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from ponte.core.actors import Actor
    from ponte.core.errors import Denied
    from ponte.core.models import Member
    from ponte.core.tenancy.models import Workspace


class WorkspaceRequest(HttpRequest):
    """What the workspace middleware adds to Django's request. Annotate views with it; never instantiate it."""

    workspace: Workspace
    member: Member
    actor: Actor
    has_other_workspaces: bool
    htmx: HtmxDetails
    ponte_failed: bool  # an exception became a response: the transaction must not commit
    ponte_denied: Denied  # what to write into the audit log after rolling back
