"""Fixtures of the workplace's tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from time import monotonic_ns
from typing import Any

import pytest
from django.urls import set_script_prefix, set_urlconf
from django.utils import timezone

from ponte.core.models import Member, Team
from ponte.core.rights import ObjectRights, register_object
from ponte.workplace.commands import commands
from ponte.workplace.home import home_blocks, start_steps
from ponte.workplace.lists import ListPage, list_pages, register_list
from ponte.workplace.navigation import nav_items
from ponte.workplace.search import search_sources
from ponte.workplace.settings_pages import settings_pages
from ponte.workplace.tests.colleagues import COLLEAGUES, OBJECT

URLCONF = "ponte.workplace.tests.urls"
OWN = {"home", "settings", "search", "shortcuts", "preferences"}


@pytest.fixture
def alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave only what the workplace registers itself, under its own addresses, named as inside a workspace."""
    for registry in (nav_items, commands, settings_pages, search_sources, home_blocks, start_steps):
        own = {key: entry for key, entry in registry._entries.items() if key in OWN}
        monkeypatch.setattr(registry, "_entries", own)
        monkeypatch.setattr(registry, "edition", monotonic_ns())
        monkeypatch.setattr(registry, "_sorted", None)
    settings.WORKSPACE_URLCONF = URLCONF
    set_urlconf(URLCONF)
    set_script_prefix("/teste/")
    yield
    set_script_prefix("/")
    set_urlconf(None)


@pytest.fixture
def colleagues_list(alone: None) -> Iterator[ListPage]:
    """Register the list of members for one test."""
    register_object(ObjectRights(OBJECT, label="Colleagues", owned=False))
    register_list(COLLEAGUES)
    yield COLLEAGUES
    list_pages.unregister(COLLEAGUES.key)


@pytest.fixture
def crowd(workspace: Any, admin: Member) -> list[Member]:
    """Make 23 members with ties, empty values and accents."""
    north, south = (Team.objects.create(name=name, path=f"{name}/") for name in ("Norte", "Sul"))
    now = timezone.now()
    rows = []
    for number in range(23):
        rows.append(
            Member(
                user_id=admin.user_id.__class__(int=number + 1),
                name=f"Ána {number % 4}",
                sort_name=f"ana {number % 4}",
                email=f"a{number % 7}@x.com.br",
                role=admin.role,
                team=(north, south, None)[number % 3],
                version=number % 3 + 1,
                last_seen_at=None if number % 4 == 0 else now - timedelta(days=number % 5),
            )
        )
    Member.objects.bulk_create(rows)
    return rows
