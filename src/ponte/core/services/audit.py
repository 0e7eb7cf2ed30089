"""Writing the audit log, in the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Model

from ponte.core import crypto
from ponte.core.actors import Actor
from ponte.core.models import AccessEntry, AuditEntry
from ponte.core.services.subject_keys import keys_of, seal_for
from ponte.events.base import plain

Changes = Mapping[str, tuple[Any, Any]]

MASKED = "•••"
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
    return AuditEntry.objects.create(
        **_author(actor),
        act=act,
        object_type=object_type or target._meta.model_name or "",
        object_id=target.pk if isinstance(target.pk, UUID) else None,
        subject_id=subject_id,
        changes={name: pair for name, pair in values.items() if name not in personal_fields},
        sealed=seal_for(subject_id, private) if subject_id and private else None,
    )


def record_bulk(
    *, actor: Actor, act: str, object_type: str, ids: Iterable[UUID], summary: Mapping[str, Any] | None = None
) -> AuditEntry:
    """Write one entry for a chunk of records changed together."""
    return AuditEntry.objects.create(
        **_author(actor),
        act=act,
        object_type=object_type,
        object_ids=list(ids),
        changes=plain(dict(summary or {})),
    )


def record_each(
    *,
    actor: Actor,
    act: str,
    object_type: str,
    changes: Mapping[UUID, Changes],
    subjects: Mapping[UUID, UUID | None] | None = None,
) -> None:
    """Write one entry for each record of a chunk, in a constant number of statements.

    Args:
        changes: by the record's id, as ``record`` takes them.
        subjects: the customer each record tells about; what changed is sealed with the customer's key.
    """
    told = subjects or {}
    keys = keys_of({one for one in told.values() if one is not None})
    entries = []
    for record_id, pairs in sorted(changes.items()):
        values = {name: _pair(name, pair) for name, pair in pairs.items()}
        subject = told.get(record_id)
        key = keys.get(subject) if subject else None
        sealed = (
            crypto.seal(orjson.dumps(values, default=str), key, subject.bytes) if subject and key else None
        )
        entries.append(
            AuditEntry(
                **_author(actor),
                act=act,
                object_type=object_type,
                object_id=record_id,
                subject_id=subject,
                changes={} if subject else values,
                sealed=sealed,
            )
        )
    AuditEntry.objects.bulk_create(entries)


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
) -> AccessEntry | None:
    """Write that personal data were shown (``act`` "view") or taken out ("export"): one row a page."""
    shown = list(ids)
    if not shown:
        return None
    return AccessEntry.objects.create(
        **_author(actor), act=act, place=where[:120], object_type=object_type, object_ids=shown
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
