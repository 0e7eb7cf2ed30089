"""References told by words: a name, an e-mail or a code that means one record alone, as files have them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from ponte.core.models import Member
from ponte.workplace.custom_fields.objects import reference_targets
from ponte.workplace.custom_fields.rows import CustomRow
from ponte.workplace.models import CustomField, FieldKind


def name_references(
    rows: Sequence[CustomRow], fields: Mapping[str, CustomField], member: Member | None
) -> None:
    """Put ids where rows point at records by words; what means none or several stays and is refused. One query or two a kind."""
    pointing = {key: field for key, field in fields.items() if field.kind == FieldKind.REFERENCE}
    if not pointing:
        return
    asked: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for key in row.given.keys() & pointing.keys():
            if (text := _words(row.given[key])) is not None:
                asked[pointing[key].target].add(text)
    found: dict[str, Mapping[str, UUID]] = {}
    for name, texts in asked.items():
        target = reference_targets.get(name)
        found[name] = target.by_words(member, texts) if target is not None else {}
    for row in rows if found else ():
        told = {
            key: str(known)
            for key in row.given.keys() & pointing.keys()
            if (text := _words(row.given[key])) is not None
            and (known := found[pointing[key].target].get(text)) is not None
        }
        if told:
            row.given = {**row.given, **told}


def only_ones(pairs: Iterable[tuple[str, UUID]]) -> dict[str, UUID]:
    """Return the words that mean one record alone."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for word, record_id in pairs:
        found[word].add(record_id)
    return {word: next(iter(ids)) for word, ids in found.items() if len(ids) == 1}


def _words(raw: object) -> str | None:
    """Return the text of a reference that isn't an id."""
    text = raw.strip() if isinstance(raw, str) else ""
    if not text:
        return None
    try:
        UUID(text)
    except ValueError:
        return text[:300]
    return None
