"""Which adapter speaks with a connected calendar."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import orjson

from ponte.core.crypto import open_secret
from ponte.timeline.adapters.caldav.calendar import CalDavCalendar
from ponte.timeline.adapters.caldav.discovery import find_calendars
from ponte.timeline.adapters.caldav.transport import Dav
from ponte.timeline.adapters.remote import CalendarChoice, RemoteCalendar
from ponte.timeline.models import CalendarConnection

PATIENCE = 8.0  # seconds a request may take while a person waits


def open_calendar(connection: CalendarConnection, zone: ZoneInfo) -> RemoteCalendar:
    """Return the calendar a connection stands for; nothing is asked of it yet."""
    return CalDavCalendar(_dav(connection), connection.calendar_key, zone)


def list_calendars(connection: CalendarConnection) -> list[CalendarChoice]:
    """Return the calendars a login may choose from.

    Raises:
        RemoteError: it can't be reached, or the login is refused.
    """
    return find_calendars(replace(_dav(connection), patience=PATIENCE))


def _dav(connection: CalendarConnection) -> Dav:
    secret = orjson.loads(open_secret(bytes(connection.secret)))
    return Dav(connection.address, connection.username, secret["password"])
