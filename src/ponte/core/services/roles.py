"""Making and changing roles, and the one switch that hides members' customers from each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ponte.core.actors import Actor
from ponte.core.concurrency import check_version
from ponte.core.errors import Invalid
from ponte.core.ids import uuid7
from ponte.core.models import Member, Role
from ponte.core.rights import AREAS, Scope, fields_of, goes_beyond, registered_objects
from ponte.core.roles import ADMINISTRATOR
from ponte.core.services import audit
from ponte.core.services.preferences import get_preference, set_preference

FIELD_RIGHTS = ("hidden", "read")
PRIVATE_ACTS = ("view", "edit", "delete", "export")
SEES_EVERYTHING = frozenset({ADMINISTRATOR, "manager", "analyst", "read_only"})
_BEFORE = "rights.before_private"


def save_role(
    *,
    actor: Actor,
    name: str,
    description: str,
    rights: Mapping[str, Any],
    role: Role | None = None,
    version: int | None = None,
) -> Role:
    """Create a custom role or change one. The administrator's role can't be changed.

    Raises ``Invalid`` on "name" or "rights", ``Conflict`` when ``version`` isn't the current one.
    """
    if not name.strip():
        raise Invalid.on("name", "required", _("Give the role a name."))
    if Role.objects.filter(name__iexact=name.strip()).exclude(id=role.id if role else uuid7()).exists():
        raise Invalid.on("name", "taken", _("There is a role of this name already."))
    chosen = Role.objects.select_for_update().get(id=role.id) if role else Role()
    if role:
        check_version(chosen, version)
        _refuse_administrator(chosen)
    clean = clean_rights(rights)
    _no_more_than_own(actor, chosen, clean)
    before = flat_rights(chosen.rights) | {"name": chosen.name, "description": chosen.description}
    chosen.name, chosen.description, chosen.rights = name.strip()[:80], description.strip()[:300], clean
    chosen.version = chosen.version + 1 if role else 1
    chosen.save()
    after = flat_rights(clean) | {"name": chosen.name, "description": chosen.description}
    changes = audit.diff(
        {key: before.get(key) for key in {*before, *after}}, {k: after.get(k) for k in {*before, *after}}
    )
    audit.record(actor=actor, act="role.updated" if role else "role.created", target=chosen, changes=changes)
    return chosen


def delete_role(*, role: Role, actor: Actor) -> None:
    """Delete a custom role nobody has."""
    if role.key:
        raise Invalid.on("", "builtin", _("Built-in roles stay. You can change what they may do."))
    if Member.objects.filter(role=role).exists():
        raise Invalid.on("", "in_use", _("Members have this role. Give them another one first."))
    audit.record(actor=actor, act="role.deleted", target=role, changes={"name": (role.name, None)})
    role.delete()


def clean_rights(rights: Mapping[str, Any]) -> dict[str, Any]:
    """Return rights with only known objects, acts, scopes, areas and fields; raise ``Invalid`` on "rights"."""
    objects: dict[str, dict[str, str]] = {}
    fields: dict[str, dict[str, str]] = {}
    for known in registered_objects():
        given = rights.get("objects", {}).get(known.name, {})
        allowed = [s.name.lower() for s in Scope] if known.owned else ["none", "all"]
        objects[known.name] = {act: str(given.get(act, "none")) for act in known.acts}
        if any(scope not in allowed for scope in objects[known.name].values()):
            raise Invalid.on("rights", "invalid", _("Choose one of the reaches offered."))
        chosen = rights.get("fields", {}).get(known.name, {})
        kept = {name: chosen[name] for name in fields_of(known) if chosen.get(name) in FIELD_RIGHTS}
        if kept:
            fields[known.name] = kept
    areas = [area for area in AREAS if area in rights.get("areas", ())]
    return {"objects": objects, "areas": areas, "fields": fields}


def flat_rights(rights: Mapping[str, Any]) -> dict[str, Any]:
    """Return rights as one level of names, as the audit log shows their changes."""
    flat: dict[str, Any] = {}
    for name, acts in rights.get("objects", {}).items():
        flat |= {f"{name}.{act}": scope for act, scope in acts.items()}
    for name, fields in rights.get("fields", {}).items():
        flat |= {f"{name}.{field}": right for field, right in fields.items()}
    return flat | {f"area.{area}": True for area in rights.get("areas", ())}


def private_roles() -> list[Role]:
    """Return the roles the switch applies to: those that work with customers without overseeing everything."""
    return [role for role in Role.objects.order_by("id") if role.key not in SEES_EVERYTHING]


def are_members_private() -> bool:
    """Return whether none of the roles of ``private_roles`` reaches beyond one's own records."""
    return not any(_wider(role) for role in private_roles())


