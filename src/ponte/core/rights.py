"""Rights: which acts on which objects, over whose records, and which fields.

Modules register their objects; roles hold scopes per act; this one place answers for HTML, API, search, export
and jobs. Children of a customer (orders, interactions, files) follow the customer's visibility besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import wraps
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponseBase
from django.utils.functional import Promise

from ponte.core.errors import Denied
from ponte.core.models import Member, Team
from ponte.core.requests import WorkspaceRequest

ACTS = ("view", "create", "edit", "delete", "export")
AREAS = (
    "workspace", "members", "roles", "integrations", "audit", "jobs", "import", "products", "sales", "views", "settings",
)  # fmt: skip


class Scope(IntEnum):
    """Whose records an act reaches. OWN includes those of members of the teams one leads."""

    NONE = 0
    OWN = 1
    TEAM = 2
    ALL = 3


@dataclass(frozen=True)
class ObjectRights:
    """An object rights are given on. ``fields`` are those that a role may hide or make read-only."""

    name: str
    label: str | Promise
    fields: Mapping[str, str | Promise] = field(default_factory=dict)
    acts: tuple[str, ...] = ACTS
    owned: bool = True  # False: the object has no owner, scopes are none or all


@dataclass(frozen=True)
class FieldAccess:
    """Fields of one object a member may not see (``hidden``) or not change (``readonly``, hidden included)."""

    hidden: frozenset[str]
    readonly: frozenset[str]

    def can_read(self, name: str) -> bool:
        return name not in self.hidden

    def can_write(self, name: str) -> bool:
        return name not in self.readonly


FieldSource = Callable[[str], Mapping[str, str | Promise]]

_objects: dict[str, ObjectRights] = {}
_field_sources: list[FieldSource] = []
ModelT = TypeVar("ModelT", bound=Model)
View = Callable[..., HttpResponseBase]


def register_object(rights: ObjectRights) -> None:
    """Make an object known to roles; the name is stable and stored."""
    _objects[rights.name] = rights


def register_field_source(source: FieldSource) -> None:
    """Let ``source`` name further fields of an object, known only at run time in the open workspace."""
    _field_sources.append(source)


def fields_of(rights: ObjectRights) -> dict[str, str | Promise]:
    """Return every field of an object that a role may hide or lock: its own and those of the sources."""
    fields = dict(rights.fields)
    for source in _field_sources:
        fields |= source(rights.name)
    return fields


def registered_objects() -> list[ObjectRights]:
    """Return every object rights can be given on, in order of registration."""
    return list(_objects.values())


def scope_of(member: Member, object_name: str, act: str) -> Scope:
    """Return how far the member's role lets ``act`` reach. Unknown objects and inactive members: NONE."""
    if not member.is_active or object_name not in _objects:
        return Scope.NONE
    if member.role.rights.get("all"):
        return Scope.ALL
    return _scope(member.role.rights.get("objects", {}).get(object_name, {}).get(act))


def may_area(member: Member, area: str) -> bool:
    """Return whether the member may use an area of settings or a tool (see ``AREAS``)."""
    return member.is_active and (
        bool(member.role.rights.get("all")) or area in member.role.rights.get("areas", ())
    )


def field_access(member: Member, object_name: str) -> FieldAccess:
    """Return what the member's role hides or locks on an object's fields."""
    if member.role.rights.get("all"):
        return FieldAccess(frozenset(), frozenset())
    stored = member.role.rights.get("fields", {}).get(object_name, {})
    hidden = frozenset(name for name, right in stored.items() if right == "hidden")
    return FieldAccess(hidden, hidden | {name for name, right in stored.items() if right == "read"})


