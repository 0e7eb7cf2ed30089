"""Creating and deleting workspaces, and the people in them."""

from __future__ import annotations

import re
import unicodedata

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.founding import found
from ponte.core.ids import uuid7
from ponte.core.live import push
from ponte.core.models import Member, Role, Team
from ponte.core.roles import ADMINISTRATOR, builtin_roles
from ponte.core.services import audit
from ponte.core.services.events import publish
from ponte.core.tenancy.models import ApiToken, Membership, User, Workspace
from ponte.core.tenancy.schemas import SCHEMA_PREFIX, clone_schema, drop_schema, fingerprint
from ponte.core.tenancy.scope import workspace_scope
from ponte.core.tenancy.urls import RESERVED_SLUGS
from ponte.core.text import sort_key
from ponte.events.core import MemberDeactivated, MemberJoined

SLUG_PATTERN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


def create_workspace(
    *,
    name: str,
    slug: str | None = None,
    kind: str = Workspace.Kind.OTHER,
    language: str = "pt-br",
    timezone: str = "America/Sao_Paulo",
    currency: str = "BRL",
    is_demo: bool = False,
) -> Workspace:
    """Create a workspace with its schema and built-in roles, in one transaction.

    ``slug`` is made of the name when it isn't given. Raises ``Invalid`` on "name" or "slug".
    """
    if not name.strip():
        raise Invalid.on("name", "required", _("Give the name of the business."))
    chosen = _check_slug(slug) if slug else _free_slug(name)
    workspace = Workspace(
        slug=chosen, name=name.strip(), kind=kind, language=language, timezone=timezone, currency=currency,
        is_demo=is_demo,
    )  # fmt: skip
    workspace.schema_name = f"{SCHEMA_PREFIX}{workspace.id.hex}"
    workspace.fingerprint = fingerprint()
    with transaction.atomic():
        workspace.save(force_insert=True)
        clone_schema(workspace.schema_name)
        with workspace_scope(workspace), translation.override(language):
            Role.objects.bulk_create(
                Role(
                    key=role["key"],
                    name=gettext(role["name"]),
                    description=gettext(role["description"]),
                    rights=role["rights"],
                )
                for role in builtin_roles()
            )
            found(workspace)
    return workspace


def delete_workspace(workspace: Workspace) -> None:
    """Delete a workspace with everything in it, for good."""
    with transaction.atomic():
        drop_schema(workspace.schema_name)
        workspace.delete()


def add_member(
    *, user: User, role: Role | str, actor: Actor, team: Team | None = None, name: str | None = None
) -> Member:
    """Let a user into the workspace whose scope is open. Whoever left comes back with their old records."""
    from ponte.core.tenancy.scope import current_workspace

    workspace = current_workspace()
    chosen = role if isinstance(role, Role) else Role.objects.get(key=role)
    shown = (name or user.name or user.email.split("@")[0]).strip()
    Membership.objects.update_or_create(user=user, workspace=workspace, defaults={"is_active": True})
    member, created = Member.objects.update_or_create(
        user_id=user.id,
        defaults={
            "name": shown,
            "sort_name": sort_key(shown)[:150],
            "email": user.email,
            "role": chosen,
            "team": team,
            "is_active": True,
            "language": user.language,
        },
    )
    audit.record(actor=actor, act="member.joined" if created else "member.returned", target=member,
                 changes={"role": (None, chosen.name), "email": (None, user.email)})  # fmt: skip
    publish(MemberJoined(member_id=str(member.id)), actor=actor)
    return member


def update_member(
    *,
    member: Member,
    actor: Actor,
    role: Role | None = None,
    team: Team | None = None,
    clear_team: bool = False,
) -> Member:
    """Change a member's role or team.

    The last administrator keeps the role; nobody but an administrator changes their own. Raises ``Invalid`` on "role".
    """
    _lock_administrators()
    locked = Member.objects.select_for_update().get(id=member.id)
    before = {"role": locked.role.name, "team": locked.team.name if locked.team else None}
    if role is not None and role.id != locked.role_id:
        _keep_an_administrator(locked)
        if actor.member_id == locked.id and not locked.role.rights.get("all"):
            raise Invalid.on("role", "own_role", _("Ask somebody else: nobody changes their own role."))
        locked.role = role
    if team is not None or clear_team:
        locked.team = team
    locked.version += 1
    locked.save()
    after = {"role": locked.role.name, "team": locked.team.name if locked.team else None}
    audit.record(actor=actor, act="member.updated", target=locked, changes=audit.diff(before, after))
    return locked


