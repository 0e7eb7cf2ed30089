"""Quotes and contracts in the global search: found by their number, shown with customer and status."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.search import SearchHit, SearchTerms

MOST_EXACT = 3


@dataclass(frozen=True, kw_only=True)
class DocumentSearch:
    """What the search shows of one kind of document.

    Attributes:
        object, icon, url_name: its rights object, the sign beside it, its page. title: words around "%(number)s".
        visible: the documents a member may see. unread: columns of it nobody needs here.
        status: what people see of one; labels, tones: how.
    """

    object: str
    icon: str
    url_name: str
    title: str | Promise
    visible: Callable[[Member], QuerySet[Any]]
    status: Callable[[Any], str]
    labels: Iterable[tuple[str, Any]]
    tones: Mapping[Any, str]
    unread: tuple[str, ...] = ()

    def hit(self, document: Any) -> SearchHit:
        """Return a document as the global search shows it."""
        status = self.status(document)
        return SearchHit(
            object=self.object,
            id=document.id,
            title=str(self.title) % {"number": document.number},
            url=reverse(self.url_name, args=[document.id]),
            subtitle=f"{document.party.label} · {document.title}",
            icon=self.icon,
            badge=str(dict(self.labels)[status]),
            tone=self.tones[status],
        )

    def find(self, member: Member, terms: SearchTerms, limit: int) -> list[SearchHit]:
        """Return documents whose number begins with what was typed."""
        found = self._rows(member).filter(number__startswith=terms.text[:60]).order_by("number", "id")
        return [self.hit(one) for one in found[:limit]]

    def resolve(self, member: Member, text: str) -> list[SearchHit]:
        """Return the documents of exactly this number."""
        found = self._rows(member).filter(number=text.strip()[:60]).order_by("number", "id")
        return [self.hit(one) for one in found[:MOST_EXACT]]

    def fetch(self, member: Member, ids: Sequence[UUID]) -> list[SearchHit]:
        """Return these documents as far as visible, for recent and favourite records."""
        return [self.hit(one) for one in self._rows(member).filter(id__in=ids)]

    def seen(self, member: Member, ids: Collection[UUID]) -> set[UUID]:
        """Return which of these documents the member may see."""
        return set(self.visible(member).filter(id__in=ids).values_list("id", flat=True))

    def _rows(self, member: Member) -> QuerySet[Any]:
        return self.visible(member).select_related("party").defer(*self.unread)
