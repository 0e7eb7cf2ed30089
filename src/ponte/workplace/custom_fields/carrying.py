"""Custom values a record takes over from the one it is made from: a copy, an addendum, the contract of a quote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ponte.core.actors import Actor
from ponte.core.ids import uuid7
from ponte.workplace.custom_fields.rows import CustomRow
from ponte.workplace.custom_fields.values import check_rows, logged
from ponte.workplace.models import FieldKind
from ponte.workplace.selectors.custom_fields import held_fields, list_fields, readable_fields, writable_fields

CHOSEN = (FieldKind.CHOICE, FieldKind.MULTI_CHOICE)


def copied_row(object_name: str, stored: Mapping[str, Any]) -> CustomRow:
    """Return the values of a new record made like one of the same kind: all of them, hidden ones too.

    Fields that must be unique begin empty, and so does one whose type is being changed just now. What is required is not asked for: nobody
    has filled in a form yet.
    """
    row = CustomRow({}, stored)
    for field in held_fields(object_name):
        value = stored.get(field.slot, field.default)
        if value is not None and not field.is_unique and not field.converting_to:
            row.values[field.slot] = value
            row.changes[field.right] = (None, logged(field, value))
    return row


def matching_row(source: str, stored: Mapping[str, Any], target: str, *, actor: Actor) -> CustomRow:
    """Return what a new record of kind ``target`` takes over from a record of kind ``source``: ``given`` by keys, ``values`` by slots.

    Fields match by key and type (references by what they point at too). Left out is what the actor may not read there or not write
    here, and what the target's field doesn't take: a choice it doesn't have, a value another record must have alone.
    """
    member = actor.member
    read = readable_fields(member, source) if member else list_fields(source)
    written = writable_fields(member, target) if member else list_fields(target)
    there = {(one.key, one.kind, one.target): one for one in read}
    given = {}
    for field in written:
        like = there.get((field.key, field.kind, field.target))
        if like is not None and stored.get(like.slot) is not None:
            value = stored[like.slot]
            given[field.key] = logged(like, value) if like.kind in CHOSEN else value
    row = CustomRow(given, {}, uuid7())  # as of a known record: without defaults, nothing required
    check_rows(target, [row], actor=actor)
    refused = {problem.field for problem in row.problems}
    if not refused:
        return row
    slots = {field.slot for field in written if field.right in refused}
    return CustomRow(
        {key: value for key, value in given.items() if f"custom.{key}" not in refused},
        values={slot: value for slot, value in row.values.items() if slot not in slots},
    )
