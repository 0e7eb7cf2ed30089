"""Events of the platform itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ponte.events.base import DomainEvent


@dataclass(frozen=True, kw_only=True)
class MemberJoined(DomainEvent):
    """A person accepted an invitation or created the workspace."""

    name: ClassVar[str] = "core.member_joined"
    member_id: str


@dataclass(frozen=True, kw_only=True)
class MemberDeactivated(DomainEvent):
    """A member lost access to the workspace."""

    name: ClassVar[str] = "core.member_deactivated"
    member_id: str