def hide_members_records(*, actor: Actor) -> int:
    """Let members see, change, delete and export only their own records and those of teams they lead.

    What the roles could do before is kept for ``show_members_records``. Returns how many roles changed.
    """
    _administrators_only(actor)
    before: dict[str, Any] = {}
    for role in Role.objects.select_for_update().filter(id__in=[r.id for r in private_roles()]):
        wider = _wider(role)
        if wider:
            before[str(role.id)] = wider
            _rescope(role, {name: dict.fromkeys(acts, "own") for name, acts in wider.items()}, actor)
    if before:
        set_preference(_BEFORE, {**(get_preference(_BEFORE) or {}), **before})
    return len(before)


def show_members_records(*, actor: Actor) -> int:
    """Give the roles back what they could do before ``hide_members_records``, or everything where that isn't known."""
    _administrators_only(actor)
    kept = get_preference(_BEFORE) or {}
    changed = 0
    for role in Role.objects.select_for_update().filter(id__in=[r.id for r in private_roles()]):
        back = kept.get(str(role.id)) or _everyones_daily_work(role)
        wanted = {
            name: {act: scope for act, scope in acts.items() if _stored(role, name, act) == "own"}
            for name, acts in back.items()
        }
        if any(wanted.values()):
            _rescope(role, wanted, actor)
            changed += 1
    set_preference(_BEFORE, None)
    return changed


def _everyones_daily_work(role: Role) -> dict[str, dict[str, str]]:
    owned = [known for known in registered_objects() if known.owned]
    return {known.name: {act: "all" for act in ("view", "edit") if act in known.acts} for known in owned}


def _wider(role: Role) -> dict[str, dict[str, str]]:
    """Return the scopes beyond "own" of the acts the switch is about."""
    found: dict[str, dict[str, str]] = {}
    for known in registered_objects():
        acts = {
            act: _stored(role, known.name, act) for act in PRIVATE_ACTS if known.owned and act in known.acts
        }
        wide = {act: scope for act, scope in acts.items() if scope in ("team", "all")}
        if wide:
            found[known.name] = wide
    return found


def _stored(role: Role, name: str, act: str) -> str:
    return str(role.rights.get("objects", {}).get(name, {}).get(act, "none"))


def _rescope(role: Role, scopes: Mapping[str, Mapping[str, str]], actor: Actor) -> None:
    before = flat_rights(role.rights)
    objects = {name: dict(acts) for name, acts in role.rights.get("objects", {}).items()}
    for name, acts in scopes.items():
        objects.setdefault(name, {}).update(acts)
    role.rights = {**role.rights, "objects": objects}
    role.version += 1
    role.save()
    changes = audit.diff(before, flat_rights(role.rights))
    audit.record(actor=actor, act="role.updated", target=role, changes=changes)


def _refuse_administrator(role: Role) -> None:
    if role.key == ADMINISTRATOR:
        raise Invalid.on(
            "", "administrator", _("The administrator's role may do everything and can't be changed.")
        )


def _no_more_than_own(actor: Actor, role: Role, rights: Mapping[str, Any]) -> None:
    giver = actor.member
    if giver is None or giver.role.rights.get("all"):
        return
    if giver.role_id == role.id or any(
        goes_beyond(each, giver.role.rights) for each in (rights, role.rights)
    ):
        raise Invalid.on("rights", "more_than_own", _("Only an administrator may give these rights."))


def _administrators_only(actor: Actor) -> None:
    if actor.member is not None and not actor.member.role.rights.get("all"):
        raise Invalid.on("", "administrators_only", _("Only an administrator may turn this switch."))
