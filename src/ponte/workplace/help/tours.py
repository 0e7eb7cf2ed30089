"""Tours: a few steps that point at what is on the page, going from page to page. ``frontend/src/tours.ts`` walks them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

DONE = "tours_done"  # key of the member's preference: those walked to their end


@dataclass(frozen=True)
class Step:
    """One step: ``target`` is a CSS selector, several by commas: the first that is to be seen. A step without one is left out.

    ``url_name`` is the page it is on (no arguments), "" for the page of the step before.
    """

    target: str
    title: str | Promise
    text: str | Promise
    url_name: str = ""


@dataclass(frozen=True)
class Tour:
    """One tour, for those to whom it is ``visible``: by what their role opens. The first step names its page."""

    key: str
    title: str | Promise
    text: str | Promise
    steps: tuple[Step, ...]
    icon: str = "route"
    order: int = 100
    visible: Visible = everyone

    def __post_init__(self) -> None:
        if not self.steps or not self.steps[0].url_name:
            raise ValueError(f"tour {self.key}: its first step must name a page")


tours: Registry[Tour] = Registry()


def register_tour(tour: Tour) -> None:
    """Add a tour."""
    tours.register(tour)


def tours_for(member: Member) -> list[Tour]:
    """Return the tours of what ``member`` can use, in order."""
    return [tour for tour in tours if tour.visible(member)]


def done_by(member: Member) -> list[str]:
    """Return the keys of the tours a member has walked to their end."""
    return [str(key) for key in member.preferences.get(DONE, [])]
