"""What the workplace puts around every page: navigation, favourites, the create menu, search and palette."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.ui.shell import Link, Section, ShellPart
from ponte.workplace.commands import commands, create_commands_for
from ponte.workplace.navigation import SECTIONS, NavItem, items_for, nav_items
from ponte.workplace.search import SearchHit
from ponte.workplace.selectors.records import favourite_records

UNTITLED = frozenset({"home", "settings"})  # sections of one entry that need no heading


def shell_part(request: HttpRequest) -> ShellPart | None:
    """Return the workplace's part of the shell; None outside a workspace (error pages, log-in)."""
    if getattr(request, "member", None) is None:
        return None
    inside = cast(WorkspaceRequest, request)
    favourites = [_favourite(hit) for hit in favourite_records(inside.member)]
    return replace(_fixed_part(inside.member, inside.workspace.kind), favourites=favourites)


_kept: dict[tuple[object, ...], ShellPart] = {}
MOST_KEPT = 500


def _fixed_part(member: Member, kind: str) -> ShellPart:
    """Return what is the same on every page of everybody with the same rights, words and workspace; made once."""
    rights = repr(member.role.rights)
    key = (get_script_prefix(), get_language(), kind, rights, nav_items.edition, commands.edition)
    part = _kept.get(key)
    if part is None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        part = _kept[key] = _make_fixed_part(member)
    return part


def _make_fixed_part(member: Member) -> ShellPart:
    by_section = items_for(member)
    items = [item for found in by_section.values() for item in found]
    return ShellPart(
        sections=[
            Section(
                "" if section in UNTITLED else str(SECTIONS[section]),
                tuple(_nav_link(item) for item in found),
            )
            for section, found in by_section.items()
        ],
        create=[
            Link(
                label=str(command.label),
                url=reverse(command.url_name),
                icon=command.icon,
                key=command.key,
                shortcut=command.shortcut,
                dialog=command.in_dialog,
            )
            for command in create_commands_for(member)
            if command.url_name
        ],
        phone=[_nav_link(item) for item in sorted(items, key=lambda item: item.order) if item.on_phone],
        urls={
            "home": reverse("workplace:home"),
            "help": reverse("workplace:help"),
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
