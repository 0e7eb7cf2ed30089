"""Entries on customers' timelines that tell of meetings held, many at once."""

from __future__ import annotations

from collections.abc import Sequence

from ponte.core.actors import Actor
from ponte.timeline.models import Meeting, MeetingStatus
from ponte.timeline.services.about import about_data
from ponte.timeline.services.bulk import bulk_record
from ponte.timeline.services.interaction_data import MAX_DURATION_SECONDS, InteractionData
from ponte.timeline.services.own_entries import bring_back, take_away

SOURCE = "meeting"  # as ``hold_meeting`` names them


def write_entries(actor: Actor, meetings: Sequence[Meeting]) -> None:
    """Tell of those among the meetings that are held and about a customer; the facts of their customers must be locked."""
    held = {
        str(one.id): one for one in meetings if one.party_id is not None and one.status == MeetingStatus.HELD
    }
    if not held:
        return
    bring_back(SOURCE, {key: (one.starts_at, one.organiser) for key, one in held.items()})
    bulk_record(actor=actor, items=[_entry(one) for one in held.values()], source=SOURCE)


def take_entries_away(meetings: Sequence[Meeting]) -> None:
    """Take the entries of meetings off the timelines. The facts must be locked."""
    take_away(SOURCE, [str(one.id) for one in meetings])


def _entry(row: Meeting) -> InteractionData:
    assert row.party_id is not None
    return InteractionData(
        party_id=row.party_id,
        kind="meeting",
        channel=channel_of(row),
        occurred_at=row.starts_at,
        duration_seconds=min(int((row.ends_at - row.starts_at).total_seconds()), MAX_DURATION_SECONDS),
        subject=row.title,
        author=row.organiser,
        data={"meeting_id": str(row.id), **about_data(row)},
        external_key=str(row.id),
    )


def channel_of(row: Meeting) -> str:
    """Return the channel of a meeting: by video where it has a link, in person where it has a place."""
    return "video" if row.link else "in_person" if row.location else ""
