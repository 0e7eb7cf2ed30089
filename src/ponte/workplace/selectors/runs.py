"""The big acts and files of a list that a member has asked for lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.models import BackgroundRun, Member
from ponte.core.prepared import Prepared
from ponte.workplace.lists import BulkAction, ListPage
from ponte.workplace.models import BulkChange, ListExport

UNDO_FOR = timedelta(days=1)
SHOWN_FOR = UNDO_FOR
MOST = 5
KINDS = ("bulk", "list_export")  # of background runs that stand above a list
STARTED = Prepared[UUID](
    lambda member_id, since: BackgroundRun.objects.filter(
        started_by_id=member_id, kind__in=KINDS, created_at__gt=since
    ).values_list("id", flat=True)[:1],
    UUID,
    datetime,
)


@dataclass(frozen=True)
class ShownRun:
    """One line above a list: what runs or ran, how far it is, what can be done about it.

    ``undo`` is the act's key where it can be taken back; ``download`` whether there is a file.
    """

    id: UUID
    title: str
    at: datetime
    is_underway: bool
    is_failed: bool
    text: str
    percent: int | None
    changes_rows: bool
    undo: str = ""
    download: bool = False


def runs_of(member: Member, page: ListPage) -> list[ShownRun]:
    """Return the member's big acts and files of a list, newest first, without those put away.

    One query for a member who has started nothing lately, three otherwise.
    """
    since = timezone.now() - SHOWN_FOR
    if not STARTED.rows(member.id, since):
        return []
    return sorted([*_changes(member, page), *_exports(member, page)], key=lambda run: run.at, reverse=True)[
        :MOST
    ]


def underway_ids(runs: Sequence[ShownRun]) -> str:
    """Return the ids of those still running, separated by commas."""
    return ",".join(str(run.id) for run in runs if run.is_underway)


def can_undo(change: BulkChange, action: BulkAction | None) -> bool:
    """Return whether a finished act can still be taken back."""
    is_late = change.created_at < timezone.now() - UNDO_FOR
    if action is None or action.undo is None or is_late or not change.count:
        return False
    if change.background_id is None:
        return change.undo is not None
    return change.state in (BulkChange.State.DONE, BulkChange.State.FAILED)


def _changes(member: Member, page: ListPage) -> list[ShownRun]:
    actions = {action.key: action for action in page.actions_for(member)}
    since = timezone.now() - SHOWN_FOR
    found = BulkChange.objects.filter(member=member, list_key=page.key, is_hidden=False, created_at__gt=since)
    shown = []
    for change in found.exclude(background=None).select_related("background").order_by("-id")[:MOST]:
        action, run = actions.get(change.action), change.background
        assert run is not None
        shown.append(
            ShownRun(
                id=change.id,
                title=run.title,
                at=change.created_at,
                is_underway=change.is_underway,
                is_failed=change.state == BulkChange.State.FAILED,
                text=change.error or _count_text(change),
                percent=_percent(run.done, run.total) if change.is_underway else None,
                changes_rows=True,
                undo=change.action if can_undo(change, action) else "",
            )
        )
    return shown


def _exports(member: Member, page: ListPage) -> list[ShownRun]:
    since = timezone.now() - SHOWN_FOR
    found = ListExport.objects.filter(member=member, list_key=page.key, is_hidden=False, created_at__gt=since)
    return [
        ShownRun(
            id=each.id,
            title=each.background.title if each.background else str(page.title),
            at=each.created_at,
            is_underway=each.finished_at is None,
            is_failed=bool(each.error),
            text=each.error or _("%(count)s rows") % {"count": each.rows},
            percent=_percent(each.background.done, each.background.total)
            if each.background and each.finished_at is None
            else None,
            changes_rows=False,
            download=bool(each.storage_key),
        )
        for each in found.select_related("background").order_by("-id")[:MOST]
    ]


def _count_text(change: BulkChange) -> str:
    if change.state == BulkChange.State.UNDONE:
        return _("Taken back.")
    return _("%(count)s changed, %(skipped)s left as they were") % {
        "count": change.count,
        "skipped": max(change.total - change.count, 0) if not change.is_underway else change.skipped,
    }


def _percent(done: int, total: int | None) -> int | None:
    return min(100, done * 100 // total) if total else None
