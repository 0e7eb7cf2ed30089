"""Making the first workspace and letting invited people in, each in one transaction."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from ponte.config.accounts import make_account
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services.invitations import accept_invitation
from ponte.core.services.workspaces import add_member, create_workspace
from ponte.core.tenancy.models import Invitation, User, Workspace
from ponte.core.tenancy.scope import workspace_scope

FIRST_RUN_LOCK = 7_266_831  # any number of our own; serialises first runs


def start_first(*, data: dict[str, Any], only_first: bool) -> tuple[User, Workspace]:
    """Create an account and its workspace with the person as administrator.

    With ``only_first`` it raises ``Invalid`` once there is any user: two first runs at once make one.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FIRST_RUN_LOCK])
        if only_first and User.objects.exists():
            raise Invalid.on("", "started", _("Somebody has set Ponte up in the meantime. Log in instead."))
        user = make_account(
            email=data["email"], password=data["password"], name=data["name"], language=data["language"],
            verified=only_first,
        )  # fmt: skip
        return user, start_another(user=user, data=data)


def start_another(*, user: User, data: dict[str, Any]) -> Workspace:
    """Create a workspace with ``user`` as its administrator. Raises ``Invalid`` on "name"."""
    with transaction.atomic():
        workspace = create_workspace(name=data["business"], kind=data["kind"], language=data["language"])
        with workspace_scope(workspace):
            add_member(user=user, role=ADMINISTRATOR, actor=Actor.system(user.name or user.email))
    return workspace


def join_workspace(*, invitation: Invitation, user: User) -> Member:
    """Let a known user in by invitation. Raises ``Invalid`` when it was used in the meantime."""
    with workspace_scope(invitation.workspace):
        return accept_invitation(invitation=invitation, user=user)


def join_as_new(*, invitation: Invitation, data: dict[str, Any]) -> User:
    """Create the invited person's account and let them in. Raises ``Invalid`` when the invitation was used.

    The address counts as verified when the link can only have come by mail.
    """
    with workspace_scope(invitation.workspace):
        user = make_account(
            email=invitation.email, password=data["password"], name=data["name"], language=data["language"],
            verified=bool(settings.PONTE_SENDS_MAIL),
        )  # fmt: skip
        accept_invitation(invitation=invitation, user=user)
    return user
