"""Keys of subjects: whose personal values are sealed can be forgotten by destroying one small row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone

from ponte.core import crypto
from ponte.core.models import SubjectKey


def seal_for(subject_id: UUID, values: dict[str, list[object]]) -> bytes | None:
    """Return the values sealed for the subject, or None when the subject was erased."""
    key = _key_of(subject_id, create=True)
    if key is None:
        return None
    return crypto.seal(orjson.dumps(values, default=str), key, subject_id.bytes)


def open_for(subject_id: UUID, sealed: bytes) -> dict[str, list[object]] | None:
    """Return the sealed values, or None when the subject's key was destroyed."""
    key = _key_of(subject_id, create=False)
    if key is None:
        return None
    opened: dict[str, list[object]] = orjson.loads(crypto.open_sealed(bytes(sealed), key, subject_id.bytes))
    return opened


def open_many(sealed: Iterable[tuple[UUID, bytes]]) -> list[dict[str, list[object]] | None]:
    """Return what ``open_for`` returns for each (subject, sealed value), with one query for all keys."""
    asked = list(sealed)
    rows = SubjectKey.objects.filter(subject_id__in={subject for subject, _value in asked})
    keys = {
        row.subject_id: crypto.unwrap_key(bytes(row.wrapped), row.subject_id.bytes)
        for row in rows
        if row.wrapped
    }
    return [
        orjson.loads(crypto.open_sealed(value, keys[subject], subject.bytes)) if subject in keys else None
        for subject, value in asked
    ]


def keys_of(subject_ids: Iterable[UUID], *, create: bool = True) -> dict[UUID, bytes]:
    """Return the keys of subjects, made where there is none unless told otherwise; those erased have none."""
    wanted = set(subject_ids)
    rows = list(SubjectKey.objects.filter(subject_id__in=wanted))
    missing = wanted - {row.subject_id for row in rows}
    if missing and create:
        fresh = {one: crypto.wrap_key(crypto.new_key(), one.bytes) for one in sorted(missing)}
        SubjectKey.objects.bulk_create(
            [SubjectKey(subject_id=one, wrapped=wrapped) for one, wrapped in fresh.items()],
            ignore_conflicts=True,
        )
        rows = list(
            SubjectKey.objects.filter(subject_id__in=wanted)
        )  # another transaction may have been first
    return {
        row.subject_id: crypto.unwrap_key(bytes(row.wrapped), row.subject_id.bytes)
        for row in rows
        if row.wrapped
    }


def seal_many(given: Sequence[tuple[UUID, dict[str, list[object]]]]) -> list[bytes | None]:
    """Return what ``seal_for`` returns for each (subject, values): a constant number of statements."""
    keys = keys_of({subject for subject, _values in given}) if given else {}
    return [
        crypto.seal(orjson.dumps(values, default=str), keys[subject], subject.bytes)
        if subject in keys
        else None
        for subject, values in given
    ]


def destroy_key(subject_id: UUID) -> None:
    """Make every sealed value of the subject unreadable for ever, in the log and in its backups."""
    SubjectKey.objects.update_or_create(
        subject_id=subject_id, defaults={"wrapped": None, "destroyed_at": timezone.now()}
    )


def _key_of(subject_id: UUID, *, create: bool) -> bytes | None:
    row = SubjectKey.objects.filter(subject_id=subject_id).first()
    if row is None:
        return _make_key(subject_id) if create else None
    return crypto.unwrap_key(bytes(row.wrapped), subject_id.bytes) if row.wrapped else None


def _make_key(subject_id: UUID) -> bytes | None:
    key = crypto.new_key()
    try:
        with transaction.atomic():
            SubjectKey.objects.create(subject_id=subject_id, wrapped=crypto.wrap_key(key, subject_id.bytes))
    except IntegrityError:  # another transaction was first
        return _key_of(subject_id, create=False)
    return key
