"""Log-ins in the database, read by a statement compiled once: it is the first thing every request asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from ponte.core.prepared import Prepared

LIVING = Prepared[Session](
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now), str, datetime
)


class SessionStore(DatabaseSessions):
    """Django's own store but for the way a session is found."""

    def _get_session_from_db(self) -> Any:
        found = LIVING.first(str(self.session_key), timezone.now())
        if found is None:
            self._session_key = None
        return found
