"""Letters without accents and case, and what documents and queries of the search have in common."""

from __future__ import annotations

import re
import unicodedata

MAX_WORD = 40  # letters of a word that are kept; PostgreSQL itself would allow 2,046 bytes
SHORT_PREFIX = 3

# Letters that NFKD leaves whole although people type them plain.
_PLAIN = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
        "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ſ": "s", "’": "'", "‘": "'", "`": "'", "´": "'",
    }
)  # fmt: skip
WORD = re.compile(r"[^\W_]+")
# Words so common inside Brazilian names that demanding them finds less and costs more.
PARTICLES = frozenset({"da", "das", "de", "di", "do", "dos", "du", "e"})


def fold(text: str) -> str:
    """Return ``text`` without accents and case, its white space collapsed to single spaces.

    Args:
        text: anything; control characters, among them NUL, count as white space.

    Returns:
        The folded text: ``fold("  São  JOÃO ") == "sao joao"``, ``fold("Straße") == "strasse"``.
    """
    folded = text.lower() if text.isascii() else text.translate(_FOLDED)
    return " ".join(_without_controls(folded).split())


class _Folded(dict[int, str]):
    """What each letter becomes. Letter by letter is enough: no step of folding looks at neighbours."""

    def __missing__(self, code: int) -> str:
        decomposed = unicodedata.normalize("NFKD", chr(code).casefold())
        kept = "".join(
            letter for letter in decomposed if not unicodedata.combining(letter) and letter != "\u00ad"
        )
        # Case folding again: NFKD opens ligatures and styled letters into capitals (``℻`` → ``FAX``).
        folded = kept.casefold().translate(_PLAIN)
        if code < 0x2100:  # the alphabets of here; the rest is rare and would only grow the table
            self[code] = folded
        return folded


_FOLDED = _Folded()


def _without_controls(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else (" " if unicodedata.category(letter) != "Cf" else "")
        for letter in text
    )


def quote(lexeme: str) -> str:
    """Return a lexeme as tsvector and tsquery write it."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
