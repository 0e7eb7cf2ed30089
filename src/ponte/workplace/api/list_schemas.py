"""What the API of lists takes in and gives out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from ponte.apikit.schemas import In, Out
from ponte.core.models import Member
from ponte.workplace.lists import ListPage
from ponte.workplace.models import Sharing

Key = Annotated[str, StringConstraints(max_length=40)]
ViewName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Folder = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
QueryText = Annotated[str, StringConstraints(max_length=8_000)]


class ListOut(Out):
    """A list: the keys its views and URLs may name."""

    key: str
    title: str
    object: str
    columns: list[str]
    filters: list[str]
    sorts: list[str]

    @classmethod
    def of(cls, page: ListPage, member: Member) -> Self:
        """Return a list as the member may use it."""
        return cls(
            key=page.key,
            title=str(page.title),
            object=page.object,
            columns=[column.key for column in page.columns_for(member)],
            filters=[item.key for item in page.filters_for(member)],
            sorts=[sort.key for sort in page.sorts_for(member)],
        )


class ViewFilters(In):
    """Which views."""

    list: Key | None = None


class ViewIn(In):
    """A view to save. ``query`` is the query string of the list's address: filters, sort, columns, layout."""

    list: Key
    name: ViewName
    sharing: Sharing = Sharing.PRIVATE
    folder: Folder = ""
    query: QueryText = ""


class ViewPatch(In):
    """What to change of a view."""

    name: ViewName | None = None
    sharing: Sharing | None = None
    folder: Folder | None = None
    query: QueryText | None = None

    def given(self) -> dict[str, str]:
        """Return what was sent; null leaves a field as it is."""
        return {name: value for name, value in super().given().items() if value is not None}


class ViewOut(Out):
    """A saved view of a list."""

    id: UUID
    list: str = Field(validation_alias="list_key")
    name: str
    member_id: UUID
    sharing: Sharing
    team_id: UUID | None
    folder: str
    query: str
    version: int
    created_at: datetime
    updated_at: datetime


class ArrangementIn(In):
    """The order of a list's views; those left out follow by name. ``default_view`` null: open with all rows."""

    view_order: list[UUID] = Field([], max_length=200)
    default_view: UUID | None = None


class ArrangementOut(Out):
    """The member's own order of a list's views and the one the list opens with."""

    view_order: list[UUID]
    default_view: UUID | None
