"""The right column of an opportunity's page: panels that every area of sales contributes, each loaded by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone


@dataclass(frozen=True)
class DealPanel:
    """A panel of an opportunity's page. ``url_name`` is a view taking ``opportunity_id`` that answers with the panel's body."""

    key: str
    title: str | Promise
    icon: str
    url_name: str
    order: int = 100
    visible: Visible = everyone
    open: bool = True


deal_panels: Registry[DealPanel] = Registry()


def register_deal_panel(panel: DealPanel) -> None:
    """Add a panel to the page of opportunities."""
    deal_panels.register(panel)


def deal_panels_for(member: Member) -> list[DealPanel]:
    """Return the panels ``member`` sees, in order."""
    return [panel for panel in deal_panels if panel.visible(member)]
