"""Writing the audit log, in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.ids import uuid7
from ponte.core.models import AccessEntry, AuditEntry
from ponte.core.services.subject_keys import open_many, seal_for, seal_many
from ponte.core.setbased import insert_rows
from ponte.events.base import plain

Changes = Mapping[str, tuple[Any, Any]]
_Told = tuple[UUID, UUID | None, dict[str, Any]]  # a record, the customer it tells about, what changed

MASKED = "•••"
_MANY = 20  # entries from which on COPY is quicker
_noted: ContextVar[list[UUID] | None] = ContextVar("audit_noted", default=None)
_SECRET_WORDS = ("password", "secret", "token", "api_key")


def record(
    *,
    actor: Actor,
    act: str,
    target: Model,
    changes: Changes | None = None,
    subject_id: UUID | None = None,
    personal: Iterable[str] = (),
    object_type: str | None = None,
) -> AuditEntry:
    """Write one entry about ``target``.

    ``changes`` maps a field to (before, after). Fields in ``personal`` are sealed with the key of
    ``subject_id`` (the customer they tell about). Secrets are masked whatever the caller passes.
    """
    personal_fields = set(personal) if subject_id else set()
    values = {name: _pair(name, pair) for name, pair in (changes or {}).items()}
    private = {name: pair for name, pair in values.items() if name in personal_fields}
    entry = AuditEntry(
        **_author(actor),
        act=act,
        object_type=object_type or target._meta.model_name or "",
        object_id=target.pk if isinstance(target.pk, UUID) else None,
        subject_id=subject_id,
        changes={name: pair for name, pair in values.items() if name not in personal_fields},
        sealed=seal_for(subject_id, private) if subject_id and private else None,
    )
    _write([entry])
    return entry


def record_each(
    *,
    actor: Actor,
    act: str,
    object_type: str,
    changes: Mapping[UUID, Changes],
    subjects: Mapping[UUID, UUID | None] | None = None,
    impersonal: Iterable[str] = (),
) -> None:
    """Write one entry for each record of a chunk, in a constant number of statements.

    Args:
        changes: by the record's id, as ``record`` takes them.
        subjects: the customer each record tells about; what changed is sealed with the customer's key.
        impersonal: fields that stay readable all the same.
    """
    readable = frozenset(impersonal)
    rows: list[_Told] = []
    private = {}
    for record_id in sorted(changes):
        values = {name: _pair(name, pair) for name, pair in changes[record_id].items()}
        subject = (subjects or {}).get(record_id)
        if subject is not None:
            hidden = {name: pair for name, pair in values.items() if name not in readable}
            if hidden:
                private[record_id] = (subject, hidden)
            values = {name: pair for name, pair in values.items() if name in readable}
        rows.append((record_id, subject, values))
    sealed = dict(zip(private, seal_many(list(private.values())), strict=True))
    if len(rows) >= _MANY:
        _copy(rows, sealed, {**_author(actor), "act": act, "object_type": object_type})
        return
    author = _author(actor)
    entries = [
        AuditEntry(
            **author, act=act, object_type=object_type, object_id=record_id, subject_id=subject, changes=values,
            sealed=sealed.get(record_id),
        )
        for record_id, subject, values in rows
    ]  # fmt: skip
    _write(entries)


def record_bulk(
    *, actor: Actor, act: str, object_type: str, ids: Iterable[UUID], summary: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Write one entry for a chunk of records changed together."""
    entry = AuditEntry(
        **_author(actor),
        act=act,
        object_type=object_type,
        object_ids=list(ids),
        changes=plain(dict(summary or {})),
    )
    _write([entry])
    return entry


@contextmanager
def noting() -> Iterator[list[UUID]]:
    """Give the list that the ids of all entries written within go to: what an import did is found again by them."""
    entries: list[UUID] = []
    token = _noted.set(entries)
    try:
        yield entries
    finally:
        _noted.reset(token)


