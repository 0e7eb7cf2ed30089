"""When each log-in was last used, noted at most every ten minutes: a write on every request would cost more than the page."""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponseBase

NOTE_EVERY_SECONDS = 600
SESSION_KEY = "ponte_seen"


class ActivityMiddleware:
    """Keeps the list of log-ins current (``allauth.usersessions`` writes on every request instead)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # a session without a log-in isn't read further: pages of strangers stay cheap
        if "_auth_user_id" in request.session:
            self._note(request)
        return self.get_response(request)

    def _note(self, request: HttpRequest) -> None:
        now = int(time.time())
        if (
            now - int(request.session.get(SESSION_KEY, 0)) >= NOTE_EVERY_SECONDS
            and request.user.is_authenticated
        ):
            UserSession.objects.create_from_request(request)
            request.session[SESSION_KEY] = now