def goes_beyond(rights: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    """Return whether ``rights`` open anything that ``own`` doesn't: an area, a wider scope, a field hidden or locked there."""
    if own.get("all"):
        return False
    if rights.get("all") or set(rights.get("areas", ())) - set(own.get("areas", ())):
        return True
    for name, acts in rights.get("objects", {}).items():
        mine = own.get("objects", {}).get(name, {})
        if any(_scope(scope) > _scope(mine.get(act)) for act, scope in acts.items()):
            return True
    return any(_opens_fields(rights, own, name) for name in own.get("fields", {}))


def _opens_fields(rights: Mapping[str, Any], own: Mapping[str, Any], name: str) -> bool:
    # what nobody with these rights can view needs no field rights
    if not any(_scope(scope) for scope in rights.get("objects", {}).get(name, {}).values()):
        return False
    given = rights.get("fields", {}).get(name, {})
    return any(
        given.get(field) != "hidden" if right == "hidden" else given.get(field) not in ("hidden", "read")
        for field, right in own["fields"][name].items()
    )


def _scope(word: object) -> Scope:
    return Scope.__members__.get(str(word).upper(), Scope.NONE)


def filter_owned(
    queryset: QuerySet[ModelT],
    member: Member,
    object_name: str,
    act: str,
    *,
    owner: str = "owner",
    team: str = "team",
) -> QuerySet[ModelT]:
    """Return the rows of ``queryset`` that ``act`` reaches for the member. Empty where it reaches none."""
    condition = owned_condition(member, object_name, act, owner=owner, team=team)
    return queryset.none() if condition is None else queryset.filter(condition)


def owned_condition(
    member: Member, object_name: str, act: str, *, owner: str = "owner", team: str = "team"
) -> Q | None:
    """Return the reach as a condition (empty ``Q`` for all), None for no reach at all."""
    scope = scope_of(member, object_name, act)
    if scope is Scope.NONE:
        return None
    if scope is Scope.ALL:
        return Q()
    led = _led_member_ids(member)
    mine = Q(**{f"{owner}_id__in": [member.id, *led]}) if led else Q(**{f"{owner}_id": member.id})
    if scope is Scope.OWN:
        return mine
    teams = _subtree_ids(member.team) if member.team else []
    return mine | Q(**{f"{team}_id__in": teams}) if teams else mine


def members_within(member: Member, object_name: str, act: str) -> QuerySet[Member]:
    """Return the active members whose records ``act`` reaches for the member: oneself, one's teams, or all."""
    rows = Member.objects.filter(is_active=True)
    scope = scope_of(member, object_name, act)
    if scope in (Scope.NONE, Scope.ALL):
        return rows.none() if scope is Scope.NONE else rows
    near = Q(id__in=[member.id, *_led_member_ids(member)])
    if scope is Scope.TEAM and member.team is not None:
        near |= Q(team_id__in=_subtree_ids(member.team))
    return rows.filter(near)


def may(member: Member, object_name: str, act: str, record: Model | None = None) -> bool:
    """Return whether the act is open to the member at all or, with a record, on that record.

    The record needs ``owner_id`` (and ``team_id``) of its own; for children check the customer instead.
    """
    scope = scope_of(member, object_name, act)
    if scope in (Scope.NONE, Scope.ALL) or record is None:
        return scope is not Scope.NONE
    owner_id, team_id = getattr(record, "owner_id", None), getattr(record, "team_id", None)
    if owner_id == member.id or (owner_id is not None and owner_id in _led_member_ids(member)):
        return True
    return scope is Scope.TEAM and member.team is not None and team_id in _subtree_ids(member.team)


def require(member: Member, object_name: str, act: str, record: Model | None = None) -> None:
    """Raise ``Denied`` unless ``may``."""
    if not may(member, object_name, act, record):
        raise Denied(object_name, act)


def requires(object_or_area: str, act: str | None = None) -> Callable[[View], View]:
    """Guard a view: ``@requires("customer", "view")`` for an object, ``@requires("audit")`` for an area.

    The wrapped view tells its guard in ``ponte_guard``, which the permission table test reads.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member = request.member
            allowed = may_area(member, object_or_area) if act is None else may(member, object_or_area, act)
            if not allowed:
                raise Denied(object_or_area, act or "open")
            return view(request, *args, **kwargs)

        guarded.ponte_guard = (object_or_area, act)  # type: ignore[attr-defined]
        return guarded

    return decorate


def led_members(member: Member) -> frozenset[Any]:
    """Return the ids of the members of the teams ``member`` leads, and of those below."""
    return frozenset(_led_member_ids(member))


def _led_member_ids(member: Member) -> list[Any]:
    cached: list[Any] | None = getattr(member, "_led_member_ids", None)
    if cached is None:
        paths = Team.objects.filter(leader_id=member.id).values_list("path", flat=True)
        condition = Q()
        for path in paths:
            condition |= Q(team__path__startswith=path)
        led = Member.objects.filter(condition).exclude(id=member.id) if condition else Member.objects.none()
        cached = list(led.values_list("id", flat=True)) if condition else []
        member._led_member_ids = cached  # type: ignore[attr-defined]
    return cached


def _subtree_ids(team: Team) -> list[Any]:
    cached: list[Any] | None = getattr(team, "_subtree_ids", None)
    if cached is None:
        cached = list(Team.objects.filter(path__startswith=team.path).values_list("id", flat=True))
        team._subtree_ids = cached  # type: ignore[attr-defined]
    return cached
