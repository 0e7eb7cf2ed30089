"""Connecting a member's calendar elsewhere, choosing what goes where, and taking it off again."""

from __future__ import annotations

from typing import TypedDict, Unpack
from urllib.parse import urlsplit

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.crypto import seal_secret
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.jobs import enqueue
from ponte.core.models import Member
from ponte.core.services.audit import diff
from ponte.core.services.audit import record as audit
from ponte.timeline.adapters.oauth import Tokens
from ponte.timeline.adapters.opening import list_calendars
from ponte.timeline.adapters.remote import CalendarChoice, RemoteError
from ponte.timeline.models import (
    CalendarConnection,
    CalendarLink,
    CalendarProvider,
    ConnectionState,
    Meeting,
    MeetingStatus,
)

CHOSEN = ("calendar_key", "calendar_name", "is_read_only", "shares_meetings", "shares_tasks", "takes_in")


class SharingDetails(TypedDict, total=False):
    """What is exchanged with a connected calendar."""

    shares_meetings: bool
    shares_tasks: bool
    takes_in: bool


def problem_words(code: str) -> str:
    """Return what went wrong with a calendar and what to do, in words of the active language."""
    known = {
        "login": _("The server refused user or password. Give them anew; many need a password made for apps."),
        "missing": _("There is no calendar at this address any more. Check the address, or choose another calendar."),
        "address": _("This address may not be reached: it must be public and begin with https://."),
        "network": _("The server couldn't be reached. It is tried again by itself."),
        "busy": _("The server asked to wait. It is tried again by itself."),
        "emptied": _("Most events are missing there all at once. Nothing was deleted here: send them there again, or disconnect."),
    }  # fmt: skip
    return known.get(code, _("The server answered what can't be understood. It is tried again by itself.")) if code else ""  # fmt: skip


@transaction.atomic
def connect_caldav(
    *, actor: Actor, member: Member, address: str, username: str, password: str
) -> CalendarConnection:
    """Keep the access to a CalDAV server; which calendar is chosen next. Connecting again replaces the access.

    Nothing is asked of the server here: ``list_choices`` does.

    Raises:
        Invalid: an impossible address, no user or password.
    """
    address, username = address.strip(), username.strip()
    problems = _access_problems(address, username, password)
    if problems:
        raise Invalid(problems)
    sealed = seal_secret(orjson.dumps({"password": password}).decode())
    row = _of(member, CalendarProvider.CALDAV)
    same = row.address == address and row.username == username and bool(row.calendar_key)
    row.address, row.username, row.secret = address, username, sealed
    row.problem, row.failures = "", 0
    row.state = ConnectionState.ACTIVE if same else ConnectionState.CHOOSING
    row.next_sync_at = timezone.now()
    row.version += 1
    row.save()
    audit(
        actor=actor,
        act="calendar.connected",
        target=row,
        changes={"address": (None, address), "username": (None, username)},
    )
    return row


@transaction.atomic
def connect_account(*, actor: Actor, member: Member, provider: str, tokens: Tokens) -> CalendarConnection:
    """Keep the access to a Google or Microsoft account; which calendar is chosen next. Again replaces the access."""
    row = _of(member, provider)
    row.secret = seal_secret(tokens.as_json())
    row.problem, row.failures = "", 0
    row.state = ConnectionState.ACTIVE if row.calendar_key else ConnectionState.CHOOSING
    row.next_sync_at = timezone.now()
    row.version += 1
    row.save()
    audit(actor=actor, act="calendar.connected", target=row, changes={"provider": (None, provider)})
    return row


def _of(member: Member, provider: str) -> CalendarConnection:
    rows = CalendarConnection.objects.select_for_update().filter(member=member, provider=provider)
    return rows.first() or CalendarConnection(member=member, provider=provider, version=0)


def _access_problems(address: str, username: str, password: str) -> list[FieldProblem]:
    problems = []
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        good = False
    if not good or len(address) > 500 or not address.isascii():
        problems.append(
            FieldProblem("address", "invalid", _("Paste the whole address, beginning with https://."))
        )
    if not username or len(username) > 255 or ":" in username:
        problems.append(FieldProblem("username", "required", _("Give the user name at that server.")))
    if not password or len(password) > 500:
        problems.append(FieldProblem("password", "required", _("Give the password, best one made for apps.")))
    return problems


def list_choices(connection: CalendarConnection) -> list[CalendarChoice]:
    """Ask the server for the calendars of the access.

    Raises:
        Invalid: on ``address`` or ``password``, when it can't be asked.
    """
    try:
        return list_calendars(connection)
    except RemoteError as error:
        field = "password" if error.code == "login" else "address"
        raise Invalid.on(field, error.code, problem_words(error.code)) from error


