"""Custom fields of a chunk of customers: checked together, refused customer by customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.errors import FieldProblem
from ponte.directory.services.bulk_updates import Known
from ponte.directory.services.creation import Draft
from ponte.workplace.custom_fields.values import check_rows


class Grouped(Protocol):
    """The rows of a chunk that are about one customer."""

    draft: Draft
    party_id: UUID | None
    outcome: str
    problems: list[FieldProblem]


def check_custom_values(
    actor: Actor, groups: Sequence[Grouped], known: dict[UUID, Known], *, kind: str, policy: str
) -> None:
    """Check the custom values of every group; a group with problems becomes a rejected one."""
    checked = [group for group in groups if not group.outcome]
    for group in checked:
        row = group.draft.custom
        row.given = {key: value for key, value in row.given.items() if not _is_nothing(value)}
        if group.party_id is not None and group.party_id in known:
            row.record_id, row.stored = group.party_id, known[group.party_id].party.custom
            row.fill = policy == "fill"
            if policy == "skip":
                row.given = {}
    check_rows(kind, [group.draft.custom for group in checked], actor=actor)
    for group in checked:
        if group.draft.custom.problems:
            group.outcome = "rejected"
            group.problems += group.draft.custom.problems


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [])
