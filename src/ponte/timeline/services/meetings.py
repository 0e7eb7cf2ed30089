"""Planning meetings: whole ones, single or series. Single occurrences of a series: ``meeting_occurrences``."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.ids import uuid7
from ponte.core.services.audit import diff
from ponte.core.services.audit import record as audit
from ponte.core.services.events import publish
from ponte.events.timeline import MeetingDeleted, MeetingPlanned, MeetingRestored, MeetingUpdated
from ponte.timeline.models import Meeting
from ponte.timeline.occurrences import instant_key, next_reminder, read_instant, series_end
from ponte.timeline.policies import check_may_on_meeting
from ponte.timeline.services.about import about_data
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.invitees import Invitee, set_invitees
from ponte.timeline.services.meeting_data import MeetingData, MeetingDetails, clean_meeting
from ponte.timeline.services.meeting_notices import tell_invitees
from ponte.timeline.services.meeting_search import search_value
from ponte.timeline.subjects import with_customer

EDITABLE = (
    "title", "description", "location", "link", "starts_at", "ends_at", "all_day", "organiser_id", "party_id",
    "about_type", "about_id", "is_private", "remind_minutes", "rrule", "zone",
)  # fmt: skip
PERSONAL = frozenset({"title", "description", "location", "link", "invitees"})
TIMES = frozenset({"starts_at", "ends_at", "all_day", "rrule", "zone"})


@transaction.atomic
def create_meeting(
    *, actor: Actor, invitees: list[Invitee] | None = None, **details: Unpack[MeetingDetails]
) -> Meeting:
    """Plan a meeting; see ``MeetingData`` for the details. Without an organiser it is the acting member's.

    With an ``external_key``, planning the same (source, external_key) again returns the meeting there is.

    Raises:
        Invalid: no title, an impossible time or repetition, unknown people.
    """
    data = MeetingData(**with_customer(details))
    values = clean_meeting(data)
    known = find_by_key(data.source, data.external_key)
    if known is not None:
        return known
    values["organiser_id"] = values["organiser_id"] or actor.member_id
    meeting = Meeting(creator=actor.member, **values)
    meeting.uid = meeting.uid or f"{uuid7()}@ponte"
    settle(meeting)
    meeting.save(force_insert=True)
    set_invitees(meeting, invitees or [])
    audit(
        actor=actor,
        act="meeting.planned",
        target=meeting,
        changes={name: (None, values[name]) for name in EDITABLE if values[name] not in (None, "", False)},
        subject_id=meeting.party_id,
        personal=PERSONAL,
    )
    publish(
        MeetingPlanned(
            meeting_id=str(meeting.id),
            party_id=id_text(meeting.party_id),
            organiser_id=id_text(meeting.organiser_id),
            starts_at=meeting.starts_at.isoformat(),
            **about_data(meeting),
        ),
        actor=actor,
    )
    tell_invitees(actor, meeting, "planned")
    return meeting


def find_by_key(source: str, external_key: str | None) -> Meeting | None:
    """Return the meeting another system knows as ``external_key``, deleted ones included."""
    if not external_key:
        return None
    return Meeting.objects.filter(source=source, external_key=external_key).first()


@transaction.atomic
def update_meeting(
    *,
    actor: Actor,
    meeting: Meeting,
    version: int | None = None,
    invitees: list[Invitee] | None = None,
    **details: Unpack[MeetingDetails],
) -> Meeting:
    """Change a single meeting or a whole series; ``invitees`` None leaves those as they are.

    When a series moves, what was skipped or moved singly moves along.

    Raises:
        Denied: no right to. Conflict: ``version`` is not the current one. Invalid: as in ``create_meeting``.
    """
    row = lock_meeting(meeting)
    check_may_on_meeting(actor, "edit", row)
    check_version(row, version)
    before = {name: getattr(row, name) for name in EDITABLE}
    changes = diff(before, _cleaned(row, details))
    added = set_invitees(row, invitees) if invitees is not None else None
    if not changes and not added:
        return row
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    if TIMES & set(changes) and row.is_series:
        _move_along(row, before["starts_at"])
    write(row, moved=bool((TIMES | {"location", "link", "title"}) & set(changes)) or bool(added))
    audit(
        actor=actor,
        act="meeting.updated",
        target=row,
        changes=changes or {"invitees": (None, added)},
        subject_id=row.party_id,
        personal=PERSONAL,
    )
    publish(
        MeetingUpdated(
            meeting_id=str(row.id),
            party_id=id_text(row.party_id),
            fields=sorted(changes) or ["invitees"],
            former_party_id=id_text(before["party_id"]) if "party_id" in changes else "",
        ),
        actor=actor,
    )
    if TIMES & set(changes) or added:
        tell_invitees(actor, row, "moved")
    return row


def _cleaned(row: Meeting, details: MeetingDetails) -> dict[str, Any]:
    """The row's values with what was told: an all-day meeting's kept end is exclusive, a told one its last day."""
    kept = {name: getattr(row, name) for name in EDITABLE}
    if row.all_day and "ends_at" not in details:
        kept["ends_at"] = row.ends_at - timedelta(days=1)
    if "starts_at" in details and "ends_at" not in details:
        kept["ends_at"] = details["starts_at"] + (kept["ends_at"] - row.starts_at)
    data = replace(MeetingData(**kept, source=row.source), **with_customer(details, row))
    return {name: value for name, value in clean_meeting(data).items() if name in EDITABLE}


def _move_along(row: Meeting, before: datetime) -> None:
    """Name skipped and singly changed occurrences by their new starts."""
    shift = row.starts_at - before
    if not shift:
        return
    known = [moment for moment in map(read_instant, row.skipped) if moment]
    row.skipped = [instant_key(moment + shift) for moment in known]
    for one in row.exceptions.select_for_update().filter(original_start__isnull=False):
        assert one.original_start is not None
        one.original_start += shift
        one.save(update_fields=["original_start", "updated_at"])


def settle(row: Meeting) -> None:
    """Compute what follows from times, rule and words."""
    row.series_until = series_end(row)
    row.search = search_value(row.title, row.location, row.description)
    row.next_remind_at = next_reminder(row, timezone.now(), replaced_keys(row))


def replaced_keys(row: Meeting) -> set[str]:
    """Return the instant keys of a series' occurrences that have rows of their own."""
    if not row.is_series or row._state.adding:
        return set()
    rows = row.exceptions.filter(deleted_at__isnull=True).values_list("original_start", flat=True)
    return {instant_key(moment) for moment in rows if moment is not None}


