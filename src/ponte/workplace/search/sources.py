"""What a module says to be found by the global search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.core.text import search_query, search_terms
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone


@dataclass(frozen=True)
class SearchTerms:
    """What a person typed, prepared once for every source.

    Attributes:
        text: as typed, trimmed.
        tsquery: text to cast with ``::tsquery``; never empty (a search without one isn't asked).
        words: folded words, for highlighting.
    """

    text: str
    tsquery: str
    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> SearchTerms | None:
        """Return the terms of ``text``, None when nothing in it can be searched for."""
        text = text.replace("\x00", " ").strip()
        tsquery = search_query(text)
        return cls(text, tsquery, tuple(search_terms(text))) if tsquery else None


@dataclass(frozen=True)
class SearchHit:
    """One record found. ``url`` opens it whole; ``avatar`` ("person" or "company") shows initials instead of ``icon``."""

    object: str
    id: UUID
    title: str
    url: str
    subtitle: str = ""
    icon: str = ""
    avatar: str = ""
    badge: str | Promise = ""
    tone: str = "neutral"

    @property
    def sign(self) -> str:
        """Name of the icon that stands for the record where there is no room for initials."""
        return self.icon or {"person": "user", "company": "building"}.get(self.avatar, "point")


@dataclass(frozen=True)
class SearchSource:
    """Records of one object that the global search finds.

    Attributes:
        object: name of the rights object, also the source's key.
        query: ``(member, terms, limit)`` → hits, best first, in one query on the GIN index of a ``tsvector`` column; see
            ``ponte.workplace.search.candidates``. Rows the member may not see are left out.
        resolve: ``(member, text)`` → hits by an exact identity (e-mail, phone, CPF, CNPJ, external id, order number),
            asked before ``query``; at most one indexed query; empty when ``text`` is no identity.
        fetch: ``(member, ids)`` → hits of those the member may see, in any order, in one query; needed for recent and
            favourite records.
        personal: the records are personal data: what was shown is written to the access log.
        list_url_name: the object's list page, opened with ``?q=`` for "all results".
    """

    object: str
    label: str | Promise
    icon: str
    query: Callable[[Member, SearchTerms, int], list[SearchHit]]
    order: int = 100
    resolve: Callable[[Member, str], list[SearchHit]] | None = None
    fetch: Callable[[Member, Sequence[UUID]], list[SearchHit]] | None = None
    list_url_name: str = ""
    personal: bool = False
    visible: Visible = everyone

    @property
    def key(self) -> str:
        """The source's key in the registry: its object's name."""
        return self.object


search_sources: Registry[SearchSource] = Registry()


def register_search(source: SearchSource) -> None:
    """Let the global search find a module's records."""
    search_sources.register(source)


def sources_for(member: Member) -> list[SearchSource]:
    """Return the sources whose records ``member`` may see at all, in order."""
    return [source for source in search_sources if source.visible(member)]
