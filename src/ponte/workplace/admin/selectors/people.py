"""Reading members, invitations and how their accounts are protected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from ponte.core.models import Member, Role, Team
from ponte.core.tenancy.models import Invitation
from ponte.core.tenancy.scope import current_workspace
from ponte.core.text import fold

LIMIT = 1000


@dataclass(frozen=True)
class TeamNode:
    """A team with its depth in the tree (0: at the top) and how many active members it has itself."""

    team: Team
    depth: int
    members: int

    @property
    def indent(self) -> str:
        """The space that shows the depth, in characters (styles may not stand in the page)."""
        return "\u2003" * self.depth


def list_members(q: str = "") -> list[Member]:
    """Return the members by name, those who left too; ``q`` is part of a name or an address."""
    found = Member.objects.select_related("role", "team").order_by("sort_name", "id")
    if q.strip():
        found = found.filter(Q(sort_name__contains=fold(q.strip())) | Q(email__icontains=q.strip()))
    return list(found[:LIMIT])


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations whose links still work, newest first."""
    return Invitation.objects.filter(
        workspace=current_workspace(), accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    ).order_by("-id")


def closed_invitations(limit: int = 30) -> QuerySet[Invitation]:
    """Return the last invitations that were used, withdrawn or have expired."""
    closed = Q(accepted_at__isnull=False) | Q(revoked_at__isnull=False) | Q(expires_at__lte=timezone.now())
    return Invitation.objects.filter(closed, workspace=current_workspace()).order_by("-id")[:limit]


def second_factors(user_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """Return the kinds of second factor ("totp", "webauthn") each of the users has."""
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    rows = Authenticator.objects.filter(user_id__in=list(user_ids), type__in=kinds).values_list(
        "user_id", "type"
    )
    found: dict[UUID, set[str]] = {}
    for user_id, kind in rows:
        found.setdefault(user_id, set()).add(str(kind))
    return found


def last_seen(user_ids: Iterable[UUID]) -> dict[UUID, object]:
    """Return when each of the users was last seen (to ten minutes)."""
    rows = (
        UserSession.objects.filter(user_id__in=list(user_ids))
        .values_list("user_id")
        .annotate(Max("last_seen_at"))
    )
    return dict(rows)


def team_tree() -> list[TeamNode]:
    """Return the teams in the order of their tree, each with its depth and number of members."""
    teams = list(
        Team.objects.select_related("leader").annotate(
            size=Count("members", filter=Q(members__is_active=True))
        )
    )
    names = {str(team.id): team.name.casefold() for team in teams}

    def place(team: Team) -> list[str]:
        return [names.get(part, "") + part for part in team.path.split("/") if part]

    return [TeamNode(team, team.path.count("/") - 1, team.size) for team in sorted(teams, key=place)]


def roles_with_sizes() -> QuerySet[Role]:
    """Return the roles, built-in ones first, each with the number of its active members as ``size``."""
    return Role.objects.annotate(size=Count("members", filter=Q(members__is_active=True))).order_by(
        "key", "name"
    )
