"""The signed links of the customers' own preference pages: no log-in, nothing to guess, nothing about the person."""

from __future__ import annotations

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.core import signing

from ponte.core.tenancy.scope import current_workspace
from ponte.core.tenancy.urls import public_reverse
from ponte.privacy.models import PreferenceLink

_SALT = "ponte.privacy.preferences"
_BYTES = 34  # workspace, customer, two of serial


def preference_path(party_id: UUID) -> str:
    """Return the path of a customer's preference page in the open workspace. One query."""
    serial = PreferenceLink.objects.filter(party_id=party_id).values_list("serial", flat=True).first() or 0
    return public_reverse("preferences", token=make_token(current_workspace().id, party_id, serial))


def preference_url(party_id: UUID, *, base: str = "") -> str:
    """Return the whole address of the page, for messages; ``base`` where the installation's own isn't set."""
    return (settings.PONTE_URL or base).rstrip("/") + preference_path(party_id)


def make_token(workspace_id: UUID, party_id: UUID, serial: int) -> str:
    """Return the signed token of a link."""
    raw = workspace_id.bytes + party_id.bytes + serial.to_bytes(2, "big")
    return _signer().sign(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


def read_token(token: str) -> tuple[UUID, UUID, int] | None:
    """Return workspace, customer and serial of a token; None when it wasn't made here."""
    try:
        text = _signer().unsign(token)
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    if len(raw) != _BYTES:
        return None
    return UUID(bytes=raw[:16]), UUID(bytes=raw[16:32]), int.from_bytes(raw[32:], "big")


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, algorithm="sha256", sep=".")
