"""Finding the list a tool's address names, with the member's right to see it."""

from __future__ import annotations

from ponte.core.errors import Denied, Missing
from ponte.core.models import Member
from ponte.core.rights import may
from ponte.workplace.lists.bulk import BulkAction
from ponte.workplace.lists.filters import Filter
from ponte.workplace.lists.page import ListPage, list_pages


def list_for(member: Member, key: str, act: str = "view") -> ListPage:
    """Return the list of a key; raises ``Missing`` for none, ``Denied`` without the right to ``act``."""
    page = list_pages.get(key)
    if page is None:
        raise Missing
    if not may(member, page.object, "view") or not may(member, page.object, act):
        raise Denied(page.object, act)
    return page


def filter_for(member: Member, page: ListPage, key: str) -> Filter:
    """Return a filter the member may use; raises ``Missing`` for any other."""
    found = next((item for item in page.filters_for(member) if item.key == key), None)
    if found is None:
        raise Missing
    return found


def action_for(member: Member, page: ListPage, key: str) -> BulkAction:
    """Return a bulk action the member may use; raises ``Missing`` for any other."""
    found = next((action for action in page.actions_for(member) if action.key == key), None)
    if found is None:
        raise Missing
    return found
