"""The words of custom fields that the search finds."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ponte.core.rights import FieldAccess
from ponte.workplace.custom_fields.chunks import in_chunks
from ponte.workplace.custom_fields.objects import custom_objects
from ponte.workplace.selectors.custom_fields import list_fields

_TERM = re.compile(r"('(?:[^']|'')*')(:\*)?")
LONGEST = 2_000  # letters of one value that are looked into


def searched_texts(object_name: str, custom: Mapping[str, Any]) -> list[str]:
    """Return the texts of a record's custom fields that it is to be found by."""
    if not custom:
        return []
    found = [custom.get(field.slot) for field in list_fields(object_name) if field.is_searched]
    return [text[:LONGEST] for text in found if isinstance(text, str)]


def may_search_all(access: FieldAccess, *object_names: str) -> bool:
    """Return whether none of the searched fields is hidden: their words can't be told apart in the index."""
    return all(
        access.can_read(field.right)
        for name in object_names
        for field in list_fields(name)
        if field.is_searched
    )


def within_weights(tsquery: str, weights: str) -> str:
    """Return a text query that finds words of these weights alone ("AB"); "ABCD" leaves it as it is."""
    if weights == "ABCD":
        return tsquery
    return _TERM.sub(lambda term: f"{term[1]}:{'*' if term[2] else ''}{weights}", tsquery)


def reindex_slot(object_name: str, slot: str) -> None:
    """Write the search text of every record with a value in ``slot`` anew."""
    entry = custom_objects.get(object_name)
    if entry is None or entry.reindex is None:
        return
    reindex = entry.reindex

    def work(chunk: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
        reindex([record_id for record_id, _custom in chunk])

    in_chunks(entry, slot, work)
