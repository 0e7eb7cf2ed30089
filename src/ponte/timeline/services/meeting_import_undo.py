"""Taking a chunk of imported meetings back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from ponte.core.models import Member
from ponte.core.services.audit import record_bulk
from ponte.timeline.models import Meeting
from ponte.timeline.policies import may_on_meeting, visible_meetings
from ponte.timeline.services.facts import lock_facts
from ponte.timeline.services.meeting_entries import take_entries_away, write_entries
from ponte.timeline.services.meeting_upserts import announce, note_end, save_meetings
from ponte.workplace.importing.record_undo import Moved, RecordUndo
from ponte.workplace.importing.reversal import DoneChunk
from ponte.workplace.importing.targets import ImportContext


class MeetingUndo(RecordUndo[Meeting]):
    """Meetings go into the bin with what they left on timelines; what somebody worked with since stays."""

    model = Meeting
    object_type = "meeting"

    def visible(self, member: Member) -> QuerySet[Meeting]:
        return visible_meetings(member)

    def found(self, ids: Collection[UUID]) -> QuerySet[Meeting]:
        return super().found(ids).select_related("organiser").defer("search")

    def locked(self, ids: Collection[UUID]) -> Sequence[Meeting]:
        lock_facts(Meeting.objects.filter(id__in=ids, deleted_at=None).values_list("party_id", flat=True))
        return super().locked(ids)

    def within(self, context: ImportContext, rows: Mapping[UUID, Meeting], act: str) -> set[UUID]:
        member = context.actor.member
        if member is None:
            return set(rows)
        seen = set(visible_meetings(member).filter(id__in=list(rows)).values_list("id", flat=True))
        return {one for one, row in rows.items() if one in seen and may_on_meeting(member, act, row)}

    def column_of(self, name: str) -> str:
        return name if name.startswith("about") else name.removesuffix("_id")

    def remove(self, chunk: DoneChunk, context: ImportContext, rows: Sequence[Meeting]) -> None:
        take_entries_away(rows)
        now = timezone.now()
        for row in rows:
            row.deleted_at, row.external_key = now, None  # what was undone may be imported again
        save_meetings(rows)
        ids = [row.id for row in rows]
        Meeting.objects.filter(id__in=ids).update(deleted_at=now, external_key=None)
        record_bulk(
            actor=context.actor,
            act="meeting.deleted",
            object_type="meeting",
            ids=ids,
            summary={"count": len(ids)},
        )
        announce(context.actor, rows, "deleted")

    def write(self, context: ImportContext, rows: Sequence[Meeting], moved: Moved) -> None:
        former = {back["party_id"][0] for back in moved.values() if "party_id" in back} - {None}
        lock_facts([*former, *(row.party_id for row in rows)])
        for row in rows:
            note_end(row)
        save_meetings(rows)
        take_entries_away(rows)
        write_entries(context.actor, rows)
        self.note(context, rows, moved, impersonal=())
        announce(context.actor, rows, "edited", former)


undo_meetings = MeetingUndo()
