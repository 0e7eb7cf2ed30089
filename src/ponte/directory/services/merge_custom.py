"""Which customer's value a merged customer carries in each custom field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from ponte.directory.models import Party
from ponte.directory.services.merge_journal import Journal
from ponte.workplace.custom_fields.values import logged
from ponte.workplace.selectors.custom_fields import list_fields


def custom_choices(kind: str) -> tuple[str, ...]:
    """Return the names custom fields are chosen by: "custom.<key>"."""
    return tuple(field.right for field in list_fields(kind))


def default_custom(slot: str, parties: Sequence[Party]) -> UUID:
    """Return whose value is kept when nobody chooses: the survivor's (the first), else the first there is."""
    return next((party.id for party in parties if party.custom.get(slot) is not None), parties[0].id)


def merge_custom(
    journal: Journal, parties: Sequence[Party], choices: Mapping[str, UUID | str]
) -> dict[str, Any]:
    """Give the survivor (the first) the chosen custom values and take them off the others.

    The others go first: a unique value is there once at any moment, and undoing goes the other way round.

    Returns:
        what changed as ``{"custom.<key>": (before, after)}``.
    """
    survivor, losers = parties[0], parties[1:]
    before, after = survivor.custom, _chosen(parties, choices)
    for loser in losers:
        journal.change(loser, {"custom": {}})
    journal.change(survivor, {"custom": after})
    return {
        field.right: (logged(field, before.get(field.slot)), logged(field, after.get(field.slot)))
        for field in list_fields(survivor.kind)
        if before.get(field.slot) != after.get(field.slot)
    }


def _chosen(parties: Sequence[Party], choices: Mapping[str, UUID | str]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for party in parties:
        whole = {**party.custom, **whole}
    by_id = {party.id: party for party in parties}
    for field in list_fields(parties[0].kind):
        source = by_id.get(choices.get(field.right))  # type: ignore[arg-type]
        if source is not None:
            whole.pop(field.slot, None)
            if field.slot in source.custom:
                whole[field.slot] = source.custom[field.slot]
    return whole
