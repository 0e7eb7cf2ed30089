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
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from ponte.core.folding import MAX_WORD, PARTICLES, SHORT_PREFIX, WORD, fold, quote
from ponte.core.search_queries import MAX_QUERY_TEXT, MAX_QUERY_WORDS, search_query

__all__ = [
    "MAX_LEXEMES",
    "MAX_WORD",
    "fold",
    "number_lexemes",
    "proper_case",
    "search_document",
    "search_lexemes",
    "search_query",
    "search_terms",
    "sort_key",
    "weighted_document",
    "words",
]
MAX_LEXEMES = 800  # per document

_NOT_WORD = re.compile(r"[\W_]+")
# Ends of domains that say nothing about whose address it is.
_DOMAIN_ENDS = frozenset({"com", "br", "net", "org", "gov", "edu", "www", "pt", "co", "io"})


def words(text: str) -> list[str]:
    """Return the folded words of ``text`` in order, each at most ``MAX_WORD`` letters long."""
    folded = fold(text)
    found = WORD.findall(folded)
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
        quote(lexeme) for lexeme in search_lexemes(names=names, emails=emails, digits=digits, extra=extra)
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
    return " ".join(f"{quote(lexeme)}{mark}" for lexeme in lexemes)


@lru_cache(maxsize=16384)
def _name_lexemes(word: str) -> dict[str, None]:
    return dict.fromkeys([word, *_short_prefixes(word)])


def _short_prefixes(word: str) -> Iterator[str]:
    for length in range(1, min(SHORT_PREFIX, len(word)) + 1):
        yield "^" + word[:length]


def _email_lexemes(email: str) -> dict[str, None]:
    address = fold(email).replace(" ", "")[: 2 * MAX_WORD]
    local, at, domain = address.partition("@")
    if not WORD.search(address):
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


_SMALL_WORDS = PARTICLES | {"of", "and", "the", "del", "la", "van", "von"}


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
