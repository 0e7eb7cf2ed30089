"""Conditions inside addresses: JSON, deflated, in the letters URLs take."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

LONGEST = 3_000  # characters in a URL; saved views keep the URL's query
MOST_JSON = 20_000  # bytes it may unfold to


def encode(raw: Any) -> str:
    """Return a condition's JSON as one URL parameter."""
    text = json.dumps(raw, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def decode(text: str) -> Any:
    """Return the JSON written in a URL parameter, None when it isn't one."""
    if not text or len(text) > LONGEST:
        return None
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        unfolding = zlib.decompressobj()
        plain = unfolding.decompress(packed, MOST_JSON)
        return json.loads(plain) if unfolding.eof else None
    except (ValueError, zlib.error, RecursionError):
        return None
