"""Where a page of a timeline goes on, as it stands in a URL."""

from datetime import date, datetime
from uuid import UUID

from ponte.timeline.selectors.timeline import Place


def place_text(place: Place | None) -> str:
    """Return a place as text, empty for none."""
    return f"{place.occurred_at.isoformat()}~{place.interaction_id}" if place else ""


def read_place(text: str) -> Place | None:
    """Return the place a text names, None when it names none."""
    moment, _mark, interaction_id = text.partition("~")
    try:
        occurred_at = datetime.fromisoformat(moment.replace(" ", "+"))
        return Place(occurred_at, UUID(interaction_id)) if occurred_at.tzinfo else None
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """Return the day an ISO date names, None when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
