"""How allauth behaves here: who may sign up, where people land, what mail does without a server."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from ponte.core.tenancy.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Strangers may sign up only where the installation allows it, or to make its first user."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether a new account may be made without an invitation."""
        return settings.PONTE_OPEN_SIGNUP or not User.objects.exists()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send only where a mail server is configured; pages tell people so otherwise."""
        if settings.PONTE_SENDS_MAIL:
            super().send_mail(template_prefix, email, context)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets known addresses in; it makes no accounts for strangers."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Return whether an unknown person of the identity provider gets an account."""
        return settings.PONTE_OPEN_SIGNUP
