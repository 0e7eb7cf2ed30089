"""What changed on both sides at once: told to the member, who may still take the other version."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.services.audit import record as audit
from ponte.core.services.notifications import notify
from ponte.timeline.event_data import from_json
from ponte.timeline.models import CalendarConflict, CalendarConnection, Meeting, Task
from ponte.timeline.services.calendar_apply import apply_to_meeting, apply_to_task

PATH = "/settings/calendars/"


def note_conflict(
    connection: CalendarConnection, row: Meeting | Task, kind: str, other: dict[str, Any]
) -> None:
    """Keep the version that lost and tell the member, in the transaction that decides."""
    CalendarConflict.objects.create(
        connection=connection,
        meeting=row if isinstance(row, Meeting) else None,
        task=row if isinstance(row, Task) else None,
        kind=kind,
        groups=other.get("groups", []),
        other=other.get("event", {}),
    )
    with translation.override(connection.member.language):
        title = _("Changed in two calendars: %(title)s") % {"title": row.title}
        body = conflict_words(kind)
    notify(member=connection.member, kind="calendar.conflict", title=title[:200], body=body, url=PATH)


def conflict_words(kind: str) -> str:
    """Return what was decided, in words of the active language."""
    return {
        "both": _("Changed here and in the other calendar. What is here was kept and sent there."),
        "kept": _(
            "Deleted in the other calendar but changed or held here. It was kept and sent there again."
        ),
        "restored": _("Deleted here but changed in the other calendar. It was brought back."),
        "denied": _("Changed or deleted in the other calendar without the right to. It was put back there."),
    }[kind]


@transaction.atomic
def close_conflict(*, actor: Actor, conflict: CalendarConflict, take_other: bool = False) -> None:
    """Put a conflict away; with ``take_other`` the version that lost is taken over first. Twice is once.

    Raises:
        Invalid: there is no other version. Denied: the member may not change the meeting.
    """
    row = CalendarConflict.objects.select_for_update(of=("self",)).get(id=conflict.id)
    if row.closed_at is not None:
        return
    target = row.meeting or row.task
    if take_other:
        if not row.other or target is None:
            raise Invalid.on("take_other", "missing", _("There is no other version to take."))
        event = from_json(row.other, ZoneInfo(row.other["zone"]))
        if isinstance(target, Meeting):
            apply_to_meeting(actor=actor, meeting=target, event=event, groups=row.groups)
        else:
            apply_to_task(actor=actor, task=target, event=event, groups=row.groups)
    row.closed_at, row.other = timezone.now(), {}
    row.save(update_fields=["closed_at", "other", "updated_at"])
    audit(
        actor=actor,
        act="calendar.conflict_closed",
        target=row,
        changes={"took": (None, "other" if take_other else "kept")},
    )
