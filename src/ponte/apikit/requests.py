"""The request as an API operation sees it, after the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from ponte.core.actors import Actor
    from ponte.core.models import Member
    from ponte.core.tenancy.models import ApiToken, Workspace


class ApiRequest(HttpRequest):
    """A request let in by a token: whose workspace, which member, what the token may."""

    token: ApiToken
    workspace: Workspace
    member: Member
    actor: Actor
