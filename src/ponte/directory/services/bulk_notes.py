"""What a chunk leaves behind: an audit entry for every customer changed, and the events of owners and stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from ponte.core.actors import Actor
from ponte.core.services.audit import record_each
from ponte.core.services.events import publish
from ponte.directory.services.bulk_updates import Changes, Known
from ponte.directory.services.customers import owner_changed
from ponte.directory.services.parties import IMPERSONAL
from ponte.events.directory import StagesChanged


def note_updates(*, actor: Actor, kind: str, changed: Mapping[UUID, Changes], act: str = "") -> None:
    """Write what changed about each customer, as ``note_edit`` does for one. A constant number of statements."""
    record_each(
        actor=actor,
        act=act or f"{kind}.updated",
        object_type="customer",
        changes={
            party_id: {name.removesuffix("_id"): pair for name, pair in changes.items()}
            for party_id, changes in changed.items()
        },
        subjects={party_id: party_id for party_id in changed},
        impersonal=IMPERSONAL,
    )


def publish_moves(*, actor: Actor, known: Mapping[UUID, Known], changed: Mapping[UUID, Changes]) -> None:
    """Publish changed owners and stages: one event for each new owner and for each new stage."""
    owners: dict[tuple[UUID | None, UUID | None], list[UUID]] = defaultdict(list)
    stages: dict[str, list[UUID]] = defaultdict(list)
    for party_id, changes in sorted(changed.items()):
        party = known[party_id].party
        if {"owner_id", "team_id"} & set(changes):
            owners[party.owner_id, party.team_id].append(party_id)
        if "stage" in changes:
            stages[party.stage].append(party_id)
    for (owner, team), ids in owners.items():
        publish(owner_changed(ids, owner, team), actor=actor)
    for stage, ids in stages.items():
        before: list[Any] = [changed[party_id]["stage"][0] for party_id in ids]
        event = StagesChanged(
            party_ids=[str(party_id) for party_id in ids], from_stages=before, to_stage=stage
        )
        publish(event, actor=actor)
