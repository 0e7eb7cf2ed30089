"""Tokens of public links: which workspace, and 32 random bytes nobody guesses. Only a hash finds one; see ``PublicLink``."""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from uuid import UUID

from django.conf import settings

from ponte.core.crypto import open_secret
from ponte.core.tenancy.scope import current_workspace
from ponte.core.tenancy.urls import public_reverse
from ponte.sales.models.document import PublicLink

_RANDOM = 32


def new_token() -> str:
    """Return a token for the open workspace."""
    raw = current_workspace().id.bytes + secrets.token_bytes(_RANDOM)
    return base64.urlsafe_b64encode(raw).decode()


def workspace_of(token: str) -> UUID | None:
    """Return the workspace a token says it belongs to; None for what is no token."""
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        return None
    return UUID(bytes=raw[:16]) if len(raw) == 16 + _RANDOM else None


def digest_of(token: str) -> str:
    """Return what a link is found by."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_path(link: PublicLink) -> str:
    """Return the path of a link's page."""
    name = "sales_quote" if link.signer_id is None else "sales_contract"
    return public_reverse(name, token=open_secret(bytes(link.sealed)))


def link_url(link: PublicLink, *, base: str = "") -> str:
    """Return the whole address, for messages; ``base`` where the installation's own isn't set."""
    return (settings.PONTE_URL or base).rstrip("/") + link_path(link)
