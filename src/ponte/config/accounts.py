"""How allauth behaves here: who may sign up, where people land, what mail does without a server."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from ponte.core.tenancy.models import User

LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Strangers may sign up only where the installation allows it; the first user comes by ``/start/``."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether a new account may be made without an invitation."""
        return bool(settings.PONTE_OPEN_SIGNUP)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send only where a mail server is configured; pages tell people so otherwise."""
        if settings.PONTE_SENDS_MAIL:
            super().send_mail(template_prefix, email, context)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        """Go on in the person's language, also on pages outside a workspace."""
        response: HttpResponse = super().post_login(request, user, **details)
        return keep_language(response, user.language)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets known addresses in; it makes no accounts for strangers."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return whether an unknown person of the identity provider gets an account."""
        return bool(settings.PONTE_OPEN_SIGNUP)


def make_account(*, email: str, password: str, name: str, language: str, verified: bool) -> User:
    """Create a user who can log in. ``verified`` tells that the address is known to be theirs."""
    user = User.objects.create_user(email, password, name=name.strip(), language=language)
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=verified)
    return user


def keep_language(response: HttpResponse, language: str) -> HttpResponse:
    """Remember a person's language for the pages outside any workspace."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=LANGUAGE_COOKIE_AGE, samesite="Lax",
        httponly=True, secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip
    return response
