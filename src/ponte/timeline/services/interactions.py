"""Recording what happened with customers."""

from typing import Unpack
from uuid import UUID

from django.db import IntegrityError, transaction

from ponte.core.actors import Actor
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import InteractionRecorded
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.services.facts import add_contacts, lock_facts
from ponte.timeline.services.interaction_data import InteractionData, InteractionDetails, clean_fields
from ponte.timeline.services.mentions import mention
from ponte.timeline.services.participants import set_participants
from ponte.timeline.services.parties import companies_of, get_party


@transaction.atomic
def record_interaction(
    *, actor: Actor, party_id: UUID, kind: str, **details: Unpack[InteractionDetails]
) -> Interaction:
    """Write one interaction to a customer's timeline; see ``InteractionData`` for the details.

    The author is the acting member unless told. With an ``external_key``, recording the same
    (source, external_key) again returns the row there is and changes nothing.

    Raises:
        Invalid: unknown customer, a text too long, a moment in the future, a malformed word.
    """
    data = InteractionData(party_id=party_id, kind=kind, **details)
    values = clean_fields(data)
    if values["author"] is None and actor.kind in {"member", "token"}:
        values["author"] = actor.member
    party = get_party(party_id)
    company_id = companies_of([party_id]).get(party_id)
    lock_facts([party_id, company_id])
    known = find_by_key(data.source, data.external_key)
    if known is not None:
        return known
    interaction = Interaction(party=party, company_id=company_id, **values)
    if not _insert(interaction):
        return Interaction.objects.get(source=data.source, external_key=data.external_key)
    if data.participants:
        set_participants(interaction, data.participants, member=actor.member)
    if kind_of(kind).counts_as_contact:
        add_contacts({one: [interaction.occurred_at] for one in {party_id, company_id} if one is not None})
    mention(actor=actor, interaction=interaction, member_ids=data.mentions)
    _announce(actor, interaction)
    return interaction


def find_by_key(source: str, external_key: str | None) -> Interaction | None:
    """Return the interaction another system knows as ``external_key``, deleted ones included."""
    if not external_key:
        return None
    return Interaction.objects.filter(source=source, external_key=external_key).first()


def _insert(interaction: Interaction) -> bool:
    """Write the row; False when somebody else wrote one with the same key at the same time."""
    if interaction.external_key is None:
        interaction.save(force_insert=True)
        return True
    try:
        with transaction.atomic():
            interaction.save(force_insert=True)
    except IntegrityError:
        if find_by_key(interaction.source, interaction.external_key) is None:
            raise
        return False
    return True


def _announce(actor: Actor, interaction: Interaction) -> None:
    audit(
        actor=actor,
        act="interaction.recorded",
        target=interaction,
        changes={
            "kind": (None, interaction.kind),
            "channel": (None, interaction.channel),
            "occurred_at": (None, interaction.occurred_at.isoformat()),
        },
        subject_id=interaction.party_id,
    )
    publish(
        InteractionRecorded(
            interaction_id=str(interaction.id),
            party_id=str(interaction.party_id),
            kind=interaction.kind,
            channel=interaction.channel,
            direction=interaction.direction,
            occurred_at=interaction.occurred_at.isoformat(),
        ),
        actor=actor,
    )
