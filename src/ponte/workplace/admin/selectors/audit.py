"""Reading the audit log and the access log, a page at a time, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from ponte.core.models import AccessEntry, AuditEntry
from ponte.core.selectors.audit import first_id_at
from ponte.workplace.admin.audit_words import names_like
from ponte.workplace.admin.history import HistorySource

PAGE = 50
MOST_BULK = 1000
EntryT = TypeVar("EntryT", bound=Model)


@dataclass(frozen=True)
class LogPage(Generic[EntryT]):
    """One page of a log and the id its next page starts below ("" at the end)."""

    entries: list[EntryT]
    next: str


@dataclass(frozen=True)
class LogFilter:
    """What of the log is asked for. Empty parts filter nothing."""

    actor: UUID | None = None
    system: bool = False
    act: str = ""
    object: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> LogFilter:
        """Return the filter of an address's query; parts that can't be read count as empty."""
        return cls(
            actor=_uuid(given.get("actor", "")),
            system=given.get("actor") == "system",
            act=_word(given.get("act", "")),
            object=_word(given.get("object", "")),
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
        )

    def summary(self) -> dict[str, Any]:
        """Return the filter as the log itself notes it."""
        return {name: str(value) for name, value in vars(self).items() if value}


def audit_page(wanted: LogFilter, cursor: str = "", size: int = PAGE) -> LogPage[AuditEntry]:
    """Return a page of the audit log."""
    entries = _narrowed(AuditEntry.objects.all(), wanted)
    if wanted.act:
        entries = entries.filter(Q(act=wanted.act) | Q(act__startswith=wanted.act + "."))
    return _page(entries, cursor, size)


def access_page(wanted: LogFilter, cursor: str = "", size: int = PAGE) -> LogPage[AccessEntry]:
    """Return a page of the access log: who saw or took out personal data."""
    entries = _narrowed(AccessEntry.objects.all(), wanted)
    if wanted.act:
        entries = entries.filter(act=wanted.act)
    return _page(entries, cursor, size)


def history_page(
    source: HistorySource, object_id: UUID, cursor: str = "", size: int = PAGE
) -> LogPage[AuditEntry]:
    """Return a page of one record's history: its own entries, bulk acts it was part of, and its subject's."""
    below = _uuid(cursor)
    parts = [AuditEntry.objects.filter(object_type__in=source.types, object_id=object_id)]
    if source.by_subject:
        parts.append(AuditEntry.objects.filter(subject_id=object_id))
    # a record is part of few bulk acts; without an order the planner can only take the index of their ids
    bulk = AuditEntry.objects.filter(object_ids__contains=[object_id])[:MOST_BULK]
    found = {entry.id: entry for entry in bulk if below is None or entry.id < below}
    for part in parts:  # each reads at most a page from an index of its own
        chosen = part.filter(id__lt=below) if below else part
        found |= {entry.id: entry for entry in chosen.order_by("-id")[: size + 1]}
    newest = sorted(found.values(), key=lambda entry: entry.id.int, reverse=True)
    return _cut(newest, size)


def _narrowed(entries: QuerySet[EntryT], wanted: LogFilter) -> QuerySet[EntryT]:
    if wanted.actor:
        entries = entries.filter(actor_id=wanted.actor)
    elif wanted.system:
        entries = entries.filter(actor_id=None)
    if wanted.object:
        entries = entries.filter(object_type__in=names_like(wanted.object))
    if wanted.since:
        entries = entries.filter(id__gte=first_id_at(_midnight(wanted.since)))
    if wanted.until:
        entries = entries.filter(id__lt=first_id_at(_midnight(wanted.until + timedelta(days=1))))
    return entries


def _page(entries: QuerySet[EntryT], cursor: str, size: int) -> LogPage[EntryT]:
    below = _uuid(cursor)
    chosen = entries.filter(id__lt=below) if below else entries
    return _cut(list(chosen.order_by("-id")[: size + 1]), size)


def _cut(rows: list[EntryT], size: int) -> LogPage[EntryT]:
    return LogPage(rows[:size], str(rows[size - 1].pk) if len(rows) > size else "")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 9998 else None


def _word(text: str) -> str:
    return text if len(text) <= 60 and text.replace(".", "").replace("_", "").isalnum() else ""
