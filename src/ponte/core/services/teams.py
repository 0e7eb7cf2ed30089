"""Removing teams. Creating and moving them is ``workspaces.save_team``."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member, Team
from ponte.core.services import audit


def delete_team(*, team: Team, actor: Actor) -> None:
    """Delete an empty team. Raises ``Invalid`` while it has members or teams below it."""
    if Team.objects.filter(parent=team).exists():
        raise Invalid.on("", "has_teams", _("There are teams below this one. Move or delete them first."))
    if Member.objects.filter(team=team, is_active=True).exists():
        raise Invalid.on("", "has_members", _("The team still has members. Give them another team first."))
    audit.record(actor=actor, act="team.deleted", target=team, changes={"name": (team.name, None)})
    team.delete()