def write(row: Meeting, *, moved: bool = False) -> None:
    """Save a locked meeting; ``moved``: invitees' calendars need the change."""
    settle(row)
    row.version += 1
    row.sequence += int(moved)
    row.save()


@transaction.atomic
def delete_meeting(*, actor: Actor, meeting: Meeting, version: int | None = None) -> Meeting:
    """Throw a meeting, or a whole series, away; ``restore_meeting`` brings it back. Twice is once."""
    row = lock_meeting(meeting)
    check_may_on_meeting(actor, "delete", row)
    check_version(row, version)
    if row.deleted_at is None:
        row.deleted_at = timezone.now()
        write(row, moved=True)
        row.exceptions.filter(deleted_at__isnull=True).update(deleted_at=row.deleted_at)
        audit(actor=actor, act="meeting.deleted", target=row, changes={}, subject_id=row.party_id)
        publish(MeetingDeleted(meeting_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
        tell_invitees(actor, row, "cancelled")
    return row


@transaction.atomic
def restore_meeting(*, actor: Actor, meeting: Meeting) -> Meeting:
    """Bring a deleted meeting back as it was, with the occurrences that went with it. Twice is once."""
    row = lock_meeting(meeting)
    check_may_on_meeting(actor, "delete", row)
    if row.deleted_at is not None:
        row.exceptions.filter(deleted_at=row.deleted_at).update(deleted_at=None)
        row.deleted_at = None
        write(row, moved=True)
        audit(actor=actor, act="meeting.restored", target=row, changes={}, subject_id=row.party_id)
        publish(MeetingRestored(meeting_id=str(row.id), party_id=id_text(row.party_id)), actor=actor)
        tell_invitees(actor, row, "planned")
    return row


def lock_meeting(meeting: Meeting) -> Meeting:
    """Return the meeting as it is now, locked; of an occurrence with a row of its own the series is locked first."""
    if meeting.series_id is not None:
        Meeting.objects.select_for_update().filter(id=meeting.series_id).first()
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("organiser", "party")
    return rows.get(id=meeting.id)
