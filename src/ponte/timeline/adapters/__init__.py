"""Calendars elsewhere: one folder per kind of server, all behind ``remote.RemoteCalendar``."""
