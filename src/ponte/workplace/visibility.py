"""Who sees an entry of a registry: a callable of the member, asked on every page, so it must not query."""

from __future__ import annotations

from collections.abc import Callable

from ponte.core.models import Member
from ponte.core.rights import may, may_area

Visible = Callable[[Member], bool]


def everyone(member: Member) -> bool:
    """Return True: the entry is for every member of the workspace."""
    return True


def who_may(object_name: str, act: str = "view") -> Visible:
    """Return a rule that holds for members whose role opens ``act`` on ``object_name`` at all."""

    def visible(member: Member) -> bool:
        return may(member, object_name, act)

    return visible


def who_may_area(area: str) -> Visible:
    """Return a rule that holds for members whose role opens an area (``ponte.core.rights.AREAS``)."""

    def visible(member: Member) -> bool:
        return may_area(member, area)

    return visible
