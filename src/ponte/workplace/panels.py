"""The right column of the record page: panels that modules contribute, each loaded by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

BOTH_KINDS = frozenset({"person", "company"})


@dataclass(frozen=True)
class Panel:
    """A panel of a customer's page.

    ``url_name`` is a view taking ``party_id`` (a UUID) that answers with the panel's body; it is fetched by htmx when
    the panel comes into sight, so the page's own time doesn't depend on it. ``kinds`` are the kinds of party it is for.
    """

    key: str
    title: str | Promise
    icon: str
    url_name: str
    order: int = 100
    kinds: frozenset[str] = BOTH_KINDS
    visible: Visible = everyone
    open: bool = True


panels: Registry[Panel] = Registry()


def register_panel(panel: Panel) -> None:
    """Add a panel to the record page."""
    panels.register(panel)


def panels_for(member: Member, kind: str) -> list[Panel]:
    """Return the panels ``member`` sees on the page of a party of ``kind``, in order."""
    return [panel for panel in panels if kind in panel.kinds and panel.visible(member)]
