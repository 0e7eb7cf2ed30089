"""How a row opens for a member: beside the list first, or whole at once."""

from __future__ import annotations

from ponte.core.models import Member

OPEN_ROWS = "open_rows"


def opens_beside(member: Member) -> bool:
    """Return whether a click on a row opens the side panel (the default) instead of the whole page."""
    return bool(member.preferences.get(OPEN_ROWS, "panel") != "page")
