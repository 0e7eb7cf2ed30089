"""Inviting people."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.models import Role, Team
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import requires
from ponte.core.services.invitations import invite, revoke_invitation
from ponte.core.services.mail import queue_mail
from ponte.core.services.members import check_may_give
from ponte.core.tenancy.models import Invitation
from ponte.core.tenancy.urls import public_reverse
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.forms.people import InvitationForm
from ponte.workplace.admin.selectors.people import closed_invitations, open_invitations


@require_safe
@requires("members")
def invitation_list(request: WorkspaceRequest) -> HttpResponse:
    """Show open invitations and the last closed ones."""
    context = {
        "open": open_invitations(),
        "closed": closed_invitations(),
        "roles": dict(Role.objects.values_list("id", "name")),
        "teams": dict(Team.objects.values_list("id", "name")),
    }
    return render(request, "workplace/admin/invitations.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@requires("members")
def invitation_create(request: WorkspaceRequest) -> HttpResponse:
    """Invite somebody: by e-mail where there is a mail server, else with a link to hand over."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _invite(request, form)
        except Invalid as refusal:
            add_problems(form, refusal)
    context = {"form": form, "title": _("Invite somebody"), "submit_label": _("Invite")}
    context["cancel_url"] = reverse("workplace:invitations")
    return render(request, "ui/form_page.html", context, status=422 if form.errors else 200)


def _invite(request: WorkspaceRequest, form: InvitationForm) -> HttpResponse:
    data = form.cleaned_data
    check_may_give(request.actor, data["role"])
    invitation, secret = invite(
        email=data["email"], name=data["name"], role=data["role"], team=data["team"], actor=request.actor
    )
    link = request.build_absolute_uri(public_reverse("join", secret))
    if settings.PONTE_SENDS_MAIL:
        _send(request, invitation, link)
    context = {"invitation": invitation, "link": "" if settings.PONTE_SENDS_MAIL else link}
    return render(request, "workplace/admin/invitation_made.html", context)


def _send(request: WorkspaceRequest, invitation: Invitation, link: str) -> None:
    words = {"person": request.member.name, "workspace": request.workspace.name, "link": link}
    queue_mail(
        to=invitation.email,
        subject=_("%(person)s invites you to %(workspace)s") % words,
        text=_(
            "%(person)s invites you to work together in %(workspace)s.\n\nOpen this link to join:\n%(link)s\n\n"
            "It works once, for seven days."
        )
        % words,
    )


@require_POST
@requires("members")
def invitation_revoke(request: WorkspaceRequest, invitation_id: UUID) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = Invitation.objects.filter(id=invitation_id, workspace=request.workspace).first()
    if invitation is None:
        raise Missing
    return answer_act(
        request,
        lambda: revoke_invitation(invitation=invitation, actor=request.actor),
        done=_("The link no longer works."),
        back=reverse("workplace:invitations"),
    )
