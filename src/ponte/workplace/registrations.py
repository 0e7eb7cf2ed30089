"""What the workplace itself plugs into its registries and into the layers below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.ui.shell import register_provider
from ponte.workplace.admin import registrations as _admin  # noqa: F401
from ponte.workplace.commands import Command, register_command
from ponte.workplace.custom_fields import registrations as _custom_fields  # noqa: F401
from ponte.workplace.exporting import registrations as _exporting  # noqa: F401
from ponte.workplace.help import registrations as _help  # noqa: F401
from ponte.workplace.importing import registrations as _importing  # noqa: F401
from ponte.workplace.lists import registrations as _lists  # noqa: F401
from ponte.workplace.navigation import NavItem, register_nav
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.shell import shell_part

register_provider("workplace", shell_part)

register_nav(
    NavItem("home", "home", _("Home"), "home", "workplace:home", order=10, go_key="h", on_phone=True)
)
register_nav(
    NavItem("settings", "settings", _("Settings"), "settings", "workplace:settings", order=900, go_key="s")
)

register_command(
    Command(
        "search",
        _("Search everything"),
        "search",
        url_name="workplace:search",
        group="go",
        shortcut="/",
        order=20,
    )
)
register_command(
    Command(
        "shortcuts",
        _("Keyboard shortcuts"),
        "keyboard",
        action="shortcuts",
        group="help",
        shortcut="?",
        order=900,
    )
)

register_settings_page(
    SettingsPage(
        "preferences",
        "me",
        _("Preferences"),
        "adjustments-horizontal",
        "workplace:preferences",
        _("How your lists behave."),
        order=20,
    )
)