def deactivate_member(*, member: Member, actor: Actor) -> None:
    """Close the workspace to a member at once: sessions stop working here, tokens are revoked, records stay."""
    from django.utils import timezone

    from ponte.core.tenancy.scope import current_workspace

    _lock_administrators()
    locked = Member.objects.select_for_update().get(id=member.id)
    _keep_an_administrator(locked)
    locked.is_active = False
    locked.save(update_fields=["is_active", "updated_at"])
    workspace = current_workspace()
    Membership.objects.filter(user_id=locked.user_id, workspace=workspace).update(is_active=False)
    ApiToken.objects.filter(workspace=workspace, member_id=locked.id, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    push(locked.id, "leave", {})  # ends the live streams of their open pages
    audit.record(actor=actor, act="member.deactivated", target=locked)
    publish(MemberDeactivated(member_id=str(locked.id)), actor=actor)


def save_team(
    *,
    actor: Actor,
    name: str,
    team: Team | None = None,
    parent: Team | None = None,
    leader: Member | None = None,
) -> Team:
    """Create or change a team; moving one moves its whole subtree. Raises ``Invalid`` on a cycle."""
    if not name.strip():
        raise Invalid.on("name", "required", _("Give the team a name."))
    # paths decide rights: two moves at once must not cross, and both look at the tree as it is now
    tree = {row.id: row for row in Team.objects.select_for_update().order_by("id")}
    chosen = tree[team.id] if team else Team(id=uuid7())
    parent = tree[parent.id] if parent else None
    if parent is not None and team is not None and parent.path.startswith(chosen.path):
        raise Invalid.on("parent", "cycle", _("A team can't stand below itself. Choose another parent team."))
    old_path = chosen.path
    before = _told(chosen) if team else {}
    chosen.name, chosen.parent, chosen.leader = name.strip(), parent, leader
    chosen.path = f"{parent.path if parent else ''}{chosen.id}/"
    chosen.save()
    if old_path and old_path != chosen.path:
        for below in Team.objects.filter(path__startswith=old_path).exclude(id=chosen.id):
            below.path = chosen.path + below.path[len(old_path) :]
            below.save(update_fields=["path"])
    act = "team.updated" if team else "team.created"
    audit.record(actor=actor, act=act, target=chosen, changes=audit.diff(before, _told(chosen)))
    return chosen


def _told(team: Team) -> dict[str, str | None]:
    return {
        "name": team.name,
        "parent": team.parent.name if team.parent else None,
        "leader": team.leader.name if team.leader else None,
    }


def _lock_administrators() -> None:
    # two administrators who remove each other at once must wait for one another
    list(Member.objects.select_for_update(of=("self",)).filter(role__key=ADMINISTRATOR).order_by("id"))


def _keep_an_administrator(member: Member) -> None:
    if not member.role.rights.get("all") or not member.is_active:
        return
    others = Member.objects.filter(is_active=True, role__key=ADMINISTRATOR).exclude(id=member.id)
    if not others.exists():
        raise Invalid.on(
            "role", "last_administrator", _("Make somebody else administrator first: one has to remain.")
        )


def _check_slug(slug: str) -> str:
    if not SLUG_PATTERN.fullmatch(slug):
        raise Invalid.on(
            "slug", "invalid", _("Use small letters, digits and hyphens, 40 characters at most.")
        )
    if slug in RESERVED_SLUGS:
        raise Invalid.on("slug", "reserved", _("Ponte uses this address itself. Choose another one."))
    if Workspace.objects.filter(slug=slug).exists():
        raise Invalid.on("slug", "taken", _("This address is taken. Choose another one."))
    return slug


def _free_slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32].strip("-") or "empresa"
    taken = (
        set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    )
    candidates = [base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))]
    return next(candidate for candidate in candidates if candidate not in taken)
