"""Keys of subjects: whose personal values are sealed can be forgotten by destroying one small row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import orjson
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ponte.core import crypto
from ponte.core.arrays import AnyOf
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
    keys = _stored_keys({subject for subject, _value in asked})
    return [
        orjson.loads(crypto.open_sealed(value, keys[subject], subject.bytes)) if keys.get(subject) else None
        for subject, value in asked
    ]


def keys_of(subject_ids: Iterable[UUID], *, create: bool = True) -> dict[UUID, bytes]:
    """Return the keys of subjects, made where there is none unless told otherwise; those erased have none."""
    wanted = set(subject_ids)
    keys = _stored_keys(wanted)
    missing = wanted - keys.keys()
    if missing and create:
        keys |= _make_keys(missing)
    return {subject: key for subject, key in keys.items() if key}


def _stored_keys(subject_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Return the keys there are, an empty one for who was erased."""
    rows = SubjectKey.objects.filter(AnyOf("subject_id", subject_ids)).values_list("subject_id", "wrapped")
    return {
        subject: crypto.unwrap_key(bytes(wrapped), subject.bytes) if wrapped else b""
        for subject, wrapped in rows
    }


def _make_keys(subject_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """Make keys for many subjects; of those for whom another transaction was first its keys are returned."""
    fresh = {subject: crypto.new_key() for subject in sorted(subject_ids)}
    wrapped = [crypto.wrap_key(key, subject.bytes) for subject, key in fresh.items()]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_subjectkey (subject_id, wrapped, created_at)"
            " SELECT subject_id, wrapped, now() FROM unnest(%s::uuid[], %s::bytea[]) AS given (subject_id, wrapped)"
            " ON CONFLICT DO NOTHING RETURNING subject_id",
            [list(fresh), wrapped],
        )
        made = {subject for (subject,) in cursor.fetchall()}
    keys = {subject: fresh[subject] for subject in made}
    return keys if len(made) == len(fresh) else keys | _stored_keys(fresh.keys() - made)


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
