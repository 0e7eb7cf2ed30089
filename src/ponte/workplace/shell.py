"""What the workplace puts around every page: navigation, favourites, the create menu, search and palette."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from ponte.core.requests import WorkspaceRequest
from ponte.ui.shell import Link, Section, ShellPart
from ponte.workplace.commands import create_commands_for
from ponte.workplace.navigation import SECTIONS, NavItem, items_for
from ponte.workplace.search import SearchHit
from ponte.workplace.selectors.records import favourite_records

UNTITLED = frozenset({"home", "settings"})  # sections of one entry that need no heading


def shell_part(request: HttpRequest) -> ShellPart | None:
    """Return the workplace's part of the shell; None outside a workspace (error pages, log-in)."""
    if getattr(request, "member", None) is None:
        return None
    inside = cast(WorkspaceRequest, request)
    by_section = items_for(inside.member)
    items = [item for found in by_section.values() for item in found]
    return ShellPart(
        sections=[
            Section(
                "" if section in UNTITLED else str(SECTIONS[section]),
                tuple(_nav_link(item) for item in found),
            )
            for section, found in by_section.items()
        ],
        favourites=[_favourite(hit) for hit in favourite_records(inside.member)],
        create=[
            Link(
                label=str(command.label),
                url=reverse(command.url_name),
                icon=command.icon,
                key=command.key,
                shortcut=command.shortcut,
                dialog=command.in_dialog,
            )
            for command in create_commands_for(inside.member)
            if command.url_name
        ],
        phone=[_nav_link(item) for item in sorted(items, key=lambda item: item.order) if item.on_phone],
        urls={
            "home": reverse("workplace:home"),
            "search": reverse("workplace:search"),
            "palette": reverse("workplace:palette"),
            "shortcuts": reverse("workplace:shortcuts"),
            "settings": reverse("workplace:settings"),
        },
    )


def _nav_link(item: NavItem) -> Link:
    return Link(
        label=str(item.label),
        url=reverse(item.url_name),
        icon=item.icon,
        key=item.key,
        shortcut=f"g {item.go_key}" if item.go_key else "",
    )


def _favourite(hit: SearchHit) -> Link:
    return Link(label=hit.title, url=hit.url, icon=hit.sign, key=f"{hit.object}:{hit.id}")
