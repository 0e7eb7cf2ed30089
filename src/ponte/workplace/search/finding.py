"""Asking the sources: exact identities first, then words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from ponte.core.models import Member
from ponte.core.text import fold
from ponte.workplace.search.candidates import bitmap_scans_only
from ponte.workplace.search.sources import SearchHit, SearchSource, SearchTerms, sources_for


@dataclass(frozen=True)
class FoundGroup:
    """What one source found, best first."""

    source: SearchSource
    hits: list[SearchHit]
    more: bool


@dataclass(frozen=True)
class SearchResult:
    """What the whole search found."""

    text: str
    words: Sequence[str]
    groups: list[FoundGroup]

    @property
    def hits(self) -> list[SearchHit]:
        """Every hit, group after group."""
        return [hit for group in self.groups for hit in group.hits]


def search_everything(member: Member, text: str, *, limit: int, only: str = "") -> SearchResult:
    """Search every source the member may use.

    One indexed look-up per source that knows identities, one query per source for words, and two to forbid and allow
    table scans around them.

    Args:
        text: as typed.
        limit: hits per source.
        only: name of the one object to search, "" for all.
    """
    terms = SearchTerms.of(text)
    sources = [source for source in sources_for(member) if not only or source.object == only]
    if terms is None:
        return SearchResult(text.strip(), (), [])
    exact = {source.key: source.resolve(member, terms.text) if source.resolve else [] for source in sources}
    with bitmap_scans_only():
        found = {source.key: source.query(member, terms, limit + 1) for source in sources}
    groups = [_group(source, exact[source.key], found[source.key], limit) for source in sources]
    filled = [group for group in groups if group.hits]
    filled.sort(key=lambda group: not exact[group.source.key])  # who was named exactly comes first
    return SearchResult(terms.text, terms.words, filled)


def _group(source: SearchSource, exact: list[SearchHit], found: list[SearchHit], limit: int) -> FoundGroup:
    known = {hit.id for hit in exact}
    hits = [*exact, *(hit for hit in found if hit.id not in known)]
    return FoundGroup(source, hits[:limit], len(hits) > limit)


_WORD = re.compile(r"[^\W_]+")


def highlight(text: str, words: Sequence[str]) -> SafeString:
    """Return ``text`` as HTML with the beginnings of words that were searched for in ``<mark>``; accents don't matter."""
    shown: list[str] = []
    at = 0
    for match in _WORD.finditer(text):
        length = _matched(match.group(), words)
        if length:
            shown.append(conditional_escape(text[at : match.start()]))
            shown.append(f"<mark>{conditional_escape(match.group()[:length])}</mark>")
            at = match.start() + length
    shown.append(conditional_escape(text[at:]))
    return mark_safe("".join(shown))


def _matched(word: str, words: Sequence[str]) -> int:
    """Return how many letters of ``word`` the longest searched word covers; 0 when none begins it."""
    folded = fold(word)
    best = max((len(wanted) for wanted in words if folded.startswith(wanted)), default=0)
    return min(best, len(word))
