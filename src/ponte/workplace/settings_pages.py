"""The pages of ``/settings/``, registered by modules under a few sections."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

SETTINGS_SECTIONS: dict[str, str | Promise] = {
    "me": _("My account"),
    "workspace": _("Workspace"),
    "sales": _("Sales"),
    "people": _("People and rights"),
    "data": _("Data"),
    "integrations": _("Integrations"),
    "system": _("System"),
}


@dataclass(frozen=True)
class SettingsPage:
    """A page of settings. ``description`` is one line saying what is found there; ``url_name`` takes no arguments."""

    key: str
    section: str
    label: str | Promise
    icon: str
    url_name: str
    description: str | Promise = ""
    order: int = 100
    visible: Visible = everyone


settings_pages: Registry[SettingsPage] = Registry()


def register_settings_page(page: SettingsPage) -> None:
    """Add a page to the settings; its section must be one of ``SETTINGS_SECTIONS``."""
    if page.section not in SETTINGS_SECTIONS:
        raise ValueError(f"{page.section!r} is not a section of the settings")
    settings_pages.register(page)


def settings_for(member: Member) -> dict[str, list[SettingsPage]]:
    """Return the settings pages ``member`` may open, by section, in order; empty sections are left out."""
    found: dict[str, list[SettingsPage]] = {section: [] for section in SETTINGS_SECTIONS}
    for page in settings_pages:
        if page.visible(member):
            found[page.section].append(page)
    return {section: pages for section, pages in found.items() if pages}
