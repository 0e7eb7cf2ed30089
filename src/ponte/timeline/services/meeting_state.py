"""What becomes of meetings: held, with an entry on the timeline, or cancelled."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import MeetingCancelled, MeetingHeld
from ponte.timeline.models import Meeting, MeetingStatus
from ponte.timeline.occurrences import zone_of
from ponte.timeline.participant import Participant
from ponte.timeline.policies import check_may_on_meeting, visible_parties_of
from ponte.timeline.recurrence import is_start
from ponte.timeline.services.about import about_data
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.interaction_data import MAX_DURATION_SECONDS
from ponte.timeline.services.interactions import record_interaction
from ponte.timeline.services.meeting_entries import SOURCE, channel_of
from ponte.timeline.services.meeting_notices import tell_invitees
from ponte.timeline.services.meeting_occurrences import exception_of
from ponte.timeline.services.meetings import lock_meeting, write


@transaction.atomic
def hold_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    original_start: datetime | None = None,
    outcome: str = "",
    notes: str = "",
    version: int | None = None,
) -> Meeting:
    """Write that a meeting took place; about a customer it becomes an entry of their timeline. Twice is once.

    Args:
        original_start: which occurrence of a series.
        outcome: a word of ``ponte.timeline.words.OUTCOMES``, or none.
        notes: what was said, plain text.

    Raises:
        Denied: no right to. Conflict: ``version`` is not the current one. Invalid: it hasn't begun yet.
    """
    row = _locked(actor, meeting, original_start, version)
    if row.status == MeetingStatus.HELD:
        return row
    now = timezone.now()
    if row.starts_at > now:
        raise Invalid.on("starts_at", "future", _("This meeting hasn't begun yet."))
    row.status, row.outcome, row.held_at = MeetingStatus.HELD, outcome, now
    write(row)
    _write_entry(actor, row, notes)
    audit(
        actor=actor,
        act="meeting.held",
        target=row,
        changes={"status": (MeetingStatus.PLANNED.value, MeetingStatus.HELD.value), "outcome": ("", outcome)},
        subject_id=row.party_id,
    )
    publish(
        MeetingHeld(
            meeting_id=str(row.id),
            party_id=id_text(row.party_id),
            organiser_id=id_text(row.organiser_id),
            outcome=outcome,
            **about_data(row),
        ),
        actor=actor,
    )
    return row


@transaction.atomic
def cancel_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    original_start: datetime | None = None,
    version: int | None = None,
) -> Meeting:
    """Say that a meeting will not take place; it stays, struck through, and invitees are told. Twice is once."""
    row = _locked(actor, meeting, original_start, version)
    if row.status != MeetingStatus.PLANNED:
        return row
    row.status = MeetingStatus.CANCELLED
    write(row, moved=True)
    audit(
        actor=actor,
        act="meeting.cancelled",
        target=row,
        changes={"status": (MeetingStatus.PLANNED.value, MeetingStatus.CANCELLED.value)},
        subject_id=row.party_id,
    )
    publish(MeetingCancelled(meeting_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
    tell_invitees(actor, row, "cancelled")
    return row


def _locked(actor: Actor, meeting: Meeting, original_start: datetime | None, version: int | None) -> Meeting:
    row = lock_meeting(meeting)
    check_may_on_meeting(actor, "edit", row)
    check_version(row, version)
    if not row.is_series:
        return row
    if original_start is None or not is_start(row.rrule, row.starts_at, zone_of(row), original_start):
        raise Invalid.on("original_start", "missing", _("Say which one of the series."))
    return exception_of(row, original_start)


def _write_entry(actor: Actor, row: Meeting, notes: str) -> None:
    if row.party_id is None:
        return
    record_interaction(
        actor=actor,
        party_id=row.party_id,
        kind="meeting",
        channel=channel_of(row),
        occurred_at=min(row.starts_at, timezone.now()),
        duration_seconds=min(int((row.ends_at - row.starts_at).total_seconds()), MAX_DURATION_SECONDS),
        subject=row.title,
        body=notes,
        outcome=row.outcome,
        participants=_people(actor, row),
        data={"meeting_id": str(row.id), **about_data(row)},
        source=SOURCE,
        external_key=str(row.id),
    )


def _people(actor: Actor, row: Meeting) -> list[Participant]:
    """Who was invited, as participants; customers hidden from the writer are left out."""
    invitees = list(row.invitees.all())
    parties = {one.party_id for one in invitees if one.party_id}
    shown = parties if actor.member is None else visible_parties_of(actor.member, parties)
    people = []
    for one in invitees:
        if one.member_id:
            people.append(Participant(member_id=one.member_id))
        elif one.party_id is None:
            people.append(Participant(label=(one.name or one.email)[:120]))
        elif one.party_id in shown:
            people.append(Participant(party_id=one.party_id))
    return people
