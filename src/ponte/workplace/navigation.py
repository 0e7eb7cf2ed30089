"""The sidebar: sections by kind of work, entries registered by modules."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace import vocabulary
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

# Sections in the order of the sidebar. A section without visible entries is not shown.
SECTIONS: dict[str, str | Promise] = {
    "home": _("Home"),
    "inbox": _("Inbox"),
    "customers": vocabulary.customers,
    "sales": _("Sales"),
    "marketing": _("Marketing"),
    "service": _("Service"),
    "analytics": _("Analytics"),
    "settings": _("Settings"),
}


@dataclass(frozen=True)
class NavItem:
    """One entry of the sidebar.

    ``section`` is a key of ``SECTIONS``; ``icon`` a Tabler icon's name; ``url_name`` takes no arguments; ``go_key`` is
    the letter that opens it after ``g``; ``on_phone`` puts it into the bottom bar (five at most, by order).
    """

    key: str
    section: str
    label: str | Promise
    icon: str
    url_name: str
    order: int = 100
    visible: Visible = everyone
    go_key: str = ""
    on_phone: bool = False


nav_items: Registry[NavItem] = Registry()


def register_nav(item: NavItem) -> None:
    """Add an entry to the sidebar; its section must be one of ``SECTIONS``."""
    if item.section not in SECTIONS:
        raise ValueError(f"{item.section!r} is not a section of the sidebar")
    nav_items.register(item)


def items_for(member: Member) -> dict[str, list[NavItem]]:
    """Return what ``member`` sees in the sidebar, by section, in order; empty sections are left out."""
    found: dict[str, list[NavItem]] = {section: [] for section in SECTIONS}
    for item in nav_items:
        if item.visible(member):
            found[item.section].append(item)
    return {section: items for section, items in found.items() if items}
