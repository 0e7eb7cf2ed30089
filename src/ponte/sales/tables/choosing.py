"""Choosing a colleague for selected rows, the same in every list of sales."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.workplace.lists.filters import Choice

NOBODY = "nobody"
MOST = 500


def chosen_id(text: str, field: str) -> UUID | None:
    """Return the id that was chosen, None for nobody; raise ``Invalid`` on ``field`` for what is no choice."""
    if text in ("", NOBODY):
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise Invalid.on(field, "missing", _("Choose one of the options.")) from error


def colleagues(member: Member) -> list[Choice]:
    """Return the active members by name."""
    rows = Member.objects.filter(is_active=True).order_by("sort_name", "id").values_list("id", "name")[:MOST]
    return [(str(pk), name) for pk, name in rows]


def colleagues_or_nobody(member: Member) -> list[Choice]:
    """Return the active members by name, and nobody."""
    return [*colleagues(member), (NOBODY, _("Nobody"))]
