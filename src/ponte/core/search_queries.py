"""The text of the ``tsquery`` that finds what a person typed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ponte.core.folding import MAX_WORD, PARTICLES, SHORT_PREFIX, WORD, fold, quote

MAX_QUERY_TEXT = 300  # letters of a query that are looked at
MAX_QUERY_WORDS = 8
_SPACED_DIGITS = re.compile(r"(?<![^\W_])[+(]{0,2}\d[\d\s().+\-/]{6,}\d(?![^\W_])")


def search_query(text: str) -> str | None:
    """Return the text of the ``tsquery`` for what a person typed; cast it with ``::tsquery``.

    Every word must be there: earlier ones whole, the last as a beginning. Written numbers (phones, CPF, CNPJ)
    are looked for joined, with and without the ninth digit, and as the single groups they are written in.

    Args:
        text: anything at all.

    Returns:
        Valid tsquery text, or None when nothing in ``text`` can be searched for.
    """
    chunks = _chunks(text[:MAX_QUERY_TEXT])
    terms: list[str] = []
    for position, chunk in enumerate(chunks):
        terms.append(_chunk_query(chunk, last=position == len(chunks) - 1))
    return " & ".join(terms) if terms else None


def _chunks(text: str) -> list[str]:
    """Cut a query at white space, after joining numbers that are written with spaces."""
    folded = _SPACED_DIGITS.sub(_join_digits, fold(text))
    found = [chunk for chunk in folded.split() if WORD.search(chunk)]
    meaningful = [chunk for chunk in found[:-1] if chunk not in PARTICLES] + found[-1:]
    return meaningful[-MAX_QUERY_WORDS:]


def _join_digits(match: re.Match[str]) -> str:
    if not re.search(r"[\s()]", match.group()):
        return match.group()  # one chunk already, looked for joined and in its groups
    joined = re.sub(r"\D", "", match.group())
    return f" {joined} " if 8 <= len(joined) <= 15 else match.group()


def _chunk_query(chunk: str, *, last: bool) -> str:
    if "@" in chunk:
        return _address_query(chunk, last=last)
    parts = [part[:MAX_WORD] for part in WORD.findall(chunk)]
    if len(parts) == 1:
        return _word_query(parts[0], last=last)
    choices = [_all_of(parts[:MAX_QUERY_WORDS], last=last)]
    joined = "".join(parts)[:MAX_WORD]
    if len(joined) > SHORT_PREFIX and any(letter.isdigit() for letter in joined):
        choices.insert(0, _word_query(joined, last=True))
    elif "." in chunk:
        choices.insert(0, _prefix("@" + chunk.strip(".")[: 2 * MAX_WORD]))
    return choices[0] if len(choices) == 1 else f"({' | '.join(choices)})"


def _all_of(parts: list[str], *, last: bool) -> str:
    terms = [quote(part) for part in parts[:-1]]
    terms.append(_word_query(parts[-1], last=last))
    return f"({' & '.join(terms)})"


def _address_query(chunk: str, *, last: bool) -> str:
    address = chunk.strip(".,;:<>()\"'")[: 2 * MAX_WORD]
    if not last and "." in address.partition("@")[2]:
        return quote(address)
    if address.startswith("@") and len(address) <= SHORT_PREFIX + 1:
        return quote("^" + address)
    return _prefix(address)


def _word_query(word: str, *, last: bool) -> str:
    if not last:
        return quote(word) if not word.isdigit() or len(word) < 8 else _number_query(word)
    if len(word) <= SHORT_PREFIX:
        return quote("^" + word)
    return _number_query(word) if word.isdigit() else _prefix(word)


def _number_query(number: str) -> str:
    choices = dict.fromkeys(_prefix(variant) for variant in _number_variants(number))
    return next(iter(choices)) if len(choices) == 1 else f"({' | '.join(choices)})"


def _number_variants(number: str) -> Iterator[str]:
    """Yield ``number`` and, where it looks like a Brazilian phone, the other ways it is stored."""
    yield number
    national = number
    if len(number) in (12, 13) and number.startswith("55"):
        national = number[2:]
    elif len(number) in (11, 12) and number.startswith("0"):
        national = number[1:]
        yield national
    if len(national) == 11 and national[2] == "9" and national[3] in "6789":
        yield national[:2] + national[3:]
        yield national
    elif len(national) == 10 and national[2] in "6789":
        yield national[:2] + "9" + national[2:]
        yield national
    elif len(number) == 9 and number.startswith("9"):
        yield number[1:]


def _prefix(word: str) -> str:
    return quote(word) + ":*"
