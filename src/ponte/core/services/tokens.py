"""API tokens: made once, shown once, kept as a digest."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.prepared import Prepared
from ponte.core.services import audit
from ponte.core.tenancy.models import ApiToken
from ponte.core.tenancy.scope import current_workspace

PREFIX = "ponte_"
LIVING = Prepared[ApiToken](
    lambda digest: ApiToken.objects.select_related("workspace").filter(digest=digest, revoked_at=None), str
)
SCOPES = (
    "customers:read", "customers:write", "interactions:read", "interactions:write", "tasks:read", "tasks:write",
    "meetings:read", "meetings:write", "products:read", "products:write", "orders:read", "orders:write",
    "cadences:read", "cadences:write", "territories:read", "territories:write",
    "quotes:read", "quotes:write",
    "sales:read", "sales:write",
    "lists:read", "lists:write", "export", "admin",
)  # fmt: skip


def create_token(
    *, member: Member, name: str, scopes: Sequence[str], actor: Actor, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token that acts as ``member`` within ``scopes``; return it and the secret, which is never shown again."""
    if not name.strip():
        raise Invalid.on("name", "required", _("Give the token a name that tells what it is for."))
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise Invalid.on("scopes", "invalid", _("Choose at least one of the scopes offered."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        workspace=current_workspace(), member_id=member.id, name=name.strip()[:80], prefix=secret[:12],
        digest=digest(secret), scopes=list(scopes), expires_at=expires_at,
    )  # fmt: skip
    audit.record(
        actor=actor,
        act="token.created",
        target=token,
        changes={"name": (None, token.name), "scopes": (None, list(scopes))},
    )
    return token, secret


def revoke_token(*, token: ApiToken, actor: Actor) -> None:
    """Stop a token from working, at once."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        audit.record(
            actor=actor, act="token.revoked", target=token, changes={"name": (token.name, token.name)}
        )


def find_token(secret: str) -> ApiToken | None:
    """Return the live token of a secret, with its workspace; None when unknown, expired or revoked."""
    token = LIVING.first(digest(secret))
    if token is None or not token.workspace.is_active:
        return None
    return None if token.expires_at and token.expires_at <= timezone.now() else token


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
