"""The one rule of approvals, of discounts as of contracts: nobody answers what they asked for or what is theirs.

Who has every right may step in for whoever is named. Only they answer something of their own, and only where no colleague could:
the sole administrator isn't locked out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from ponte.core.models import Member
from ponte.core.rights import may_area

Fits = Callable[[Member], bool]


def is_named(member: Member, members: Collection[UUID], role_id: UUID | None) -> bool:
    """Tell whether an active member is asked by name or by role."""
    return member.is_active and (member.id in members or (role_id is not None and member.role_id == role_id))


def reaches(member: Member, members: Collection[UUID], role_id: UUID | None) -> bool:
    """Tell whether a question is the member's to answer: named; nobody named, because they run sales; or with every right."""
    if not member.is_active:
        return False
    if has_every_right(member):
        return True
    if not members and role_id is None:
        return may_area(member, "sales")
    return is_named(member, members, role_id)


def has_every_right(member: Member) -> bool:
    """Tell whether a member's role may do everything."""
    return bool(member.role.rights.get("all"))


def who_answers(fits: Fits, concerned: Sequence[UUID | None]) -> list[Member]:
    """Return the active members who may answer, by name; nobody where nobody can.

    Args:
        fits: tells whether the question is a member's to answer at all.
        concerned: who asked, then whose it is.
    """
    active = Member.objects.filter(is_active=True).select_related("role", "team").order_by("sort_name", "id")
    able = [member for member in active if fits(member)]
    if others := [one for one in able if one.id not in concerned]:
        return others
    alone = [one for one in able if has_every_right(one)]
    return [one for one in alone if one.id != concerned[0]] or alone


def may_answer_as(member: Member, fits: Fits, concerned: Sequence[UUID | None]) -> bool:
    """Tell whether a member may answer. Reads colleagues only where an administrator is concerned."""
    if not fits(member):
        return False
    if member.id not in concerned:
        return True
    return has_every_right(member) and member.id in {one.id for one in who_answers(fits, concerned)}
