"""Names in capitals or small letters, written the way people do: "MARIA DA SILVA" is "Maria da Silva"."""

from __future__ import annotations

import re

# articles and prepositions stay small inside a name
PARTICLES = frozenset(
    ["da", "das", "de", "del", "della", "di", "do", "dos", "du", "e", "la", "van", "von", "der", "y"]
)
NUMERALS = frozenset(
    [
        "ii",
        "iii",
        "iv",
        "vi",
        "vii",
        "viii",
        "ix",
        "xi",
        "xii",
        "xiii",
        "xiv",
        "xv",
        "xvi",
        "xx",
        "xxi",
        "xxiii",
    ]
)
LEGAL = {"ltda": "Ltda", "me": "ME", "epp": "EPP", "eireli": "EIRELI", "mei": "MEI", "s/a": "S/A", "s.a": "S.A",
         "sa": "SA", "cia": "Cia", "ss": "SS"}  # fmt: skip
SHORTEST = 4
_PIECE = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWEL = re.compile(r"[aeiouyáàâãéêíóôõúü]", re.IGNORECASE)


def is_flat(text: str) -> bool:
    """Return whether a name of several words is all capitals or all small letters."""
    return len(text) >= SHORTEST and " " in text.strip() and (text == text.upper() or text == text.lower())


def proper_name(text: str, *, company: bool = False) -> str:
    """Return a flat name in proper case; one that mixes capitals and small letters was typed on purpose and stays.

    Args:
        text: the name.
        company: legal forms (LTDA, ME, S/A) and letter words without a vowel (RH, BR) keep their capitals.
    """
    if not is_flat(text):
        return text
    return " ".join(
        proper_word(word, position, company=company) for position, word in enumerate(text.split())
    )


def proper_word(word: str, position: int, *, company: bool) -> str:
    """Return one word of a flat name; ``position`` 0 is the first, which is never small."""
    bare = word.lower().rstrip(".,")
    if company and bare in LEGAL and position:
        return LEGAL[bare] + word[len(bare) :]
    if bare in PARTICLES and position:
        return word.lower()
    if bare in NUMERALS and position:
        return word.upper()
    if any(map(str.isdigit, word)):  # a code: 3M, 4YOU
        return word
    if company and word.isupper() and bare.isalpha() and (len(bare) == 1 or not _VOWEL.search(bare)):
        return word
    return _PIECE.sub(lambda found: _piece(found[0]), word)


def _piece(text: str) -> str:
    """Capitalise a word; what stands behind an apostrophe too ("D'Ávila")."""
    return re.sub(r"(^|['’])([^\W\d_])", lambda found: found[1] + found[2].upper(), text.lower())
