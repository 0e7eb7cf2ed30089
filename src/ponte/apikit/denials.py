"""Leaves a trace of refused acts, after the refused transaction is gone."""

from __future__ import annotations

from django.http import HttpRequest

from ponte.core.errors import Denied
from ponte.core.services.audit import record_denial
from ponte.core.tenancy.scope import workspace_scope


def note_denial(request: HttpRequest, error: object) -> None:
    """Record a ``Denied`` in a transaction of its own; anything else leaves no trace here."""
    actor = getattr(request, "actor", None)
    if not isinstance(error, Denied) or actor is None:
        return
    with workspace_scope(request.workspace):  # type: ignore[attr-defined]
        record_denial(actor=actor, act=error.act, object_type=error.object_type, place=request.path[:200])
