"""Pages before a workspace: which one, the very first one, and coming in by invitation."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from ponte.config.start import services
from ponte.config.start.forms import BusinessForm, FirstRunForm, JoinForm
from ponte.core.errors import Invalid
from ponte.core.services.invitations import find_invitation
from ponte.core.tenancy.choices import KINDS
from ponte.core.tenancy.models import Invitation, Membership, User
from ponte.ui.forms import add_problems


@require_safe
@never_cache
def chooser(request: HttpRequest) -> HttpResponse:
    """Lead each visitor on: into the one workspace, to a choice, to the first run or to the log-in."""
    if not request.user.is_authenticated:
        return redirect("account_login") if User.objects.exists() else redirect("first_run")
    memberships = list(
        Membership.objects.select_related("workspace")
        .filter(user_id=request.user.pk, is_active=True, workspace__is_active=True)
        .order_by("workspace__name", "id")
    )
    if len(memberships) == 1 and "all" not in request.GET:
        return redirect(f"/{memberships[0].workspace.slug}/")
    context = {
        "workspaces": [membership.workspace for membership in memberships],
        "may_create": settings.PONTE_OPEN_SIGNUP,
    }
    return render(request, "start/chooser.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def first_run(request: HttpRequest) -> HttpResponse:
    """Create the first business and person; with open sign-up, also later ones."""
    known = request.user.is_authenticated
    if User.objects.exists() and not settings.PONTE_OPEN_SIGNUP:
        return redirect("chooser")
    form_class = BusinessForm if known else FirstRunForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _start(request, form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, _in_terms_of_form(refusal))
    context = {"form": form, "known": known, "kinds": KINDS, "first": not User.objects.exists()}
    return render(request, "start/first_run.html", context, status=422 if form.errors else 200)


def _start(request: HttpRequest, data: dict[str, Any]) -> HttpResponse:
    if request.user.is_authenticated:
        workspace = services.start_another(user=request.user, data=data)
        return redirect(f"/{workspace.slug}/welcome/")
    user, workspace = services.start_first(data=data, only_first=not settings.PONTE_OPEN_SIGNUP)
    return _log_in(request, user, f"/{workspace.slug}/welcome/")


def _in_terms_of_form(refusal: Invalid) -> Invalid:
    names = {"name": "business", "slug": "business"}
    return Invalid(
        type(problem)(names.get(problem.field, problem.field), problem.code, problem.message)
        for problem in refusal.problems
    )


@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Accept an invitation, with the account one has or a new one."""
    invitation = find_invitation(secret)
    if invitation is None:
        return render(request, "start/join_closed.html", status=410)
    if request.user.is_authenticated:
        return _join_as_known(request, invitation)
    if User.objects.filter(email=invitation.email).exists():
        if request.method == "POST":
            return redirect_to_login(request.path)
        return render(request, "start/join.html", {"invitation": invitation, "must_log_in": True})
    return _join_as_new(request, invitation)


def _join_as_known(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method != "POST":
        return render(request, "start/join.html", {"invitation": invitation, "known": request.user})
    try:
        services.join_workspace(invitation=invitation, user=cast(User, request.user))
    except Invalid:
        return render(request, "start/join_closed.html", status=410)
    messages.success(request, _("Welcome to %(workspace)s.") % {"workspace": invitation.workspace.name})
    return redirect(_home_of(invitation))


def _join_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm(request.POST or None, initial={"email": invitation.email, "name": invitation.name})
    if request.method == "POST" and form.is_valid():
        try:
            user = services.join_as_new(invitation=invitation, data=form.cleaned_data)
        except Invalid:
            return render(request, "start/join_closed.html", status=410)
        return _log_in(request, user, _home_of(invitation))
    context = {"invitation": invitation, "form": form}
    return render(request, "start/join.html", context, status=422 if form.errors else 200)


def _home_of(invitation: Invitation) -> str:
    """Return the address of the home page of the workspace one is invited to."""
    return f"/{invitation.workspace.slug}/"


def _log_in(request: HttpRequest, user: User, url: str) -> HttpResponse:
    response: HttpResponse = perform_login(request, user, email_verification="none", redirect_url=url)
    return response
