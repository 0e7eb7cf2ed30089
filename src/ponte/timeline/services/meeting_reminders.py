"""Reminding colleagues of meetings, each occurrence once."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from ponte.core.actors import Actor
from ponte.core.services.events import publish
from ponte.events.timeline import MeetingReminded
from ponte.timeline.models import Answer, Meeting
from ponte.timeline.models.meeting import EXISTING
from ponte.timeline.occurrences import next_reminder
from ponte.timeline.services.event_ids import id_text
from ponte.timeline.services.meeting_notices import remind_member
from ponte.timeline.services.meetings import replaced_keys

BATCH = 200
TOO_LATE = timedelta(hours=6)  # after an outage nobody is reminded of what is long over


@transaction.atomic
def send_meeting_reminders(limit: int = BATCH) -> int:
    """Remind those who take part in meetings whose reminder is due; return how many meetings that were.

    Rows are locked and moved on to their next occurrence in the notices' transaction, and rows another worker holds are
    skipped: each reminder goes out once.
    """
    now = timezone.now()
    rows = list(
        Meeting.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("organiser")
        .filter(EXISTING, next_remind_at__lte=now)
        .order_by("next_remind_at")[:limit]
    )
    for row in rows:
        assert row.next_remind_at is not None
        if row.next_remind_at > now - TOO_LATE:
            _remind(row)
        row.next_remind_at = next_reminder(row, now, replaced_keys(row))
        row.save(update_fields=["next_remind_at", "updated_at"])
    return len(rows)


def _remind(row: Meeting) -> None:
    assert row.next_remind_at is not None
    assert row.remind_minutes is not None
    starts_at = row.next_remind_at + timedelta(minutes=row.remind_minutes)
    people = {row.organiser} if row.organiser else set()
    invited = row.invitees.filter(member__isnull=False).exclude(answer=Answer.DECLINED)
    people |= {one.member for one in invited.select_related("member") if one.member}
    for member in people:
        remind_member(member, row, starts_at)
    publish(
        MeetingReminded(
            meeting_id=str(row.id), party_id=id_text(row.party_id), starts_at=starts_at.isoformat()
        ),
        actor=Actor.system("reminders"),
    )
