"""One's own pages: profile, password and security, log-ins, notices."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ponte.core.errors import Invalid, Missing
from ponte.core.models import PushDevice
from ponte.core.requests import WorkspaceRequest
from ponte.core.services.members import update_profile
from ponte.core.services.notice_choices import choose_notices
from ponte.core.tenancy.models import User
from ponte.ui.forms import add_problems
from ponte.workplace.admin.answers import answer_act
from ponte.workplace.admin.forms.notices import NoticesForm
from ponte.workplace.admin.forms.settings import ProfileForm
from ponte.workplace.admin.selectors.logins import browser_of

LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365


@require_http_methods(["GET", "POST"])
def profile(request: WorkspaceRequest) -> HttpResponse:
    """Show and change one's name and language."""
    member = request.member
    form = ProfileForm(request.POST or None, initial={"name": member.name, "language": member.language})
    if request.method == "POST" and form.is_valid():
        try:
            changed = update_profile(member=member, actor=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            add_problems(form, refusal)
        else:
            return _saved(changed.language)
    return render(request, "workplace/admin/profile.html", {"form": form}, status=422 if form.errors else 200)


def _saved(language: str) -> HttpResponse:
    response = redirect(reverse("workplace:profile") + "?saved")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=LANGUAGE_COOKIE_AGE, samesite="Lax",
        httponly=True, secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip
    return response


@require_safe
def my_security(request: WorkspaceRequest) -> HttpResponse:
    """Show how one's account is protected and where it is logged in."""
    kinds = list(Authenticator.objects.filter(user_id=request.member.user_id).values_list("type", flat=True))
    current = request.session.session_key
    sessions = [
        {
            "session": session,
            "browser": browser_of(session.user_agent),
            "current": session.session_key == current,
        }
        for session in UserSession.objects.purge_and_list(request.user)
    ]
    sessions.sort(key=lambda row: (not row["current"], -row["session"].last_seen_at.timestamp()))
    context = {
        "totp": Authenticator.Type.TOTP in kinds,
        "passkeys": kinds.count(Authenticator.Type.WEBAUTHN),
        "recovery": Authenticator.Type.RECOVERY_CODES in kinds,
        "sessions": sessions,
        "may_have_password": cast(User, request.user).has_usable_password(),
    }
    return render(request, "workplace/admin/my_security.html", context)


@require_POST
def session_end(request: WorkspaceRequest, session_id: int) -> HttpResponse:
    """Log one of one's own other browsers out."""
    session = UserSession.objects.filter(id=session_id, user_id=request.member.user_id).first()
    if session is None or session.session_key == request.session.session_key:
        raise Missing
    return answer_act(
        request, session.end, done=_("Logged out there."), back=reverse("workplace:my_security")
    )


@require_POST
def sessions_end(request: WorkspaceRequest) -> HttpResponse:
    """Log every other browser of one's own out."""

    def act() -> None:
        for session in UserSession.objects.filter(user_id=request.member.user_id):
            if session.session_key != request.session.session_key:
                session.end()

    return answer_act(
        request, act, done=_("Logged out everywhere else."), back=reverse("workplace:my_security")
    )


@require_http_methods(["GET", "POST"])
def notices(request: WorkspaceRequest) -> HttpResponse:
    """Choose which notices one wants, by which way, and when not to be disturbed."""
    form = NoticesForm(request.POST or None, member=request.member)
    if request.method == "POST" and form.is_valid():
        choose_notices(member=request.member, **form.choices())
        messages.success(request, _("Saved."))
        return redirect("workplace:notices")
    context = {
        "form": form,
        "sends_mail": settings.PONTE_SENDS_MAIL,
        "has_devices": PushDevice.objects.filter(member=request.member).exists(),
    }
    return render(request, "workplace/admin/notices.html", context, status=422 if form.errors else 200)