@transaction.atomic
def choose_calendar(
    *, actor: Actor, connection: CalendarConnection, choice: CalendarChoice, **sharing: Unpack[SharingDetails]
) -> CalendarConnection:
    """Choose the calendar to keep in step, and start. Another one than before begins anew."""
    row = CalendarConnection.objects.select_for_update().get(id=connection.id)
    before = {name: getattr(row, name) for name in CHOSEN}
    if row.calendar_key and row.calendar_key != choice.key:
        _forget(row)
    row.calendar_key, row.calendar_name, row.is_read_only = choice.key, choice.name, choice.is_read_only
    for name, value in sharing.items():
        setattr(row, name, value)
    return _changed(actor, row, before)


@transaction.atomic
def change_sharing(
    *,
    actor: Actor,
    connection: CalendarConnection,
    version: int | None = None,
    **sharing: Unpack[SharingDetails],
) -> CalendarConnection:
    """Change what is exchanged. What isn't shared any more is taken out of the calendar there."""
    row = CalendarConnection.objects.select_for_update().get(id=connection.id)
    check_version(row, version)
    before = {name: getattr(row, name) for name in CHOSEN}
    if sharing.get("takes_in") and not row.takes_in:
        row.cursor = ""  # what was passed over until now comes in
    for name, value in sharing.items():
        setattr(row, name, value)
    return _changed(actor, row, before)


def _changed(actor: Actor, row: CalendarConnection, before: dict[str, object]) -> CalendarConnection:
    row.state, row.problem, row.failures = ConnectionState.ACTIVE, "", 0
    row.compared_at, row.next_sync_at = None, timezone.now()
    row.version += 1
    row.save()
    changes = diff(before, {name: getattr(row, name) for name in CHOSEN})
    audit(actor=actor, act="calendar.changed", target=row, changes=changes)
    ask_sync(row)
    return row


def ask_sync(connection: CalendarConnection) -> None:
    """Bring a calendar into step as soon as a worker is free."""
    enqueue("timeline.sync_calendar", once=f"sync:{connection.id}", connection_id=str(connection.id))


@transaction.atomic
def ask_sync_now(*, actor: Actor, connection: CalendarConnection) -> None:
    """Bring a calendar into step now, also when a failure has it waiting."""
    rows = CalendarConnection.objects.filter(id=connection.id, state=ConnectionState.ACTIVE)
    if rows.update(next_sync_at=timezone.now()):
        ask_sync(connection)


def pause_calendar(*, actor: Actor, connection: CalendarConnection) -> CalendarConnection:
    """Stop exchanging for a while. Twice is once."""
    return set_paused(actor=actor, connection=connection, paused=True)


def resume_calendar(*, actor: Actor, connection: CalendarConnection) -> CalendarConnection:
    """Go on exchanging. Twice is once."""
    return set_paused(actor=actor, connection=connection, paused=False)


@transaction.atomic
def set_paused(*, actor: Actor, connection: CalendarConnection, paused: bool) -> CalendarConnection:
    """Stop exchanging for a while, or go on (also after a failure). Twice is once."""
    row = CalendarConnection.objects.select_for_update().get(id=connection.id)
    state = ConnectionState.PAUSED if paused else ConnectionState.ACTIVE
    if row.state == state or row.state == ConnectionState.CHOOSING:
        return row
    audit(actor=actor, act="calendar.changed", target=row, changes={"state": (row.state, state)})
    row.state, row.problem, row.failures, row.next_sync_at = state, "", 0, timezone.now()
    row.version += 1
    row.save()
    if not paused:
        ask_sync(row)
    return row


@transaction.atomic
def refill_calendar(*, actor: Actor, connection: CalendarConnection) -> CalendarConnection:
    """Send everything there again, after the calendar there was emptied."""
    row = CalendarConnection.objects.select_for_update().get(id=connection.id)
    links = CalendarLink.objects.select_for_update().filter(connection=row)
    links.filter(meeting=None, task=None).delete()
    for link in links.iterator(chunk_size=1000):
        link.remote_key, link.tag, link.here, link.there = "", "", {}, {}
        link.generation += 1
        link.save()
    row.cursor = ""
    audit(actor=actor, act="calendar.refilled", target=row)
    return _changed(actor, row, {})


@transaction.atomic
def disconnect_calendar(*, actor: Actor, connection: CalendarConnection) -> None:
    """Take a calendar off. What came from there goes, unless work was put into it; what was sent there stays there.

    Twice is once.
    """
    row = CalendarConnection.objects.select_for_update().filter(id=connection.id).first()
    if row is None:
        return
    audit(actor=actor, act="calendar.disconnected", target=row, changes={"calendar": (str(row), None)})
    _forget(row)
    row.delete()


def _forget(row: CalendarConnection) -> None:
    """Forget what is known of a calendar: those of its events nobody worked with here are thrown away."""
    came = Meeting.objects.filter(source=row.source)
    came.filter(party=None, invitees=None, series=None, status=MeetingStatus.PLANNED, deleted_at=None).update(
        deleted_at=timezone.now(), next_remind_at=None
    )
    Meeting.objects.filter(
        series__source=row.source, series__deleted_at__isnull=False, deleted_at=None
    ).update(deleted_at=timezone.now())
    came.filter(deleted_at=None).update(source="manual", external_key=None)
    CalendarLink.objects.filter(connection=row).delete()
    row.cursor, row.pushed_through = "", None
