"""The tabs above a list: views by themselves, and folders of them as menus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from ponte.workplace.lists import ListPage
from ponte.workplace.lists.state import ListState
from ponte.workplace.models import SavedView
from ponte.workplace.selectors.lists import address_of


@dataclass(frozen=True)
class ViewLink:
    """A view as its tab shows it."""

    id: UUID
    name: str
    url: str
    is_shared: bool


@dataclass
class Tab:
    """One view, or a ``folder`` of them; ``current`` names the folder's view that is open."""

    folder: str
    views: list[ViewLink] = field(default_factory=list)
    current: str = ""


def view_tabs(page: ListPage, state: ListState, views: Iterable[SavedView]) -> list[Tab]:
    """Return the tabs of views in order; a folder stands where its first view does."""
    tabs: list[Tab] = []
    folders: dict[str, Tab] = {}
    for view in views:
        link = ViewLink(view.id, view.name, address_of(page, view), view.is_shared)
        tab = folders.get(view.folder) if view.folder else None
        if tab is None:
            tab = Tab(view.folder)
            tabs.append(tab)
            if view.folder:
                folders[view.folder] = tab
        tab.views.append(link)
        if view.id == state.view:
            tab.current = view.name
    return tabs
