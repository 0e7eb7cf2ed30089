"""Who belongs to the workspace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Missing
from ponte.core.models import Member
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.members import check_may_give, reactivate_member
from ponte.core.services.workspaces import deactivate_member, update_member
from ponte.workplace.admin.answers import answer_act, answer_form
from ponte.workplace.admin.forms.people import MemberForm
from ponte.workplace.admin.selectors.people import list_members, open_invitations, second_factors


@require_safe
@requires("members")
def member_list(request: WorkspaceRequest) -> HttpResponse:
    """Show members, those who left, and how many invitations are open."""
    everyone = list_members(request.GET.get("q", ""))
    protected = second_factors([member.user_id for member in everyone])
    context = {
        "active": [member for member in everyone if member.is_active],
        "inactive": [member for member in everyone if not member.is_active],
        "protected": protected,
        "open_invitations": open_invitations().count(),
        "q": request.GET.get("q", ""),
    }
    return render(request, "workplace/admin/members.html", context)


@require_http_methods(["GET", "POST"])
@requires("members")
def member_edit(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    """Change a member's role and team."""
    member = _get(member_id)
    form = MemberForm(request.POST or None, initial={"role": member.role_id, "team": member.team_id})

    def save(data: dict[str, Any]) -> None:
        if data["role"].id != member.role_id:
            check_may_give(request.actor, member.role)
            check_may_give(request.actor, data["role"])
        update_member(
            member=member,
            actor=request.actor,
            role=data["role"],
            team=data["team"],
            clear_team=not data["team"],
        )

    title = member.name
    return answer_form(request, form, save, title=title, done=_("Saved."), back=reverse("workplace:members"))


@require_POST
@requires("members")
def member_deactivate(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    """Close the workspace to a member."""
    member = _get(member_id)

    def act() -> None:
        check_may_give(request.actor, member.role)
        deactivate_member(member=member, actor=request.actor)

    done = _("%(name)s can't come in any more.") % {"name": member.name}
    return answer_act(request, act, done=done, back=reverse("workplace:members"))


@require_POST
@requires("members")
def member_reactivate(request: WorkspaceRequest, member_id: UUID) -> HttpResponse:
    """Let a member back in."""
    member = _get(member_id)
    done = _("%(name)s is back.") % {"name": member.name}
    return answer_act(
        request,
        lambda: reactivate_member(member=member, actor=request.actor),
        done=done,
        back=reverse("workplace:members"),
    )


def _get(member_id: UUID) -> Member:
    member = Member.objects.select_related("role", "team").filter(id=member_id).first()
    if member is None:
        raise Missing
    return member
