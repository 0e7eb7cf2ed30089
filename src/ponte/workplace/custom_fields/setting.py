"""Giving many records the same value of one custom field, and taking that back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.fields.json import KeyTransform

from ponte.core.actors import Actor
from ponte.core.arrays import AnyOf
from ponte.core.errors import Invalid
from ponte.workplace.custom_fields.objects import CustomObject, Pairs
from ponte.workplace.custom_fields.values import CustomRow, check_rows, logged
from ponte.workplace.lists.bulk import BulkOutcome
from ponte.workplace.models import CustomField


def set_value(
    *, actor: Actor, entry: CustomObject, field: CustomField, ids: Sequence[UUID], raw: Any
) -> BulkOutcome:
    """Give ``field`` the same value on many locked records; a constant number of statements.

    Raises:
        Invalid: the value can't be used, or the field is required and it is empty.
    """
    before = _stored(entry, field, ids)
    rows = {key: CustomRow({field.key: raw}, custom, key) for key, custom in before.items()}
    check_rows(entry.key, list(rows.values()), actor=actor)
    refused = next((row for row in rows.values() if row.problems), None)
    if refused is not None:
        raise Invalid(refused.problems[:1])
    changed = {key: row for key, row in rows.items() if row.changes}
    value = next((row.values.get(field.slot) for row in changed.values()), None)
    former = {key: before[key].get(field.slot) for key in changed}
    _write(actor, entry, field, dict.fromkeys(changed, value), former)
    undo = {"value": value, "rows": {str(key): old for key, old in former.items()}}
    return BulkOutcome(list(changed), undo, _subjects(entry, list(changed)))


def put_back(*, actor: Actor, entry: CustomObject, field: CustomField, undo: Mapping[str, Any]) -> int:
    """Give records back what ``set_value`` replaced; those changed by others since keep theirs. Returns how many."""
    former = {UUID(key): old for key, old in undo["rows"].items()}
    rows = entry.model._default_manager.filter(AnyOf("pk", former), **entry.only).order_by("pk")
    now = rows.select_for_update(of=("self",)).values_list("pk", KeyTransform(field.slot, "custom"))
    mine = {key: former[key] for key, value in now if value == undo["value"]}
    _write(actor, entry, field, mine, dict.fromkeys(mine, undo["value"]))
    return len(mine)


def _stored(entry: CustomObject, field: CustomField, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """Return of each record what it has in this one field; it may have a hundred others."""
    rows = entry.model._default_manager.filter(AnyOf("pk", ids), **entry.only).order_by("pk")
    found = rows.values_list("pk", KeyTransform(field.slot, "custom"))
    return {key: {} if value is None else {field.slot: value} for key, value in found}


def _subjects(entry: CustomObject, ids: Sequence[UUID]) -> dict[str, UUID] | None:
    if entry.subject is None:
        return None
    if entry.subject == "id":
        return {str(key): key for key in ids}
    found = entry.model._default_manager.filter(pk__in=list(ids)).values_list("pk", entry.subject)
    return {str(key): subject for key, subject in found if subject is not None}


def _write(
    actor: Actor,
    entry: CustomObject,
    field: CustomField,
    values: Mapping[UUID, Any],
    before: Mapping[UUID, Any],
) -> None:
    if not values:
        return
    table = connection.ops.quote_name(entry.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} t SET version = t.version + 1, updated_at = now(), custom = CASE WHEN g.value IS NULL"
            " THEN t.custom - %s::text ELSE t.custom || jsonb_build_object(%s::text, g.value) END"
            " FROM unnest(%s::uuid[], %s::jsonb[]) AS g (id, value) WHERE t.id = g.id",
            [field.slot, field.slot, list(values), [_json(value) for value in values.values()]],
        )
    if field.is_searched and entry.reindex is not None:
        entry.reindex(list(values))
    pairs: Pairs = {key: (logged(field, before[key]), logged(field, value)) for key, value in values.items()}
    assert entry.note_many is not None
    entry.note_many(actor, field.right, pairs)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)
