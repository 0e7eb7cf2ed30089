"""Figures about customers, kept current by the modules that know them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ponte.core.setbased import update_rows
from ponte.directory.models import PartyFacts

FACTS = frozenset(
    field.name
    for field in PartyFacts._meta.concrete_fields
    if not field.generated and field.name not in ("party", "kind")
)


def set_facts(*, party_id: UUID, **facts: Any) -> None:
    """Set figures of one customer (see ``PartyFacts``), in the transaction of the act that changed them.

    Values may be expressions (``F("orders_count") + 1``). No audit entry: figures follow from other records.

    Raises:
        TypeError: there is no such figure.
    """
    _check(facts)
    PartyFacts.objects.filter(party_id=party_id).update(**facts)


def set_facts_bulk(rows: Mapping[UUID, Mapping[str, Any]]) -> int:
    """Set the same figures of many customers in one statement; returns how many there were."""
    if not rows:
        return 0
    names = sorted(next(iter(rows.values())))
    _check(dict.fromkeys(names))
    if any(sorted(facts) != names for facts in rows.values()):
        raise TypeError("every row must set the same figures")
    ordered = sorted(rows.items())  # locks in the order of ids
    return update_rows(
        PartyFacts, names, [(party_id, *(facts[n] for n in names)) for party_id, facts in ordered]
    )


def _check(facts: Mapping[str, Any]) -> None:
    unknown = set(facts) - FACTS
    if unknown:
        raise TypeError(f"no such figures: {', '.join(sorted(unknown))}")
