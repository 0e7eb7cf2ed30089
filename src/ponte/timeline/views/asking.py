"""What the address of a form asks for: the record a new task or meeting is about."""

from __future__ import annotations

from uuid import UUID

from ponte.core.requests import WorkspaceRequest
from ponte.timeline.forms.about import NONE, About
from ponte.timeline.subjects import customer_of


def asked_about(request: WorkspaceRequest) -> tuple[About, UUID | None]:
    """Return the record ``?about=opportunity:<id>`` names and its customer, as far as the member sees them."""
    kind, _colon, text = request.GET.get("about", "").partition(":")
    try:
        about_id = UUID(text)
    except ValueError:
        return NONE, None
    party_id = customer_of(request.member, kind, about_id)
    return ((kind, about_id), party_id) if party_id is not None else (NONE, None)
