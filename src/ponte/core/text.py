"""Folding of text for comparison and sorting, and the words a search document and a search query are made of.

The embedded PostgreSQL has neither ICU nor ``unaccent``, so accents and case are dealt with here, once, and
the database only ever sees folded words:

* ``sort_key`` fills ``sort_name`` columns (``COLLATE "C"``);
* ``search_document`` writes the text of a ``tsvector`` and ``search_query`` the text of the ``tsquery`` that
  finds it.

Words of a document are stored whole, and their first one, two and three letters as lexemes of their own with
the marker ``^`` (``^a ^an ^ana``): a short last word of a query is then one exact look-up and never a wide
prefix scan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

MAX_WORD = 40  # letters of a word that are kept; PostgreSQL itself would allow 2,046 bytes
MAX_LEXEMES = 800  # per document
MAX_QUERY_TEXT = 300  # letters of a query that are looked at
MAX_QUERY_WORDS = 8
SHORT_PREFIX = 3

# Letters that NFKD leaves whole although people type them plain.
_PLAIN = str.maketrans(
    {
        "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
        "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ſ": "s", "’": "'", "‘": "'", "`": "'", "´": "'",
    }
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_NOT_WORD = re.compile(r"[\W_]+")
# Words so common inside Brazilian names that demanding them finds less and costs more.
_PARTICLES = frozenset({"da", "das", "de", "di", "do", "dos", "du", "e"})
# Ends of domains that say nothing about whose address it is.
_DOMAIN_ENDS = frozenset({"com", "br", "net", "org", "gov", "edu", "www", "pt", "co", "io"})
_SPACED_DIGITS = re.compile(r"(?<![^\W_])[+(]{0,2}\d[\d\s().+\-/]{6,}\d(?![^\W_])")


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


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, each at most ``MAX_WORD`` letters long."""
    folded = fold(text)
    found = _WORD.findall(folded)
    return found if len(folded) <= MAX_WORD else [word[:MAX_WORD] for word in found]


def search_terms(text: str) -> list[str]:
    """Return the distinct folded words of a query, at most ``MAX_QUERY_WORDS``, for highlighting."""
    return list(dict.fromkeys(words(text[:MAX_QUERY_TEXT])))[:MAX_QUERY_WORDS]


@lru_cache(maxsize=8192)
def sort_key(name: str, *, length: int = 200) -> str:
    """Return the value of a ``sort_name`` column for ``name``.

    Punctuation counts as a space, so that ``"D'Ávila"`` stands with ``"D Avila"`` and quotes at the beginning
    do not send a name to the top.

    Args:
        name: the name as shown.
        length: most letters kept.
    """
    return _NOT_WORD.sub(" ", fold(name)).strip()[:length].rstrip()


def search_document(
    *,
    names: Iterable[str] = (),
    emails: Iterable[str] = (),
    digits: Iterable[str] = (),
    extra: Iterable[str] = (),
) -> str:
    """Return the text of the ``tsvector`` under which a record is found; cast it with ``::tsvector``.

    Args:
        names: names and trade names; found by whole words, prefixes of any length.
        emails: addresses; found whole, by their beginning, by words of the local part, by ``@domain``.
        digits: phones in E.164, CPF, CNPJ (letters too), CEP; found whole, by their beginning, by the last
            four or eight characters, Brazilian phones also without ``+55`` and without the area code.
        extra: anything else (city, codes, tags); found by whole words and prefixes of four letters or more.

    Returns:
        Quoted lexemes separated by spaces; empty when there is nothing to find the record by.
    """
    return " ".join(
        _quote(lexeme) for lexeme in search_lexemes(names=names, emails=emails, digits=digits, extra=extra)
    )


def search_lexemes(
    *,
    names: Iterable[str] = (),
    emails: Iterable[str] = (),
    digits: Iterable[str] = (),
    extra: Iterable[str] = (),
) -> list[str]:
    """Return the lexemes of ``search_document`` as they are, unquoted, each once."""
    lexemes: dict[str, None] = {}
    for name in names:
        for word in words(name):
            lexemes.update(_name_lexemes(word))
    for email in emails:
        lexemes.update(_email_lexemes(email))
    for number in digits:
        lexemes.update(dict.fromkeys(number_lexemes(number)))
    for text in extra:
        lexemes.update(dict.fromkeys(words(text)))
    return list(lexemes) if len(lexemes) <= MAX_LEXEMES else list(lexemes)[:MAX_LEXEMES]


