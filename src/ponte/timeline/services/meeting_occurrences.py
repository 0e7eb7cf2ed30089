"""One occurrence of a series, or all from one on: changing, skipping."""

from datetime import datetime
from typing import Literal, Unpack

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.ids import uuid7
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import MeetingDeleted, MeetingPlanned, MeetingUpdated
from ponte.timeline.models import Meeting, MeetingInvitee
from ponte.timeline.occurrences import end_of, instant_key, zone_of
from ponte.timeline.policies import check_may_on_meeting
from ponte.timeline.recurrence import continued_from, ended_before, is_start
from ponte.timeline.services.about import about_data
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.invitees import Invitee
from ponte.timeline.services.meeting_data import MeetingDetails
from ponte.timeline.services.meeting_notices import tell_invitees
from ponte.timeline.services.meetings import (
    delete_meeting,
    lock_meeting,
    settle,
    update_meeting,
    write,
)

Span = Literal["this", "following", "all"]
COPIED = (
    "title", "description", "location", "link", "all_day", "zone", "organiser_id", "creator_id", "party_id",
    "about_type", "about_id", "is_private", "remind_minutes",
)  # fmt: skip


@transaction.atomic
def update_occurrence(
    *,
    actor: Actor,
    meeting: Meeting,
    original_start: datetime,
    span: Span,
    version: int | None = None,
    invitees: list[Invitee] | None = None,
    **details: Unpack[MeetingDetails],
) -> Meeting:
    """Change one occurrence of a series ("this"), it and all later ones ("following") or the whole series ("all").

    Times told are the occurrence's; for "all" the series moves by the same shift. Return the row that holds the
    occurrence now.

    Raises:
        Denied, Conflict, Invalid: as ``update_meeting``; Invalid too when the series has no such occurrence.
    """
    series = _locked_series(actor, "edit", meeting, original_start, version)
    if span == "this":
        details.pop("rrule", None)
        row = exception_of(series, original_start)
        return update_meeting(actor=actor, meeting=row, invitees=invitees, **details)
    if span == "following" and original_start > series.starts_at:
        row = _split(actor, series, original_start)
        return update_meeting(actor=actor, meeting=row, invitees=invitees, **details)
    if details.get("starts_at") is not None:
        shift = original_start - series.starts_at
        details["starts_at"] -= shift
        ends_at = details.get("ends_at")
        if ends_at is not None:
            details["ends_at"] = ends_at - shift
    return update_meeting(actor=actor, meeting=series, invitees=invitees, **details)


@transaction.atomic
def delete_occurrence(
    *, actor: Actor, meeting: Meeting, original_start: datetime, span: Span, version: int | None = None
) -> Meeting:
    """Take one occurrence out of a series, it and all later ones, or throw the whole series away."""
    series = _locked_series(actor, "delete", meeting, original_start, version)
    if span == "all" or (span == "following" and original_start <= series.starts_at):
        return delete_meeting(actor=actor, meeting=series)
    later = series.exceptions.filter(deleted_at__isnull=True)
    if span == "this":
        series.skipped = sorted({*series.skipped, instant_key(original_start)})
        later.filter(original_start=original_start).update(deleted_at=timezone.now())
    else:
        series.rrule = ended_before(series.rrule, original_start)
        later.filter(original_start__gte=original_start).update(deleted_at=timezone.now())
    write(series, moved=True)
    audit(
        actor=actor,
        act="meeting.occurrence_deleted",
        target=series,
        changes={"original_start": (original_start, None), "span": (None, span)},
        subject_id=series.party_id,
    )
    publish(MeetingDeleted(meeting_id=str(series.id), party_id=id_text(series.party_id)), actor=actor)
    tell_invitees(actor, series, "moved")
    return series


def _locked_series(
    actor: Actor, act: str, meeting: Meeting, original_start: datetime, version: int | None
) -> Meeting:
    row = lock_meeting(meeting)
    check_may_on_meeting(actor, act, row)
    check_version(row, version)
    if not row.is_series or not is_start(row.rrule, row.starts_at, zone_of(row), original_start):
        raise Invalid.on("original_start", "missing", _("This meeting doesn't take place then any more."))
    return row


def exception_of(series: Meeting, original_start: datetime) -> Meeting:
    """Return the row of its own of one occurrence of a locked series, made when there is none yet."""
    known = series.exceptions.filter(original_start=original_start, deleted_at__isnull=True).first()
    if known is not None:
        return known
    row = Meeting(
        **{name: getattr(series, name) for name in COPIED},
        series=series,
        original_start=original_start,
        starts_at=original_start,
        ends_at=end_of(series, original_start),
        uid=series.uid,
        sequence=series.sequence,
        source="series",
        external_key=None,
    )
    settle(row)
    row.save(force_insert=True)
    _copy_invitees(series, row)
    settle(series)
    series.save(update_fields=["next_remind_at", "updated_at"])
    return row


def _split(actor: Actor, series: Meeting, moment: datetime) -> Meeting:
    """End a series before an occurrence and begin another one with it."""
    zone = zone_of(series)
    row = Meeting(
        **{name: getattr(series, name) for name in COPIED},
        starts_at=moment,
        ends_at=end_of(series, moment),
        rrule=continued_from(series.rrule, series.starts_at, zone, moment),
        uid=f"{uuid7()}@ponte",
        source="series",
    )
    key = instant_key(moment)
    row.skipped = [one for one in series.skipped if one >= key]
    settle(row)
    row.save(force_insert=True)
    series.exceptions.filter(original_start__gte=moment).update(series=row, uid=row.uid)
    _copy_invitees(series, row)
    before = series.rrule
    series.rrule = ended_before(series.rrule, moment)
    series.skipped = [one for one in series.skipped if one < key]
    write(series, moved=True)
    audit(
        actor=actor,
        act="meeting.split",
        target=series,
        changes={"rrule": (before, series.rrule), "continued_by": (None, row.id)},
        subject_id=series.party_id,
    )
    publish(
        MeetingUpdated(meeting_id=str(series.id), party_id=id_text(series.party_id), fields=["rrule"]),
        actor=actor,
    )
    publish(
        MeetingPlanned(
            meeting_id=str(row.id),
            party_id=id_text(row.party_id),
            organiser_id=id_text(row.organiser_id),
            starts_at=row.starts_at.isoformat(),
            **about_data(row),
        ),
        actor=actor,
    )
    return row


def _copy_invitees(source: Meeting, target: Meeting) -> None:
    MeetingInvitee.objects.bulk_create(
        MeetingInvitee(
            meeting=target,
            member_id=one.member_id,
            party_id=one.party_id,
            name=one.name,
            email=one.email,
            answer=one.answer,
            answered_at=one.answered_at,
        )
        for one in source.invitees.all()
    )
