"""The one registry of actions: palette, create menu, page buttons and shortcuts are all fed by it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone


@dataclass(frozen=True)
class Command:
    """Something a person can do from the palette, by a shortcut or with a button.

    Exactly one of ``url_name`` (opened; with ``in_dialog`` over the page, with ``in_panel`` beside it) and ``action`` (the
    name of a front-end action, dispatched as the event ``ponte:<action>``) is set. ``group`` is "create" (also shown in the create
    menu), "go", "do" or "help". ``contexts`` limits it to pages: empty for everywhere, else keys such as ``"record"``,
    ``"list:people"``; a page tells its own in ``data-page-context``. ``keywords`` are further words it is found by.
    """

    key: str
    label: str | Promise
    icon: str
    url_name: str = ""
    action: str = ""
    group: str = "do"
    shortcut: str = ""
    in_dialog: bool = False
    in_panel: bool = False
    contexts: frozenset[str] = frozenset()
    keywords: str | Promise = ""
    order: int = 100
    visible: Visible = everyone


commands: Registry[Command] = Registry()


def register_command(command: Command) -> None:
    """Add a command; raises ``ValueError`` unless it has either an address or an action."""
    if bool(command.url_name) == bool(command.action):
        raise ValueError(f"command {command.key} needs either url_name or action")
    commands.register(command)


def commands_for(member: Member, context: str = "") -> list[Command]:
    """Return the commands ``member`` may use on a page of ``context``, those of the page first."""
    usable = [command for command in commands if command.visible(member)]
    of_page = [command for command in usable if context and context in command.contexts]
    return of_page + [command for command in usable if not command.contexts]


def create_commands_for(member: Member) -> list[Command]:
    """Return what the create menu offers ``member``."""
    return [command for command in commands if command.group == "create" and command.visible(member)]