def opened_changes(entry_ids: Iterable[UUID]) -> list[tuple[AuditEntry, dict[str, list[Any]] | None]]:
    """Return entries about one record each with what they say was changed; None where its customer was erased."""
    entries = list(AuditEntry.objects.filter(id__in=list(entry_ids), object_id__isnull=False).order_by("id"))
    sealed = [entry for entry in entries if entry.sealed and entry.subject_id]
    private = open_many((e.subject_id, bytes(e.sealed)) for e in sealed if e.subject_id and e.sealed)
    opened = dict(zip((entry.id for entry in sealed), private, strict=True))
    found: list[tuple[AuditEntry, dict[str, list[Any]] | None]] = []
    for entry in entries:
        hidden = opened.get(entry.id, {})
        found.append((entry, None if hidden is None else {**entry.changes, **hidden}))
    return found


def bulk_ids(entry_ids: Iterable[UUID]) -> dict[str, list[UUID]]:
    """Return the records that bulk entries are about, by act."""
    rows = AuditEntry.objects.filter(id__in=list(entry_ids), object_ids__isnull=False).order_by("id")
    found: dict[str, list[UUID]] = {}
    for act, ids in rows.values_list("act", "object_ids"):
        found.setdefault(act, []).extend(ids or ())
    return found


def _write(entries: list[AuditEntry]) -> None:
    if len(entries) == 1:
        entries[0].save(force_insert=True)
    else:
        AuditEntry.objects.bulk_create(entries)
    _note(entry.id for entry in entries)


def _copy(rows: Sequence[_Told], sealed: Mapping[UUID, bytes | None], same: Mapping[str, Any]) -> None:
    """Write many entries with COPY: profiled with 10,000 of them, Django's insert took six to seven times as long."""
    ids = [uuid7() for _row in rows]
    insert_rows(
        AuditEntry,
        ("id", "object_id", "subject_id", "changes", "sealed"),
        [
            (entry_id, record_id, subject, values, sealed.get(record_id))
            for entry_id, (record_id, subject, values) in zip(ids, rows, strict=True)
        ],
        same,
    )
    _note(ids)


def _note(ids: Iterable[UUID]) -> None:
    noted = _noted.get()
    if noted is not None:
        noted += ids


def record_denial(*, actor: Actor, act: str, object_type: str, place: str) -> None:
    """Write that somebody was refused. Call it in a transaction of its own, after the refused one rolled back."""
    AuditEntry.objects.create(
        **_author(actor),
        act="access.denied",
        object_type=object_type or "page",
        changes={"act": act, "place": place},
    )


def record_view(
    *, actor: Actor, object_type: str, ids: Iterable[UUID], where: str, act: str = "view"
) -> None:
    """Write that personal data were shown (``act`` "view") or taken out ("export"): one row a page, none for no ids."""
    shown = list(ids)
    if not shown:
        return
    author = _author(actor)
    # written by hand: it stands on every page, and Django's insert costs a millisecond to compile
    columns = ("id", "at", *author, "act", "place", "object_type", "object_ids")
    values = [uuid7(), timezone.now(), *author.values(), act, where[:120], object_type, shown]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {AccessEntry._meta.db_table} ({', '.join(columns)}) VALUES"
            f" ({', '.join(['%s'] * (len(columns) - 1))}, %s::uuid[])",
            values,
        )


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return the fields that differ, as (before, after)."""
    return {name: (before.get(name), value) for name, value in after.items() if before.get(name) != value}


def _author(actor: Actor) -> dict[str, Any]:
    return {
        "actor_kind": actor.kind,
        "actor_id": actor.member_id,
        "actor_label": actor.label[:240],
        "address": actor.address,
    }


def _pair(name: str, pair: tuple[Any, Any]) -> list[Any]:
    if any(word in name.lower() for word in _SECRET_WORDS):
        return [MASKED if value else None for value in pair]
    return [plain(value) for value in pair]
