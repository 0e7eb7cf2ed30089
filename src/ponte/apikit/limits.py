"""Rate limit per token, counted in the workspace's database so that all web processes share it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.utils.translation import gettext as _

from ponte.apikit.problems import Problem
from ponte.core.tenancy.models import ApiToken
from ponte.core.tenancy.scope import workspace_scope

WINDOW_SECONDS = 60
_COUNT = """
INSERT INTO apikit_ratewindow AS w (token_id, "window", used) VALUES (%s, %s, 1)
ON CONFLICT (token_id) DO UPDATE
SET used = CASE WHEN w."window" = excluded."window" THEN w.used + 1 ELSE 1 END, "window" = excluded."window"
RETURNING used
"""
_SEEN = """
UPDATE public.tenancy_apitoken SET last_used_at = now()
WHERE id = %s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""


@dataclass(frozen=True)
class Turn:
    """One call's place in the current window."""

    limit: int
    used: int
    reset_seconds: int

    def write_headers(self, response: HttpResponse) -> None:
        """Tell the caller how many calls are left and when the window ends."""
        response["RateLimit-Limit"] = str(self.limit)
        response["RateLimit-Remaining"] = str(max(0, self.limit - self.used))
        response["RateLimit-Reset"] = str(self.reset_seconds)


def take_turn(token: ApiToken) -> Turn:
    """Count one call of ``token`` in a transaction of its own, so that a refused call counts too.

    The commit doesn't wait for the disk: losing a count in a power cut harms nobody.
    """
    now = time.time()
    window = int(now // WINDOW_SECONDS)
    with workspace_scope(token.workspace, durable=False), connection.cursor() as cursor:
        cursor.execute(_COUNT, [token.id, window])
        used = cursor.fetchone()[0]
        if used == 1:
            cursor.execute(_SEEN, [token.id])
    limit = settings.PONTE_API_RATE
    return Turn(limit=limit, used=used, reset_seconds=int((window + 1) * WINDOW_SECONDS - now) + 1)


def too_many(turn: Turn) -> Problem:
    """Return the 429 that says when to try again."""
    return Problem(
        429,
        "rate_limited",
        _("Too many requests"),
        _("At most %(limit)s calls a minute. Try again in %(seconds)s seconds.")
        % {"limit": turn.limit, "seconds": turn.reset_seconds},
        headers={"Retry-After": str(turn.reset_seconds)},
    )
