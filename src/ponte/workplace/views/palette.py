"""The command palette and the list of shortcuts, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.text import search_terms
from ponte.ui.icons import icon_svg
from ponte.workplace.commands import Command, commands_for
from ponte.workplace.navigation import items_for
from ponte.workplace.search.finding import highlight, search_everything
from ponte.workplace.search.recheck import texts_match
from ponte.workplace.search.sources import SearchHit
from ponte.workplace.selectors.records import recent_records
from ponte.workplace.settings_pages import settings_for
from ponte.workplace.views.search import LONGEST, note_seen_people

PER_SOURCE = 6
SHORTEST = 2  # letters: a single one, typed on the way to a word, would meet a third of all customers
Item = dict[str, Any]


@require_safe
def palette(request: WorkspaceRequest) -> JsonResponse:
    """Answer with what ``?q=`` may mean on a page of ``?context=``: its commands, records, places."""
    text = request.GET.get("q", "").replace("\x00", " ")[:LONGEST]
    context = request.GET.get("context", "")[:60]
    words = search_terms(text)
    member = request.member
    if not words:
        found = [
            (_("On this page"), _commands(_of_page(member, context), words)),
            (_("Recently seen"), [_record(hit, words) for hit in recent_records(member)]),
            (_("Create"), _commands(_create(member), words)),
            (_("Go to"), _places(member, words)),
        ]
    else:
        found = [
            (_("Go to"), _places(member, words)),
            *_records(request, text, words),
            (_("Commands"), _commands(commands_for(member, context), words)),
            (_("Settings"), _settings(member, words)),
        ]
    return JsonResponse({"groups": [{"label": label, "items": items} for label, items in found if items]})


@require_safe
def shortcuts(request: WorkspaceRequest) -> JsonResponse:
    """Answer with the shortcuts that commands and places have; the front end adds those of lists and dialogs."""
    member = request.member
    usable = commands_for(member, request.GET.get("context", "")[:60])
    groups = [
        (_("Anywhere"), _keys(usable)),
        (_("Go to"), [(str(item.label), f"g {item.go_key}") for item in _nav(member) if item.go_key]),
    ]
    shown = [
        {"label": label, "items": [{"label": name, "keys": keys} for name, keys in items]}
        for label, items in groups
    ]
    return JsonResponse({"groups": shown})


def _records(request: WorkspaceRequest, text: str, words: Sequence[str]) -> list[tuple[str, list[Item]]]:
    if len(text.strip()) < SHORTEST:
        return []
    result = search_everything(request.member, text, limit=PER_SOURCE)
    note_seen_people(request, result.groups)
    return [(str(group.source.label), [_record(hit, words) for hit in group.hits]) for group in result.groups]


def _keys(usable: Iterable[Command]) -> list[tuple[str, str]]:
    return [(str(command.label), command.shortcut) for command in usable if command.shortcut]


def _of_page(member: Member, context: str) -> list[Command]:
    return [command for command in commands_for(member, context) if command.contexts]


def _create(member: Member) -> list[Command]:
    return [command for command in commands_for(member) if command.group == "create"]


def _nav(member: Member) -> list[Any]:
    return [item for items in items_for(member).values() for item in items]


def _commands(usable: Iterable[Command], words: Sequence[str]) -> list[Item]:
    return [
        {
            "key": command.key,
            "label": str(command.label),
            "html": highlight(str(command.label), words),
            "icon": icon_svg(command.icon),
            "url": reverse(command.url_name) if command.url_name else "",
            "action": command.action,
            "dialog": command.in_dialog,
            "panel": command.in_panel,
            "shortcut": command.shortcut,
        }
        for command in usable
        if texts_match(words, (str(command.label), str(command.keywords)))
    ]


def _places(member: Member, words: Sequence[str]) -> list[Item]:
    return [
        {
            "key": f"go:{item.key}",
            "label": str(item.label),
            "html": highlight(str(item.label), words),
            "icon": icon_svg(item.icon),
            "url": reverse(item.url_name),
            "shortcut": f"g {item.go_key}" if item.go_key else "",
        }
        for item in _nav(member)
        if texts_match(words, (str(item.label),))
    ]


def _settings(member: Member, words: Sequence[str]) -> list[Item]:
    """Return the pages of settings that are called so."""
    return [
        {
            "key": f"settings:{page.key}",
            "label": str(page.label),
            "html": highlight(str(page.label), words),
            "note": str(page.description),
            "icon": icon_svg(page.icon),
            "url": reverse(page.url_name),
        }
        for pages in settings_for(member).values()
        for page in pages
        if texts_match(words, (str(page.label),))
    ]


def _record(hit: SearchHit, words: Sequence[str]) -> Item:
    return {
        "key": f"{hit.object}:{hit.id}",
        "label": hit.title,
        "html": highlight(hit.title, words),
        "note": hit.subtitle,
        "icon": icon_svg(hit.sign),
        "url": hit.url,
    }
