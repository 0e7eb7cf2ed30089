"""Recording many interactions at once: for the importer, synchronisations and demo data."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.directory.models import Party
from ponte.events.timeline import InteractionsRecorded
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.services.facts import add_contacts, lock_facts
from ponte.timeline.services.interaction_data import InteractionData, clean_fields
from ponte.timeline.services.parties import companies_of

BATCH = 1000
Key = tuple[str, str]


@dataclass(slots=True)
class BulkResult:
    """What became of each item, by its position.

    ``created_at`` are the positions of new rows; ``ids`` holds the row's id, of a new row or of the one there was;
    None where ``problems`` says why not.
    """

    created_at: set[int] = field(default_factory=set)
    existing: int = 0
    ids: list[UUID | None] = field(default_factory=list)
    problems: dict[int, list[FieldProblem]] = field(default_factory=dict)

    @property
    def created(self) -> int:
        """How many rows are new."""
        return len(self.created_at)


@transaction.atomic
def bulk_record(*, actor: Actor, items: Sequence[InteractionData], source: str | None = None) -> BulkResult:
    """Write many interactions with a fixed number of statements a thousand rows.

    Items whose (source, external_key) exists already, or comes twice, change nothing. A faulty item is
    answered in ``problems`` and doesn't hinder the others. Participants and mentions are not recorded this way.

    Args:
        items: up to some thousands a call; one audit entry and one event are written for all of them.
        source: the source of every item; each item's own when None.
    """
    result = BulkResult(ids=[None] * len(items))
    rows = _rows(items, source, result)
    _drop_unknown_parties(rows, result)
    _take_existing(rows, result)
    new, repeats = _first_of_each_key(rows)
    companies = companies_of({row.party_id for row in new.values()})
    for row in new.values():
        row.company_id = companies.get(row.party_id)
    lock_facts([*companies, *companies.values()])
    Interaction.objects.bulk_create(new.values(), batch_size=BATCH, ignore_conflicts=True)
    written = _written(new, result)
    for position, first in repeats.items():
        result.ids[position] = result.ids[first]
    result.existing += len(repeats)
    if written:
        _count_contacts(written)
        _announce(actor, written, source)
    return result


def _rows(items: Sequence[InteractionData], source: str | None, result: BulkResult) -> dict[int, Interaction]:
    rows = {}
    for position, item in enumerate(items):
        try:
            values: dict[str, Any] = clean_fields(item)
        except Invalid as refusal:
            result.problems[position] = refusal.problems
            continue
        if source is not None:
            values["source"] = source
        rows[position] = Interaction(party_id=item.party_id, **values)
    return rows


def _drop_unknown_parties(rows: dict[int, Interaction], result: BulkResult) -> None:
    wanted = {row.party_id for row in rows.values()}
    alive = Party.objects.filter(id__in=wanted, deleted_at__isnull=True)
    known = set(alive.values_list("id", flat=True))
    for position in [position for position, row in rows.items() if row.party_id not in known]:
        del rows[position]
        result.problems[position] = [FieldProblem("party_id", "missing", _("There is no such customer."))]


def _take_existing(rows: dict[int, Interaction], result: BulkResult) -> None:
    known = _ids_by_key([key for row in rows.values() if (key := _key(row))])
    for position, row in list(rows.items()):
        found = known.get(key) if (key := _key(row)) else None
        if found is not None:
            result.ids[position] = found
            result.existing += 1
            del rows[position]


def _first_of_each_key(rows: dict[int, Interaction]) -> tuple[dict[int, Interaction], dict[int, int]]:
    """Return the rows to write, and where an earlier item has the same key: position → that item's position."""
    first: dict[Key, int] = {}
    repeats = {}
    for position, row in rows.items():
        key = _key(row)
        if key is not None and first.setdefault(key, position) != position:
            repeats[position] = first[key]
    return {position: row for position, row in rows.items() if position not in repeats}, repeats


def _written(new: dict[int, Interaction], result: BulkResult) -> list[Interaction]:
    """Find out which rows went in; another writer may have been quicker with the same key."""
    ids = [row.id for row in new.values()]
    there = set(Interaction.objects.filter(id__in=ids).values_list("id", flat=True))
    written, lost = [], {}
    for position, row in new.items():
        if row.id in there:
            result.ids[position] = row.id
            result.created_at.add(position)
            written.append(row)
        else:
            lost[position] = row
    _take_existing(lost, result)
    return written


def _key(row: Interaction) -> Key | None:
    return (row.source, row.external_key) if row.external_key else None


def _ids_by_key(keys: Sequence[Key]) -> dict[Key, UUID]:
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, external_key in keys:
        by_source[source].append(external_key)
    found: dict[Key, UUID] = {}
    for source, external_keys in by_source.items():
        rows = Interaction.objects.filter(source=source, external_key__in=external_keys)
        for row_id, key in rows.values_list("id", "external_key"):
            if key is not None:
                found[source, key] = row_id
    return found


def _count_contacts(rows: Sequence[Interaction]) -> None:
    moments: dict[UUID, list[datetime]] = defaultdict(list)
    for row in rows:
        if kind_of(row.kind).counts_as_contact:
            for party_id in {row.party_id, row.company_id} - {None}:
                assert party_id is not None
                moments[party_id].append(row.occurred_at)
    if moments:
        add_contacts(moments)


def _announce(actor: Actor, rows: Sequence[Interaction], source: str | None) -> None:
    ids = [row.id for row in rows]
    origin = source or rows[0].source
    record_bulk(
        actor=actor,
        act="interaction.recorded",
        object_type="interaction",
        ids=ids,
        summary={"source": origin, "count": len(ids)},
    )
    publish(
        InteractionsRecorded(
            interaction_ids=[str(one) for one in ids],
            party_ids=sorted({str(row.party_id) for row in rows}),
            source=origin,
        ),
        actor=actor,
    )
