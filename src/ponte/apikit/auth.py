"""Bearer tokens: which workspace, which member, what the call may do."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.operation import Operation

from ponte.apikit.problems import Problem
from ponte.apikit.scopes import covers, is_scope
from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.services.tokens import find_token
from ponte.core.tenancy.models import ApiToken, User

MEMBER = Prepared[Member](
    lambda member_id: Member.objects.select_related("role", "team").filter(id=member_id, is_active=True), UUID
)
USER = Prepared[UUID](
    lambda user_id: User.objects.filter(id=user_id, is_active=True).values_list("id", flat=True), UUID
)


class BearerToken:
    """What an operation asks of the token. Give it as ``auth=scope("orders:read")``.

    The gateway has found the token and its member before; here only the scope is checked, so that an operation
    without any is refused (fails closed).
    """

    openapi_security_schema = {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token of a workspace.",
    }

    def __init__(self, name: str) -> None:
        if name and not is_scope(name):
            raise ValueError(f"unknown scope {name}")
        self.scope = name

    def __call__(self, request: HttpRequest) -> Any:
        token: ApiToken | None = getattr(request, "token", None)
        if token is None or not self.scope:
            raise unauthenticated()
        if not covers(token.scopes, self.scope):
            detail = _("This token lacks the scope %(scope)s.") % {"scope": self.scope}
            raise Problem(
                403, "scope_missing", _("Not allowed"), detail, extra={"required_scope": self.scope}
            )
        return token


def scope(name: str) -> BearerToken:
    """Return the check that the token carries scope ``name`` (``customers:read``); for ``auth=`` of a route."""
    return BearerToken(name)


def scope_of_operation(operation: Operation) -> str:
    """Return the scope an operation asks for, or "" when it has none."""
    for check in operation.auth_callbacks:
        if isinstance(check, BearerToken):
            return check.scope
    return ""


def authenticate(request: HttpRequest) -> ApiToken:
    """Return the valid token of the request's Authorization header; raise a 401 problem otherwise.

    Every call costs one hash and one indexed look-up of it, whatever is wrong with the token.
    """
    scheme, _sep, secret = request.headers.get("Authorization", "").partition(" ")
    token = find_token(secret.strip() if scheme.lower() == "bearer" else "")
    if token is None:
        raise unauthenticated()
    return token


def identify(request: HttpRequest, token: ApiToken) -> Member:
    """Set workspace, member and actor on the request; raise a 401 problem when the member left.

    Call it inside the workspace's scope.
    """
    member = MEMBER.first(token.member_id)
    if member is None or not USER.rows(member.user_id):
        raise unauthenticated()
    request.token = token  # type: ignore[attr-defined]
    request.workspace = token.workspace  # type: ignore[attr-defined]
    request.member = member  # type: ignore[attr-defined]
    address = request.META.get("REMOTE_ADDR") or None
    request.actor = Actor.for_token(member, token.name, address=address)  # type: ignore[attr-defined]
    return member


def unauthenticated() -> Problem:
    """Return the 401: the same whatever was wrong."""
    return Problem(
        401,
        "unauthenticated",
        _("A valid token is needed"),
        _("Send the header Authorization: Bearer followed by a token of your workspace."),
        headers={"WWW-Authenticate": 'Bearer realm="ponte"'},
    )