def weighted_document(lexemes: Sequence[str], mark: str) -> str:
    """Return the text of a ``tsvector`` in which every lexeme carries ``mark`` (``:1A``)."""
    if not lexemes:
        return ""
    text = f"'{mark} '".join(lexemes)
    if text.count("'") == 2 * len(lexemes) - 2 and "\\" not in text:
        return f"'{text}'{mark}"
    return " ".join(f"{_quote(lexeme)}{mark}" for lexeme in lexemes)


@lru_cache(maxsize=16384)
def _name_lexemes(word: str) -> dict[str, None]:
    return dict.fromkeys([word, *_short_prefixes(word)])


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


def _quote(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _short_prefixes(word: str) -> Iterator[str]:
    for length in range(1, min(SHORT_PREFIX, len(word)) + 1):
        yield "^" + word[:length]


def _email_lexemes(email: str) -> dict[str, None]:
    address = fold(email).replace(" ", "")[: 2 * MAX_WORD]
    local, at, domain = address.partition("@")
    if not _WORD.search(address):
        return {}
    lexemes: dict[str, None] = {address: None}
    for word in words(local):
        lexemes.update(_name_lexemes(word))
    if at and domain:
        lexemes.update(_domain_lexemes(domain))
    return lexemes


@lru_cache(maxsize=4096)
def _domain_lexemes(domain: str) -> dict[str, None]:
    starts = ("^@" + domain[:length] for length in range(1, min(SHORT_PREFIX, len(domain)) + 1))
    parts = (_name_lexemes(word) for word in words(domain) if word not in _DOMAIN_ENDS)
    return dict.fromkeys(("@" + domain, *starts, *(lexeme for part in parts for lexeme in part)))


def number_lexemes(number: str) -> list[str]:
    """Return what a phone (E.164 without "+"), document or code is found by: whole, its end, as neighbours dial it."""
    plain = number.isascii() and number.isalnum()
    joined = (number.lower() if plain else _NOT_WORD.sub("", fold(number)))[:MAX_WORD]
    if not joined:
        return []
    lexemes, length = [joined], len(joined)
    if length in (12, 13) and joined.startswith("55") and joined.isdigit():
        lexemes += (joined[2:], joined[4:])  # with area code; as neighbours dial it
    if length > 8:
        lexemes += (joined[-8:], joined[-4:])
    elif length > 4:
        lexemes.append(joined[-4:])
    return lexemes


def _chunks(text: str) -> list[str]:
    """Cut a query at white space, after joining numbers that are written with spaces."""
    folded = _SPACED_DIGITS.sub(_join_digits, fold(text))
    found = [chunk for chunk in folded.split() if _WORD.search(chunk)]
    meaningful = [chunk for chunk in found[:-1] if chunk not in _PARTICLES] + found[-1:]
    return meaningful[-MAX_QUERY_WORDS:]


def _join_digits(match: re.Match[str]) -> str:
    if not re.search(r"[\s()]", match.group()):
        return match.group()  # one chunk already, looked for joined and in its groups
    joined = re.sub(r"\D", "", match.group())
    return f" {joined} " if 8 <= len(joined) <= 15 else match.group()


def _chunk_query(chunk: str, *, last: bool) -> str:
    if "@" in chunk:
        return _address_query(chunk, last=last)
    parts = [part[:MAX_WORD] for part in _WORD.findall(chunk)]
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
    terms = [_quote(part) for part in parts[:-1]]
    terms.append(_word_query(parts[-1], last=last))
    return f"({' & '.join(terms)})"


def _address_query(chunk: str, *, last: bool) -> str:
    address = chunk.strip(".,;:<>()\"'")[: 2 * MAX_WORD]
    if not last and "." in address.partition("@")[2]:
        return _quote(address)
    if address.startswith("@") and len(address) <= SHORT_PREFIX + 1:
        return _quote("^" + address)
    return _prefix(address)


def _word_query(word: str, *, last: bool) -> str:
    if not last:
        return _quote(word) if not word.isdigit() or len(word) < 8 else _number_query(word)
    if len(word) <= SHORT_PREFIX:
        return _quote("^" + word)
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
    return _quote(word) + ":*"


_SMALL_WORDS = _PARTICLES | {"of", "and", "the", "del", "la", "van", "von"}


def proper_case(text: str) -> str:
    """Return a name with capitals where it was written without any, or with nothing else.

    ``"SÃO JOSÉ DOS CAMPOS"`` and ``"são josé dos campos"`` become ``"São José dos Campos"``; mixed case is left alone.
    """
    if not text.islower() and not (text.isupper() and len(text) > 3):
        return text
    words_ = text.lower().split()
    return " ".join(
        word if position and word in _SMALL_WORDS else word[:1].upper() + word[1:]
        for position, word in enumerate(words_)
    )
