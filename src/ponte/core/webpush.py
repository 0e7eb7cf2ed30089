"""Web push: messages encrypted for one browser (RFC 8291, aes128gcm of RFC 8188) and signed by us (VAPID, RFC 8292).

Written on ``cryptography`` because the libraries there are bring HTTP clients of their own, and push addresses come from browsers:
only the guarded client may call them. The test checks the example of RFC 8291's appendix.
"""

from __future__ import annotations

import base64
import os
import time
from urllib.parse import urlsplit

import orjson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_BYTES = 4096
MAX_BYTES = 3993  # of plain text: what fits one record of 4096 bytes beside header, padding mark and tag
AUTH_BYTES = 16
VALID_SECONDS = 12 * 3600  # of a signature; push services refuse more than a day


def encode(data: bytes) -> str:
    """Return base64 for URLs, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64 for URLs; raise ``ValueError`` when it isn't."""
    return base64.b64decode(text.encode() + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)


def new_key() -> ec.EllipticCurvePrivateKey:
    """Return a key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    """Return a public key as browsers give and take it: 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_public(data: bytes) -> ec.EllipticCurvePublicKey:
    """Return a browser's public key; raise ``ValueError`` when it isn't one on P-256."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data)


def encrypt(
    text: bytes,
    receiver: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the body of a push message.

    Args:
        text: at most ``MAX_BYTES``.
        receiver, auth: the subscription's ``p256dh`` and ``auth``, decoded.
        salt, sender: only for tests; fresh for each message.

    Raises:
        ValueError: the text is too long or the key no point on the curve.
    """
    if len(text) > MAX_BYTES:
        raise ValueError("a push message holds at most 3993 bytes")
    salt, sender = salt or os.urandom(16), sender or new_key()
    own = public_bytes(sender.public_key())
    shared = sender.exchange(ec.ECDH(), read_public(receiver))
    secret = _derive(shared, auth, b"WebPush: info\0" + receiver + own, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes([len(own)]) + own
    return header + AESGCM(key).encrypt(nonce, text + b"\x02", None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=salt, info=info).derive(secret)


def signature(
    endpoint: str, key: ec.EllipticCurvePrivateKey, *, contact: str, now: float | None = None
) -> str:
    """Return the ``Authorization`` header by which the push service knows us.

    ``contact`` is a ``mailto:`` or ``https:`` address of who runs this installation.
    """
    parts = urlsplit(endpoint)
    expires = int(now if now is not None else time.time()) + VALID_SECONDS
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": expires, "sub": contact}
    head = encode(orjson.dumps({"typ": "JWT", "alg": "ES256"}))
    signed = f"{head}.{encode(orjson.dumps(claims))}"
    first, second = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    raw = first.to_bytes(32, "big") + second.to_bytes(32, "big")
    return f"vapid t={signed}.{encode(raw)}, k={encode(public_bytes(key.public_key()))}"
