"""The tree of teams."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Team
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.teams import delete_team
from ponte.core.services.workspaces import save_team
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.admin.forms.people import TeamForm
from ponte.workplace.admin.selectors.people import team_tree


@require_safe
@requires("members")
def team_list(request: WorkspaceRequest) -> HttpResponse:
    """Show the teams as a tree."""
    return render(request, "workplace/admin/teams.html", {"teams": team_tree()})


@require_http_methods(["GET", "POST"])
@requires("members")
def team_create(request: WorkspaceRequest) -> HttpResponse:
    """Make a team."""
    form = TeamForm(request.POST or None, initial={"parent": request.GET.get("parent", "")})
    return _answer(request, form, None, _("New team"))


@require_http_methods(["GET", "POST"])
@requires("members")
def team_edit(request: WorkspaceRequest, team_id: UUID) -> HttpResponse:
    """Rename or move a team, or give it another leader."""
    team = _get(team_id)
    initial = {"name": team.name, "parent": team.parent_id, "leader": team.leader_id}
    return _answer(request, TeamForm(request.POST or None, initial=initial, team=team), team, team.name)


def _answer(request: WorkspaceRequest, form: TeamForm, team: Team | None, title: str) -> HttpResponse:
    def save(data: dict[str, Any]) -> None:
        save_team(
            actor=request.actor, team=team, name=data["name"], parent=data["parent"], leader=data["leader"]
        )

    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse("workplace:teams"))


@require_POST
@requires("members")
def team_delete(request: WorkspaceRequest, team_id: UUID) -> HttpResponse:
    """Delete an empty team."""
    team = _get(team_id)
    return answer_act(
        request,
        lambda: delete_team(team=team, actor=request.actor),
        done=_("Team deleted."),
        back=reverse("workplace:teams"),
    )


def _get(team_id: UUID) -> Team:
    team = Team.objects.select_related("parent", "leader").filter(id=team_id).first()
    if team is None:
        raise Missing
    return team
