"""Asking a register: one guarded request, its answer read or its failure told apart."""

from __future__ import annotations

import json

from ponte.core.crypto import open_secret
from ponte.core.http import OutgoingError, request
from ponte.directory.adapters.registers import SHAPES
from ponte.directory.adapters.registers.shapes import Found
from ponte.directory.models import RegisterSource

TIMEOUT_SECONDS = 8.0
NOT_THERE = frozenset({400, 404, 422})  # the providers answer a code nobody has with either of these
LONGEST_WAIT = 3600


class LookupFailed(Exception):
    """A register couldn't be asked. ``permanent``: trying again is pointless; ``wait``: seconds it asks to be left alone."""

    def __init__(self, code: str, *, permanent: bool = False, wait: int = 0) -> None:
        self.code, self.permanent, self.wait = code, permanent, wait
        super().__init__(code)


def look_up(source: RegisterSource, code: str) -> Found | None:
    """Ask a register for a CNPJ or CEP; None when it knows none.

    Raises:
        LookupFailed: "busy" (429), "refused" (401, 403), "down" (5xx), "garbled", or the code of ``OutgoingError``.
    """
    shape = SHAPES[source.shape]
    headers = {"Accept": "application/json"}
    if source.sealed_key:
        headers["Authorization"] = f"Bearer {open_secret(bytes(source.sealed_key))}"
    url = source.url.rstrip("/") + shape.path.format(code=code)
    try:
        # a key isn't carried to wherever a redirect leads
        redirects = 0 if source.sealed_key else 2
        answer = request("GET", url, headers=headers, timeout=TIMEOUT_SECONDS, redirects=redirects)
    except OutgoingError as error:
        raise LookupFailed(error.code, permanent=error.permanent) from error
    if answer.status in NOT_THERE:
        return None
    if answer.status == 429:
        raise LookupFailed("busy", wait=_seconds(answer.headers.get("retry-after", "")))
    if answer.status in (401, 403):
        raise LookupFailed("refused", permanent=True)
    if answer.status != 200:
        raise LookupFailed("down")
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        raise LookupFailed("garbled") from error
    if not isinstance(body, dict):
        raise LookupFailed("garbled")
    return shape.read(body)


def _seconds(text: str) -> int:
    return min(int(text), LONGEST_WAIT) if text.isascii() and text.isdigit() else 0
