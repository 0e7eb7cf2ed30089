"""Cells that a spreadsheet would run are made plain text; numbers and phones stay what they are."""

from __future__ import annotations

import re

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?[\d\s().,/-]*\d")


def neutral(text: str) -> str:
    """Return ``text`` with a ``'`` in front where a spreadsheet would take it for a formula.

    ``-12,50`` and ``+55 11 91234-5678`` are no formulas. The importer takes the ``'`` off again.
    """
    if not text.startswith(_DANGEROUS) or _PLAIN_NUMBER.fullmatch(text):
        return text
    return "'" + text
