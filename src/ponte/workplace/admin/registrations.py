"""What these pages plug into the settings and the shell."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ponte.core.requests import WorkspaceRequest
from ponte.core.services.notifications import count_unread
from ponte.core.tenancy.urls import public_reverse
from ponte.ui.shell import Link, ShellPart, register_provider
from ponte.workplace.settings_pages import SettingsPage, register_settings_page
from ponte.workplace.visibility import who_may_area

PAGES = (
    SettingsPage("profile", "me", _("Profile"), "user-circle", "workplace:profile", _("Your name and language."), 10),
    SettingsPage(
        "my_security", "me", _("Password and security"), "shield-lock", "workplace:my_security",
        _("Password, second factor, passkeys, where you are logged in."), 30,
    ),
    SettingsPage("notices", "me", _("Notifications"), "bell", "workplace:notices", _("What you want to be told of."), 40),
    SettingsPage(
        "devices", "me", _("Phone and offline"), "device-mobile", "workplace:devices",
        _("Ponte on the home screen, what is kept on the device."), 45,
    ),
    SettingsPage(
        "tokens", "me", _("API tokens"), "key", "workplace:tokens", _("For programs that work in your name."), 50
    ),
    SettingsPage(
        "workspace", "workspace", _("Business"), "building-store", "workplace:workspace",
        _("Name, kind, time zone, currency, language."), 10, who_may_area("workspace"),
    ),
    SettingsPage(
        "welcome", "workspace", _("First steps"), "rocket", "workplace:welcome",
        _("Own data or demo data, inviting people."), 5, who_may_area("workspace"),
    ),
    SettingsPage(
        "members", "people", _("Members"), "users", "workplace:members",
        _("Who works here, with which role, in which team."), 10, who_may_area("members"),
    ),
    SettingsPage(
        "teams", "people", _("Teams"), "hierarchy", "workplace:teams", _("Teams, their leaders, who belongs where."),
        20, who_may_area("members"),
    ),
    SettingsPage(
        "roles", "people", _("Roles"), "user-shield", "workplace:roles", _("Who may see and do what."), 30,
        who_may_area("roles"),
    ),
    SettingsPage(
        "security", "people", _("Account protection"), "shield-check", "workplace:security",
        _("Who has a second factor."), 40, who_may_area("members"),
    ),
    SettingsPage(
        "webhooks", "integrations", _("Webhooks"), "webhook", "workplace:webhooks",
        _("Tell other programs what happens here."), 20, who_may_area("integrations"),
    ),
    SettingsPage(
        "audit", "system", _("Audit log"), "history", "workplace:audit", _("Who did what, with values before and after."),
        10, who_may_area("audit"),
    ),
    SettingsPage(
        "jobs", "system", _("Background work"), "clock-play", "workplace:jobs",
        _("What waits, runs and failed; the schedule."), 20, who_may_area("jobs"),
    ),
)  # fmt: skip
for _page in PAGES:
    register_settings_page(_page)


def account_part(request: HttpRequest) -> ShellPart | None:
    """Return the person's part of the shell: bell, live messages, account, other workspaces."""
    if getattr(request, "member", None) is None:
        return None
    inside = cast(WorkspaceRequest, request)
    return ShellPart(
        unread=count_unread(inside.member.id),
        person=_other_workspaces(inside),
        urls={
            "profile": reverse("workplace:profile"),
            "security": reverse("workplace:my_security"),
            "logout": public_reverse("account_logout"),
            "notifications": reverse("workplace:bell"),
            "notifications_page": reverse("workplace:notifications"),
            "poll": reverse("workplace:poll"),
            "live": live_url(inside),
        },
    )


def live_url(request: WorkspaceRequest) -> str:
    """Return the address of the live stream: behind a proxy on this origin, else on the next port of this host."""
    path = f"/live?workspace={request.workspace.slug}"
    if settings.PONTE_LIVE_BEHIND_PROXY:
        return path
    host = (
        request.get_host().rsplit(":", 1)[0] if not request.get_host().endswith("]") else request.get_host()
    )
    return f"{request.scheme}://{host}:{settings.PONTE_LIVE_PORT}{path}"


def _other_workspaces(request: WorkspaceRequest) -> list[Link]:
    if not request.has_other_workspaces:
        return []
    return [
        Link(label=_now("Other workspaces"), url=public_reverse("chooser") + "?all", icon="switch-horizontal")
    ]


register_provider("workplace.account", account_part)
