"""What people change about members and themselves, beyond joining and leaving (see ``workspaces``)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Member, Role
from ponte.core.rights import goes_beyond
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.tenancy.models import Membership, User
from ponte.core.tenancy.scope import current_workspace
from ponte.core.text import sort_key
from ponte.events.core import MemberJoined


def reactivate_member(*, member: Member, actor: Actor) -> None:
    """Let somebody back in with the role and records they had."""
    locked = Member.objects.select_for_update().get(id=member.id)
    if locked.is_active:
        return
    check_may_give(actor, locked.role)
    locked.is_active = True
    locked.save(update_fields=["is_active", "updated_at"])
    Membership.objects.filter(user_id=locked.user_id, workspace=current_workspace()).update(is_active=True)
    audit.record(actor=actor, act="member.returned", target=locked)
    publish(MemberJoined(member_id=str(locked.id)), actor=actor)


def check_may_give(actor: Actor, role: Role) -> None:
    """Raise ``Invalid`` unless the actor may give (or take) this role: nobody hands out more than they have."""
    if actor.member is not None and goes_beyond(role.rights, actor.member.role.rights):
        raise Invalid.on("role", "more_than_own", _("Only an administrator may give or take this role."))


def update_profile(*, member: Member, actor: Actor, name: str, language: str) -> Member:
    """Change one's own name and language, here and on the account. Raises ``Invalid`` on "name"."""
    shown = name.strip()
    if not shown:
        raise Invalid.on("name", "required", _("Give your name."))
    locked = Member.objects.select_for_update().get(id=member.id)
    before = {"name": locked.name, "language": locked.language}
    locked.name, locked.sort_name, locked.language = shown[:150], sort_key(shown)[:150], language
    locked.version += 1
    locked.save()
    User.objects.filter(id=locked.user_id).update(name=locked.name, language=language)
    changes = audit.diff(before, {"name": locked.name, "language": language})
    if changes:
        audit.record(actor=actor, act="member.updated", target=locked, changes=changes)
    return locked


def adopt_address(*, member: Member, email: str, actor: Actor) -> None:
    """Take over the account's e-mail address, after its owner changed it there."""
    before = member.email
    member.email = email
    Member.objects.filter(id=member.id).update(email=email)
    audit.record(actor=actor, act="member.updated", target=member, changes={"email": (before, email)})


def set_member_preference(*, member: Member, key: str, value: object) -> None:
    """Keep a small personal choice (columns, notices, theme) that nobody else needs to know of."""
    locked = Member.objects.select_for_update().get(id=member.id)
    locked.preferences = {**locked.preferences, key: value}
    locked.save(update_fields=["preferences", "updated_at"])
    member.preferences = locked.preferences
