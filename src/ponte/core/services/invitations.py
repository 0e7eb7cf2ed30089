"""Inviting people: whoever holds the link may join, once, until it expires or is revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member, Role, Team
from ponte.core.services import audit
from ponte.core.services.workspaces import add_member
from ponte.core.tenancy.models import Invitation, User
from ponte.core.tenancy.scope import current_workspace

VALID_FOR = timedelta(days=7)


def invite(
    *, email: str, role: Role, actor: Actor, team: Team | None = None, name: str = ""
) -> tuple[Invitation, str]:
    """Offer somebody a place; return the invitation and the secret of its link, which is never shown again.

    An open invitation of the same address is replaced. Raises ``Invalid`` on "email".
    """
    address = _check_address(email)
    now = timezone.now()
    _open_invitations(address).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        workspace=current_workspace(), email=address, name=name.strip()[:150], role_id=role.id,
        team_id=team.id if team else None, invited_by=actor.label[:150], digest=digest(secret),
        expires_at=now + VALID_FOR,
    )  # fmt: skip
    changes = {
        "email": (None, address),
        "role": (None, role.name),
        "team": (None, team.name if team else None),
    }
    audit.record(actor=actor, act="invitation.created", target=invitation, changes=changes)
    return invitation, secret


def revoke_invitation(*, invitation: Invitation, actor: Actor) -> None:
    """Make an open invitation's link worthless."""
    if is_open(invitation):
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        audit.record(
            actor=actor,
            act="invitation.revoked",
            target=invitation,
            changes={"email": (invitation.email, None)},
        )


def find_invitation(secret: str) -> Invitation | None:
    """Return the open invitation of a link; None when unknown, used, revoked or expired."""
    found = Invitation.objects.select_related("workspace").filter(digest=digest(secret)).first()
    return found if found is not None and is_open(found) and found.workspace.is_active else None


def accept_invitation(*, invitation: Invitation, user: User) -> Member:
    """Let ``user`` in and use the invitation up. Call it inside the workspace's scope.

    Raises ``Invalid`` when it was used, revoked or expired in the meantime or its role is gone.
    """
    locked = Invitation.objects.select_for_update().get(id=invitation.id)
    role = Role.objects.filter(id=locked.role_id).first()
    if not is_open(locked) or role is None:
        raise Invalid.on("", "closed", _("This invitation can't be used any more. Ask for a new one."))
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    known = Member.objects.filter(user_id=user.id, is_active=True).first()
    if known is not None:  # already inside: an invitation doesn't change anybody's role
        return known
    team = Team.objects.filter(id=locked.team_id).first() if locked.team_id else None
    return add_member(
        user=user,
        role=role,
        team=team,
        name=user.name or locked.name or None,
        actor=Actor.system(user.name or user.email),
    )


def is_open(invitation: Invitation) -> bool:
    """Return whether the link still works."""
    used = invitation.accepted_at is not None or invitation.revoked_at is not None
    return not used and invitation.expires_at > timezone.now()


def digest(secret: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Invalid.on(
            "email", "invalid", _("This is not an e-mail address. Check for typing errors.")
        ) from error
    if Member.objects.filter(email__iexact=address, is_active=True).exists():
        raise Invalid.on("email", "member", _("This person is a member already."))
    return address


def _open_invitations(email: str) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        workspace=current_workspace(), email=email, accepted_at=None, revoked_at=None
    )
