"""What a member chooses about a list: its columns, the order of its views, the view it opens with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.workplace.lists import ListPage
from ponte.workplace.models import ListPreference
from ponte.workplace.selectors.lists import views_of


def choose_columns(*, member: Member, page: ListPage, columns: Sequence[str]) -> list[str]:
    """Keep the columns a member wants to see, in order, and return those kept.

    Keys the list doesn't have or the member may not see are dropped; none at all goes back to the list's own choice.
    """
    allowed = {column.key for column in page.columns_for(member)}
    kept = [key for key in dict.fromkeys(columns) if key in allowed]
    _keep(member, page, columns=kept)
    return kept


def arrange_views(
    *, member: Member, page: ListPage, order: Sequence[UUID], default: UUID | None
) -> ListPreference:
    """Keep the order in which a member sees the views of a list, and the one the list opens with (None: all rows).

    Ids of views the member doesn't see are dropped from the order.

    Raises:
        Missing: ``default`` is no view the member sees.
    """
    seen = {view.id for view in views_of(member, page)}
    if default is not None and default not in seen:
        raise Missing
    kept = [view_id for view_id in dict.fromkeys(order) if view_id in seen]
    return _keep(member, page, view_order=kept, default_view=default)


def _keep(member: Member, page: ListPage, **values: Any) -> ListPreference:
    preference, _created = ListPreference.objects.update_or_create(
        member=member, list_key=page.key, defaults=values
    )
    return preference
