"""Friendly ranking and badges: whether a business wants them, who takes part, which badges there are."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from ponte.core.models import Member
from ponte.core.services.preferences import get_preference
from ponte.workplace.registry import Registry

KEY = "sales.recognition"
OPTED_OUT = "recognition_out"  # preference of a member
LEAST, MOST = 3, 10  # of the best who are named


@dataclass(frozen=True, slots=True)
class Recognition:
    """What a business wants: nothing at all unless ``is_on``; of a ranking the first ``top`` are named."""

    is_on: bool = False
    top: int = 3

    def as_json(self) -> dict[str, Any]:
        """Return it as the preference is kept."""
        return {"is_on": self.is_on, "top": self.top}


def load_recognition() -> Recognition:
    """Return what the business wants; one query."""
    return Recognition(**(get_preference(KEY) or {}))


def is_shown(member: Member) -> bool:
    """Tell whether ranking and badges are there for anybody."""
    return load_recognition().is_on


def takes_part(member: Member) -> bool:
    """Tell whether a member is counted and named; everybody is who didn't say otherwise."""
    return member.is_active and not member.preferences.get(OPTED_OUT)


@dataclass(frozen=True)
class Badge:
    """A badge. ``earned`` returns which of the given members have earned it by ``day``, from records, in a query or two for all."""

    key: str
    title: str | Promise
    text: str | Promise
    icon: str
    earned: Callable[[Collection[UUID], date], set[UUID]]
    order: int = 100


badges: Registry[Badge] = Registry()


def register_badge(badge: Badge) -> None:
    """Add a badge members may earn."""
    badges.register(badge)
