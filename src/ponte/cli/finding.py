"""Workspaces and members as they are named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ponte.cli.problems import Problem

if TYPE_CHECKING:
    from ponte.core.models import Member
    from ponte.core.tenancy.models import Workspace


def workspace_named(slug: str) -> Workspace:
    """The workspace with this slug.

    Raises:
        Problem: there is none; the message names those there are.
    """
    from ponte.core.tenancy.models import Workspace

    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        there = (
            ", ".join(Workspace.objects.order_by("slug").values_list("slug", flat=True)[:20]) or "none yet"
        )
        raise Problem(f"There is no workspace {slug}. There are: {there}")
    return found


def member_of(email: str) -> Member:
    """The active member with this address, in the open scope.

    Raises:
        Problem: there is none.
    """
    from ponte.core.models import Member

    member = Member.objects.filter(email__iexact=email, is_active=True).select_related("role", "team").first()
    if member is None:
        raise Problem(f"Nobody with the address {email} is in this workspace (ponte user create).")
    return member
