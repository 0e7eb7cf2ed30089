"""Encryption at rest: AES-256-GCM under the installation's key or under a subject's own."""

from __future__ import annotations

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class Unreadable(ValueError):
    """The ciphertext is damaged or was made with another key."""


def new_key() -> bytes:
    """Return 32 random bytes, a key of its own."""
    return AESGCM.generate_key(bit_length=256)


def seal(data: bytes, key: bytes, context: bytes = b"") -> bytes:
    """Encrypt ``data``; ``context`` must be given again to open it (binds it to its place)."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, context)


def open_sealed(sealed: bytes, key: bytes, context: bytes = b"") -> bytes:
    """Decrypt what ``seal`` made; raise ``Unreadable`` when it can't be."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except (InvalidTag, ValueError) as error:
        raise Unreadable("sealed value can't be opened with this key") from error


def seal_secret(text: str) -> bytes:
    """Encrypt a secret of the installation (a webhook's key, a mailbox's password)."""
    return seal(text.encode(), _installation_key(), b"secret")


def open_secret(sealed: bytes) -> str:
    """Return a secret kept by ``seal_secret``."""
    return open_sealed(bytes(sealed), _installation_key(), b"secret").decode()


def wrap_key(key: bytes, owner: bytes) -> bytes:
    """Encrypt a subject's key with the installation's, bound to its owner."""
    return seal(key, _installation_key(), b"key:" + owner)


def unwrap_key(wrapped: bytes, owner: bytes) -> bytes:
    """Return a subject's key kept by ``wrap_key``."""
    return open_sealed(bytes(wrapped), _installation_key(), b"key:" + owner)


@lru_cache(maxsize=1)
def _installation_key() -> bytes:
    key = base64.urlsafe_b64decode(settings.PONTE_ENCRYPTION_KEY)
    if len(key) != 32:
        raise ValueError("PONTE_ENCRYPTION_KEY must be 32 bytes, base64-encoded")
    return key
