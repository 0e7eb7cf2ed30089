"""Who does something: a member in the browser, a token, a job or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import UUID

if TYPE_CHECKING:
    from ponte.core.models import Member

ActorKind = Literal["member", "token", "job", "system"]


@dataclass(frozen=True)
class Actor:
    """The author of an act, as audit and events keep it.

    ``member`` is None only for acts of the system; a token and a job act as the member behind them.
    """

    member: Member | None
    kind: ActorKind
    label: str
    address: str | None = None

    @classmethod
    def for_member(cls, member: Member, address: str | None = None) -> Actor:
        """Return the actor of a person using the browser."""
        return cls(member=member, kind="member", label=member.name, address=address)

    @classmethod
    def for_token(cls, member: Member, token_name: str, address: str | None = None) -> Actor:
        """Return the actor of an API call made with one of the member's tokens."""
        return cls(member=member, kind="token", label=f"{member.name} ({token_name})", address=address)

    @classmethod
    def for_job(cls, name: str, member: Member | None = None) -> Actor:
        """Return the actor of background work, done for ``member`` where there is one."""
        return cls(member=member, kind="job", label=name)

    @classmethod
    def system(cls, label: str = "Ponte") -> Actor:
        """Return the actor of work nobody asked for in person."""
        return cls(member=None, kind="system", label=label)

    @property
    def member_id(self) -> UUID | None:
        return self.member.id if self.member else None
