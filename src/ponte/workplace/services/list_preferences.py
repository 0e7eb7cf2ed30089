"""Choosing a list's columns."""

from __future__ import annotations

from collections.abc import Sequence

from ponte.core.models import Member
from ponte.workplace.lists import ListPage
from ponte.workplace.models import ListPreference


def choose_columns(*, member: Member, page: ListPage, columns: Sequence[str]) -> list[str]:
    """Keep the columns a member wants to see, in order, and return those kept.

    Keys the list doesn't have or the member may not see are dropped; none at all goes back to the list's own choice.
    """
    allowed = {column.key for column in page.columns_for(member)}
    kept = [key for key in dict.fromkeys(columns) if key in allowed]
    if kept:
        ListPreference.objects.update_or_create(member=member, list_key=page.key, defaults={"columns": kept})
    else:
        ListPreference.objects.filter(member=member, list_key=page.key).delete()
    return kept
