"""Entries that other parts of the product cause; each once, however often it is told."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min

from ponte.core.actors import Actor
from ponte.directory.models import Party, PartyFacts
from ponte.directory.services.facts import set_facts
from ponte.timeline.kinds import all_kinds
from ponte.timeline.models import Interaction
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.facts import lock_facts
from ponte.timeline.services.interaction_data import InteractionData
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.parties import companies_of

SOURCE = "directory"


def note_stage_change(
    *,
    actor: Actor,
    party_id: UUID,
    stages: tuple[str, str],
    reason: str,
    occurred_at: datetime,
    key: str,
) -> None:
    """Write a change of the life-cycle stage; ``key`` names the change, the same one is written once."""
    if not _is_alive(party_id):
        return
    record_interaction(
        actor=actor,
        party_id=party_id,
        kind="stage_change",
        occurred_at=occurred_at,
        body=reason,
        data={"from": stages[0], "to": stages[1]},
        author=actor.member,
        source=SOURCE,
        external_key=f"stage:{key}",
    )


def note_stage_changes(
    *,
    actor: Actor,
    moves: Sequence[tuple[UUID, str]],
    to_stage: str,
    reason: str,
    occurred_at: datetime,
    key: str,
) -> None:
    """Write the moves of several customers (with the stage each came from) to one stage, once each."""
    bulk_record(
        actor=actor,
        source=SOURCE,
        items=[
            InteractionData(
                party_id=party_id,
                kind="stage_change",
                occurred_at=occurred_at,
                body=reason,
                data={"from": before, "to": to_stage},
                author=actor.member,
                external_key=f"stage:{key}:{party_id}",
            )
            for party_id, before in moves
            if before
        ],
    )


def note_customer_created(*, actor: Actor, party_id: UUID, occurred_at: datetime) -> None:
    """Write that a customer was added, once."""
    if _is_alive(party_id):
        record_interaction(
            actor=actor,
            party_id=party_id,
            kind="customer_created",
            occurred_at=occurred_at,
            author=actor.member,
            source=SOURCE,
            external_key=f"created:{party_id}",
        )


def note_customers_created(
    *, actor: Actor, party_ids: Sequence[UUID], origin: str, occurred_at: datetime
) -> None:
    """Write that customers came in together, once each; those gone in the meantime are skipped."""
    if not party_ids:
        return
    bulk_record(
        actor=actor,
        source=SOURCE,
        items=[
            InteractionData(
                party_id=party_id,
                kind="customer_created",
                occurred_at=occurred_at,
                data={"origin": origin} if origin else None,
                author=actor.member,
                external_key=f"created:{party_id}",
            )
            for party_id in party_ids
        ],
    )


@transaction.atomic
def show_on_company(*, person_id: UUID) -> int:
    """Put a person's interactions that belong to no company yet on the timeline of the one they are at.

    Returns how many. Those that happened while the person was elsewhere stay there.
    """
    company_id = companies_of([person_id]).get(person_id)
    if company_id is None:
        return 0
    lock_facts([person_id, company_id])
    homeless = Interaction.objects.filter(party_id=person_id, company_id__isnull=True)
    silent = [kind.key for kind in all_kinds().values() if not kind.counts_as_contact]
    contacts = homeless.filter(deleted_at__isnull=True).exclude(kind__in=silent)
    ends = contacts.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    number = contacts.count()
    moved = homeless.update(company_id=company_id)
    if number:
        _widen(company_id, number, ends["first"], ends["last"])
    return moved


def _widen(company_id: UUID, number: int, first: datetime, last: datetime) -> None:
    facts = PartyFacts.objects.get(party_id=company_id)
    set_facts(
        party_id=company_id,
        interactions_count=facts.interactions_count + number,
        first_interaction_at=min(filter(None, (facts.first_interaction_at, first))),
        last_interaction_at=max(filter(None, (facts.last_interaction_at, last))),
    )


def _is_alive(party_id: UUID) -> bool:
    return Party.objects.filter(id=party_id, deleted_at__isnull=True).exists()
