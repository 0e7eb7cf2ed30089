"""Moving customers through the life cycle, with history."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.audit import record_bulk
from ponte.core.services.events import publish
from ponte.core.setbased import update_rows
from ponte.directory.models import Party, Stage, StageChange
from ponte.directory.services.cleaning import clean_line
from ponte.directory.services.parties import lock_parties, lock_party, note_edit
from ponte.directory.services.quality import check_required
from ponte.events.directory import StageChanged, StagesChanged

# How far along each stage is; "lost" is outside the order.
PROGRESS = {stage: position for position, stage in enumerate(Stage.values) if stage != Stage.LOST}


def clean_stage(stage: str, *, field: str = "stage") -> str:
    """Return ``stage`` when it is one.

    Raises:
        Invalid: it is not; the message lists those there are.
    """
    if stage not in Stage.values:
        allowed = ", ".join(Stage.values)
        raise Invalid.on(field, "invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": allowed})
    return stage


def change_stage(
    *, actor: Actor, party_id: UUID, stage: str, reason: str = "", version: int | None = None
) -> Party:
    """Move a customer to ``stage``; the same stage changes nothing.

    Args:
        actor: who does it.
        party_id: whose stage.
        stage: one of ``Stage``.
        reason: why, up to 240 letters; asked of people when a customer is lost.
        version: the version the caller has seen, None for any.

    Raises:
        Invalid: no such stage, or the customer lacks fields it asks for. Missing: no such customer. Conflict: changed
            meanwhile.
    """
    clean_stage(stage)
    party = lock_party(party_id, version=version)
    if party.stage == stage:
        return party
    check_required(actor=actor, party_ids=[party.id], stage=stage)
    before, now = party.stage, timezone.now()
    party.stage, party.stage_since = stage, now
    party.version += 1
    party.save(update_fields=["stage", "stage_since", "version", "updated_at"])
    note_stage(actor=actor, party=party, before=before, reason=clean_line(reason)[:240])
    note_edit(actor=actor, party=party, changes={"stage": (before, stage)})
    return party


def change_stages(
    *, actor: Actor, party_ids: Sequence[UUID], stage: str, reason: str = ""
) -> dict[UUID, str]:
    """Move many customers to ``stage`` together; returns the former stage of those that moved.

    A constant number of statements, one audit entry and one event.

    Raises:
        Invalid: no such stage.
    """
    clean_stage(stage)
    parties = [party for party in lock_parties(party_ids) if party.stage != stage]
    if not parties:
        return {}
    check_required(actor=actor, party_ids=[party.id for party in parties], stage=stage)
    now, text = timezone.now(), clean_line(reason)[:240]
    before = {party.id: party.stage for party in parties}
    update_rows(
        Party,
        ("stage", "stage_since", "version", "updated_at"),
        [(party.id, stage, now, party.version + 1, now) for party in parties],
    )
    StageChange.objects.bulk_create(
        StageChange(
            party=party,
            from_stage=party.stage,
            to_stage=stage,
            at=now,
            member=actor.member,
            actor_label=actor.label[:240],
            reason=text,
        )
        for party in parties
    )
    summary = {"stage": stage, "reason": text}
    record_bulk(actor=actor, act="customers.moved", object_type="customer", ids=before, summary=summary)
    publish(
        StagesChanged(
            party_ids=[str(party_id) for party_id in before],
            from_stages=list(before.values()),
            to_stage=stage,
            reason=text,
        ),
        actor=actor,
    )
    return before


def advance_stage(*, actor: Actor, party_id: UUID, stage: str, reason: str = "") -> bool:
    """Move a customer forward to ``stage``, never back: what events say. Returns whether it moved.

    A customer once lost comes back.
    """
    current = Party.objects.filter(id=party_id, deleted_at=None).values_list("stage", flat=True).first()
    if current is None or (current != Stage.LOST and PROGRESS[current] >= PROGRESS[stage]):
        return False
    change_stage(actor=actor, party_id=party_id, stage=stage, reason=reason)
    return True


def note_stage(*, actor: Actor, party: Party, before: str, reason: str = "") -> None:
    """Write the history row and publish the event of a stage already set on ``party``."""
    StageChange.objects.create(
        party=party,
        from_stage=before,
        to_stage=party.stage,
        at=party.stage_since or timezone.now(),
        member=actor.member,
        actor_label=actor.label[:240],
        reason=reason,
    )
    publish(
        StageChanged(party_id=str(party.id), from_stage=before, to_stage=party.stage, reason=reason),
        actor=actor,
    )
