"""Keeping a member's calendar elsewhere in step: first what changed there, then what changed here.

Every step is safe to repeat: a run that dies is finished by the next one, and two runs of one calendar never go side by side.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import DataError, IntegrityError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.errors import DomainError
from ponte.core.jobs import enqueue
from ponte.core.services.notifications import notify
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.timeline.adapters.opening import open_calendar
from ponte.timeline.adapters.remote import Changes, RemoteCalendar, RemoteError, RemoteEvent
from ponte.timeline.due import workspace_zone
from ponte.timeline.models import CalendarConnection, CalendarLink, ConnectionState
from ponte.timeline.services.calendar_conflicts import PATH
from ponte.timeline.services.calendar_pull import take_deletion, take_in
from ponte.timeline.services.calendar_push import send_changes

EVERY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
LEASE = timedelta(minutes=15)  # a run that hasn't ended by then counts as dead
COMPARE_ALL = timedelta(days=1)
MARGIN = timedelta(minutes=10)  # longer than any transaction that might still commit an earlier change
NEEDS_MEMBER = frozenset({"login", "missing", "address", "emptied"})  # trying again alone won't help
MANY, DUE_BATCH = 20, 500
LABEL = "calendar sync"
logger = logging.getLogger(__name__)


def hurry(member_id: UUID | None) -> None:
    """Something in a member's calendar changed: don't wait for the next turn."""
    rows = CalendarConnection.objects.filter(member=member_id, state=ConnectionState.ACTIVE)
    for connection_id in rows.values_list("id", flat=True) if member_id else ():
        enqueue("timeline.sync_calendar", once=f"sync:{connection_id}", connection_id=str(connection_id))


def queue_due_syncs() -> int:
    """Enqueue a run for each calendar whose time has come; return how many."""
    rows = CalendarConnection.objects.filter(
        state=ConnectionState.ACTIVE, next_sync_at__lte=timezone.now(), member__is_active=True
    )
    due = list(rows.order_by("next_sync_at").values_list("id", flat=True)[:DUE_BATCH])
    for connection_id in due:
        enqueue("timeline.sync_calendar", once=f"sync:{connection_id}", connection_id=str(connection_id))
    return len(due)


def sync_calendar(connection_id: UUID) -> bool:
    """Bring one calendar into step; return whether it ran (not when it is paused or another run is at it)."""
    with workspace_scope(named_workspace()):
        connection = _take(connection_id)
        zone = workspace_zone()
    if connection is None:
        return False
    started = timezone.now()
    try:
        remote = open_calendar(connection, zone)
        _pull(connection, remote)
        since = _since(connection, started)
        sent = send_changes(connection, remote, since) if not connection.is_read_only else None
        if sent and sent.count:
            # tokens that name a state, not a moment, would hide that what was just sent is deleted again
            _pull(connection, remote)
    except RemoteError as error:
        with workspace_scope(named_workspace()):
            _note_failure(connection_id, error)
        return True
    with workspace_scope(named_workspace()):
        _note_success(connection_id, started, since, bool(sent and sent.must_look_again))
    return True


def _take(connection_id: UUID) -> CalendarConnection | None:
    rows = CalendarConnection.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.select_related("member__role", "member__team").filter(id=connection_id).first()
    now = timezone.now()
    if row is None or row.state != ConnectionState.ACTIVE or not row.member.is_active:
        return None
    if row.leased_until is not None and row.leased_until > now:
        return None
    row.leased_until = now + LEASE
    row.save(update_fields=["leased_until", "updated_at"])
    return row


def _since(connection: CalendarConnection, now: datetime) -> datetime | None:
    """From when on changes here are looked for; None for comparing everything, once a day and at first."""
    through, compared = connection.pushed_through, connection.compared_at
    if through is None or compared is None or compared < now - COMPARE_ALL:
        return None
    return through - MARGIN


def _pull(connection: CalendarConnection, remote: RemoteCalendar) -> None:
    """Take in what changed there. The cursor moves on when all of it is in; until then the same is asked again."""
    with workspace_scope(named_workspace()):
        rows = CalendarLink.objects.filter(connection=connection).exclude(remote_key="")
        known = dict(rows.values_list("remote_key", "tag"))
        cursor = CalendarConnection.objects.values_list("cursor", flat=True).get(id=connection.id)
    changes = remote.changes(cursor, known)
    actor = Actor.for_job(LABEL, connection.member)
    for item in changes.events:
        _take_safely(actor, connection, item)
    for key in _gone(connection, changes):
        with workspace_scope(named_workspace()), translation.override(connection.member.language):
            take_deletion(actor=actor, connection=connection, key=key)
    with workspace_scope(named_workspace()):
        CalendarConnection.objects.filter(id=connection.id).update(cursor=changes.cursor)


def _take_safely(actor: Actor, connection: CalendarConnection, item: RemoteEvent) -> None:
    """Take in one event; one that can't be is named to the member and doesn't keep the others waiting."""
    try:
        with workspace_scope(named_workspace()), translation.override(connection.member.language):
            take_in(actor=actor, connection=connection, item=item)
    except (DomainError, DataError, IntegrityError, ValueError):
        logger.exception("event of calendar %s can't be taken in", connection.id)
        with workspace_scope(named_workspace()):
            CalendarLink.objects.update_or_create(
                connection=connection,
                remote_key=item.key,
                defaults={"tag": item.tag[:300], "problem": "invalid"},
            )


def _gone(connection: CalendarConnection, changes: Changes) -> list[str]:
    """Return the keys of what was deleted there; when nearly everything is missing, ask the member first."""
    with workspace_scope(named_workspace()):
        rows = CalendarLink.objects.filter(connection=connection).exclude(remote_key="")
        keys = set(rows.values_list("remote_key", flat=True))
    gone = keys - changes.present if changes.is_whole else keys & changes.gone
    if len(gone) > MANY and len(gone) * 2 > len(keys):
        raise RemoteError("emptied")
    return sorted(gone)


def _note_success(connection_id: UUID, started: datetime, since: datetime | None, again: bool) -> None:
    row = CalendarConnection.objects.select_for_update(of=("self",)).filter(id=connection_id).first()
    if row is None:
        return
    row.leased_until, row.failures, row.problem, row.synced_at = None, 0, "", started
    row.next_sync_at = timezone.now() if again else max(started + EVERY, timezone.now())
    if not again:
        row.pushed_through = started
        row.compared_at = started if since is None else row.compared_at
    row.save()


def _note_failure(connection_id: UUID, error: RemoteError) -> None:
    row = (
        CalendarConnection.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(id=connection_id)
        .first()
    )
    if row is None:
        return
    row.leased_until, row.failures, row.problem = None, row.failures + 1, error.code[:20]
    wait = max(min(EVERY * 2 ** min(row.failures - 1, 10), LONGEST_WAIT), timedelta(seconds=error.wait))
    row.next_sync_at = timezone.now() + wait
    if error.code in NEEDS_MEMBER:
        row.state = ConnectionState.BROKEN
        with translation.override(row.member.language):
            title = _("Your calendar “%(name)s” doesn't synchronise any more") % {"name": row}
        notify(member=row.member, kind="calendar.broken", title=title[:200], url=PATH)
    row.save()
