"""Correcting, pinning, deleting and bringing back interactions."""

from dataclasses import replace
from typing import Any, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import InteractionDeleted, InteractionRestored, InteractionUpdated
from ponte.timeline.kinds import kind_of
from ponte.timeline.models import Interaction
from ponte.timeline.policies import check_may
from ponte.timeline.services.facts import lock_facts, recount_contacts
from ponte.timeline.services.interaction_data import InteractionData, InteractionDetails, clean_fields
from ponte.timeline.services.mentions import mention
from ponte.timeline.services.participants import move_participants, set_participants

EDITABLE = (
    "channel", "direction", "department", "occurred_at", "duration_seconds", "subject", "body", "body_html",
    "outcome", "data",
)  # fmt: skip
PERSONAL = frozenset({"subject", "body", "body_html", "data"})


@transaction.atomic
def edit_interaction(
    *,
    actor: Actor,
    interaction: Interaction,
    version: int | None = None,
    **details: Unpack[InteractionDetails],
) -> Interaction:
    """Correct an interaction: its author or who has the right to, by hand-written kinds only.

    Raises:
        Denied: neither author nor entitled.
        Conflict: ``version`` is not the current one.
        Invalid: as in ``record_interaction``, or a kind that is not written by hand.
    """
    row = _locked(interaction)
    check_may(actor, "edit", row)
    check_version(row, version)
    if not kind_of(row.kind).editable:
        raise Invalid.on("kind", "not_editable", _("This entry was made by the system and can't be edited."))
    values = clean_fields(replace(_as_data(row), **details))
    changes = {
        name: (getattr(row, name), values[name]) for name in EDITABLE if getattr(row, name) != values[name]
    }
    participants = details.get("participants")
    if participants is not None:
        set_participants(row, participants, member=actor.member)
    if changes:
        _write(actor, row, {name: new for name, (_old, new) in changes.items()}, changes)
    mention(actor=actor, interaction=row, member_ids=details.get("mentions", ()))
    return row


def _as_data(row: Interaction) -> InteractionData:
    return InteractionData(
        party_id=row.party_id,
        kind=row.kind,
        source=row.source,
        external_key=row.external_key,
        author=row.author,
        **{name: getattr(row, name) for name in EDITABLE},
    )


def _write(actor: Actor, row: Interaction, values: dict[str, Any], changes: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    row.edited_at = timezone.now()
    _bump(row, [*values, "edited_at"])
    if "occurred_at" in values:
        move_participants(row)
        recount_contacts([row.party_id, row.company_id])
    audit(
        actor=actor,
        act="interaction.updated",
        target=row,
        changes=changes,
        subject_id=row.party_id,
        personal=PERSONAL,
    )
    publish(
        InteractionUpdated(interaction_id=str(row.id), party_id=str(row.party_id), fields=sorted(values)),
        actor=actor,
    )


@transaction.atomic
def delete_interaction(*, actor: Actor, interaction: Interaction, version: int | None = None) -> Interaction:
    """Take an interaction off the timeline; ``restore_interaction`` brings it back. Twice is once."""
    row = _locked(interaction)
    check_may(actor, "delete", row)
    check_version(row, version)
    if row.deleted_at is None:
        row.deleted_at = timezone.now()
        _bump(row, ["deleted_at"])
        _recount(row, added=-1)
        audit(actor=actor, act="interaction.deleted", target=row, changes={}, subject_id=row.party_id)
        publish(InteractionDeleted(interaction_id=str(row.id), party_id=str(row.party_id)), actor=actor)
    return row


@transaction.atomic
def restore_interaction(*, actor: Actor, interaction: Interaction) -> Interaction:
    """Bring a deleted interaction back as it was. Twice is once."""
    row = _locked(interaction)
    check_may(actor, "delete", row)
    if row.deleted_at is not None:
        row.deleted_at = None
        _bump(row, ["deleted_at"])
        _recount(row, added=1)
        audit(actor=actor, act="interaction.restored", target=row, changes={}, subject_id=row.party_id)
        publish(InteractionRestored(interaction_id=str(row.id), party_id=str(row.party_id)), actor=actor)
    return row


@transaction.atomic
def pin_interaction(
    *, actor: Actor, interaction: Interaction, pinned: bool, version: int | None = None
) -> Interaction:
    """Keep an interaction on top of the timeline, or let it go back to its day."""
    row = _locked(interaction)
    check_may(actor, "edit", row)
    check_version(row, version)
    if (row.pinned_at is not None) != pinned:
        row.pinned_at = timezone.now() if pinned else None
        _bump(row, ["pinned_at"])
        audit(
            actor=actor,
            act="interaction.pinned" if pinned else "interaction.unpinned",
            target=row,
            changes={"pinned": (not pinned, pinned)},
            subject_id=row.party_id,
        )
    return row


def _locked(interaction: Interaction) -> Interaction:
    """Take the facts first, then the row: the order every writer here keeps."""
    lock_facts([interaction.party_id, interaction.company_id])
    rows = Interaction.objects.select_for_update(of=("self",)).select_related("author", "party")
    return rows.get(id=interaction.id)


def _bump(row: Interaction, fields: list[str]) -> None:
    row.version += 1
    row.save(update_fields=[*fields, "version", "updated_at"])


def _recount(row: Interaction, *, added: int) -> None:
    if kind_of(row.kind).counts_as_contact:
        recount_contacts([row.party_id, row.company_id], added=added)
