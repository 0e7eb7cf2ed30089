"""Which adapter speaks with a connected calendar."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import orjson

from ponte.core.crypto import open_secret, seal_secret
from ponte.core.tenancy.scope import named_workspace, workspace_scope
from ponte.timeline.adapters.caldav.calendar import CalDavCalendar
from ponte.timeline.adapters.caldav.discovery import find_calendars
from ponte.timeline.adapters.caldav.transport import Dav
from ponte.timeline.adapters.google.calendar import GoogleCalendar, list_google_calendars
from ponte.timeline.adapters.microsoft.calendar import MicrosoftCalendar, list_microsoft_calendars
from ponte.timeline.adapters.oauth import Session, Tokens, provider_of
from ponte.timeline.adapters.remote import CalendarChoice, RemoteCalendar, RemoteError
from ponte.timeline.models import CalendarConnection, CalendarProvider

PATIENCE = 8.0  # seconds a request may take while a person waits


def open_calendar(connection: CalendarConnection, zone: ZoneInfo) -> RemoteCalendar:
    """Return the calendar a connection stands for; nothing is asked of it yet.

    Raises:
        RemoteError: the operator doesn't offer the provider any more.
    """
    if connection.provider == CalendarProvider.GOOGLE:
        return GoogleCalendar(_session(connection), connection.calendar_key, zone)
    if connection.provider == CalendarProvider.MICROSOFT:
        return MicrosoftCalendar(_session(connection), connection.calendar_key, zone)
    return CalDavCalendar(_dav(connection), connection.calendar_key, zone)


def list_calendars(connection: CalendarConnection) -> list[CalendarChoice]:
    """Return the calendars a login may choose from.

    Raises:
        RemoteError: it can't be reached, or the login is refused.
    """
    if connection.provider == CalendarProvider.GOOGLE:
        return list_google_calendars(_session(connection))
    if connection.provider == CalendarProvider.MICROSOFT:
        return list_microsoft_calendars(_session(connection))
    return find_calendars(replace(_dav(connection), patience=PATIENCE))


def _dav(connection: CalendarConnection) -> Dav:
    secret = orjson.loads(open_secret(bytes(connection.secret)))
    return Dav(connection.address, connection.username, secret["password"])


def _session(connection: CalendarConnection) -> Session:
    provider = provider_of(connection.provider)
    if provider is None:
        raise RemoteError("login", detail="not configured")
    kept = orjson.loads(open_secret(bytes(connection.secret)))

    def keep(tokens: Tokens) -> None:
        with workspace_scope(named_workspace()):
            rows = CalendarConnection.objects.filter(id=connection.id)
            rows.update(secret=seal_secret(tokens.as_json()))

    return Session(provider, Tokens(**kept), keep)
