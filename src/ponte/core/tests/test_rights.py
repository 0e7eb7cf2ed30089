"""Rights: scopes, teams that are led, hidden and locked fields."""

from __future__ import annotations

import pytest

from ponte.core import rights
from ponte.core.models import Role
from ponte.core.rights import ObjectRights, Scope
from ponte.core.services.workspaces import save_team


class Thing:
    def __init__(self, owner=None, team=None):
        self.owner_id = owner.id if owner else None
        self.team_id = team.id if team else None


@pytest.fixture
def thing(monkeypatch):
    monkeypatch.setattr(rights, "_objects", dict(rights._objects))
    rights.register_object(ObjectRights("thing", label="Things", fields={"price": "Price", "note": "Note"}))


@pytest.fixture
def role(workspace, thing):
    def make(scope: str, **extra):
        return Role.objects.create(
            name=f"Role {Role.objects.count()}", rights={"objects": {"thing": {"view": scope}}, **extra}
        )

    return make


@pytest.fixture
def teams(actor):
    top = save_team(actor=actor, name="Vendas")
    below = save_team(actor=actor, name="Interior", parent=top)
    return top, below, save_team(actor=actor, name="Marketing")


def test_nothing_is_open_unless_given(role, member_with):
    member = member_with(role("none"))
    assert rights.scope_of(member, "thing", "view") is Scope.NONE
    assert rights.scope_of(member, "unknown", "view") is Scope.NONE
    assert not rights.may_area(member, "audit")


def test_own_reaches_ones_own_only(role, member_with):
    member, other = member_with(role("own")), member_with("salesperson")
    assert rights.may(member, "thing", "view", Thing(owner=member))
    assert not rights.may(member, "thing", "view", Thing(owner=other))
    assert not rights.may(member, "thing", "view", Thing())


def test_a_leader_reaches_those_of_the_teams_below(role, member_with, teams, actor):
    top, below, elsewhere = teams
    seller, stranger = member_with("salesperson", team=below), member_with("salesperson", team=elsewhere)
    leader = member_with(role("own"), team=top)
    save_team(actor=actor, name="Vendas", team=top, leader=leader)
    assert rights.may(leader, "thing", "view", Thing(owner=seller))
    assert not rights.may(leader, "thing", "view", Thing(owner=stranger))


def test_team_reaches_the_subtree_of_ones_team(role, member_with, teams):
    top, below, elsewhere = teams
    member = member_with(role("team"), team=top)
    assert rights.may(member, "thing", "view", Thing(team=below))
    assert not rights.may(member, "thing", "view", Thing(team=elsewhere))


def test_all_reaches_everything_and_inactive_members_nothing(role, member_with):
    member = member_with(role("all"))
    assert rights.may(member, "thing", "view", Thing())
    member.is_active = False
    assert not rights.may(member, "thing", "view", Thing())


def test_fields_are_hidden_or_locked(role, member_with):
    member = member_with(role("all", fields={"thing": {"price": "hidden", "note": "read"}}))
    access = rights.field_access(member, "thing")
    assert not access.can_read("price")
    assert not access.can_write("price")
    assert access.can_read("note")
    assert not access.can_write("note")
    assert access.can_write("name")


def test_the_condition_agrees_with_the_check_on_records(role, member_with, teams, actor):
    top, below, elsewhere = teams
    leader = member_with(role("team"), team=top)
    save_team(actor=actor, name="Vendas", team=top, leader=leader)
    people = [
        leader,
        member_with("agent", team=below),
        member_with("agent", team=elsewhere),
        member_with("agent"),
    ]
    condition = rights.owned_condition(leader, "thing", "view", owner="id", team="team")
    from ponte.core.models import Member

    reached = set(Member.objects.filter(_renamed(condition)).values_list("id", flat=True))
    expected = {p.id for p in people if rights.may(leader, "thing", "view", Thing(owner=p, team=p.team))}
    assert reached & {p.id for p in people} == expected == {people[0].id, people[1].id}


def _renamed(condition):
    from django.db.models import Q

    return Q(*[(k.replace("id_id", "id"), v) if isinstance((k, v), tuple) else (k, v) for k, v in condition.children],
             _connector=condition.connector)  # fmt: skip


@pytest.mark.parametrize(
    ("rights_given", "own", "beyond"),
    [
        ({"all": True}, {}, True),
        ({"all": True}, {"all": True}, False),
        ({"areas": ["audit"]}, {"areas": ["members"]}, True),
        ({"objects": {"thing": {"view": "all"}}}, {"objects": {"thing": {"view": "own"}}}, True),
        ({"objects": {"thing": {"view": "own"}}}, {"objects": {"thing": {"view": "team"}}}, False),
        ({"objects": {"thing": {"export": "own"}}}, {"objects": {"thing": {"view": "all"}}}, True),
        (
            {"objects": {"thing": {"view": "own"}}},
            {"objects": {"thing": {"view": "all"}}, "fields": {"thing": {"price": "hidden"}}},
            True,
        ),
        (
            {"objects": {"thing": {"view": "own"}}, "fields": {"thing": {"price": "hidden"}}},
            {"objects": {"thing": {"view": "all"}}, "fields": {"thing": {"price": "read"}}},
            False,
        ),
    ],
)
def test_rights_are_compared_in_all_they_open(rights_given, own, beyond):
    assert rights.goes_beyond(rights_given, own) is beyond


def test_nobody_raises_their_own_role_nor_hands_out_more_than_they_have(role, member_with):
    from ponte.core.actors import Actor
    from ponte.core.errors import Invalid
    from ponte.core.services.members import check_may_give
    from ponte.core.services.roles import save_role, show_members_records
    from ponte.core.services.workspaces import update_member

    chief = member_with(role("own", areas=["members", "roles"]))
    acting = Actor.for_member(chief)
    analyst = Role.objects.get(key="analyst")
    with pytest.raises(Invalid):
        check_may_give(acting, analyst)
    with pytest.raises(Invalid):
        update_member(member=chief, actor=acting, role=role("own"))
    with pytest.raises(Invalid):
        show_members_records(actor=acting)
    with pytest.raises(Invalid):
        save_role(actor=acting, name="Tudo", description="", rights={"objects": {"thing": {"view": "all"}}})
    chief.refresh_from_db()
    assert chief.role.rights["objects"] == {"thing": {"view": "own"}}
