"""Roles: the matrix, and the switch that hides members' customers from each other."""

from __future__ import annotations

import pytest

from ponte.core.models import AuditEntry, Role
from ponte.core.rights import Scope, field_access, scope_of
from ponte.core.services import roles

HX = {"HX-Request": "true"}


def test_custom_role_from_the_matrix(client_for, admin, member_with):
    data = {
        "name": "Pós-venda", "description": "", "act.customer.view": "team", "act.customer.edit": "own",
        "act.product.view": "all", "field.customer.cpf": "hidden", "field.customer.revenue": "read", "areas": ["import"],
    }  # fmt: skip
    assert client_for(admin).post("/teste/settings/roles/new/", data).status_code == 302
    role = Role.objects.get(name="Pós-venda")
    member = member_with(role)
    assert scope_of(member, "customer", "view") is Scope.TEAM
    assert scope_of(member, "customer", "edit") is Scope.OWN
    assert scope_of(member, "customer", "delete") is Scope.NONE
    access = field_access(member, "customer")
    assert not access.can_read("cpf")
    assert access.can_read("revenue")
    assert not access.can_write("revenue")
    assert role.rights["areas"] == ["import"]


@pytest.mark.parametrize(
    "bad", [{"act.customer.view": "galaxy"}, {"act.product.view": "own"}, {"name": " "}, {"name": "Vendedor"}]
)
def test_matrix_refuses_what_does_not_exist(bad, client_for, admin):
    Role.objects.create(name="Vendedor", rights={})
    answer = client_for(admin).post("/teste/settings/roles/new/", {"name": "Novo", **bad})
    assert answer.status_code == 422
    assert not Role.objects.filter(name="Novo").exists()


def test_administrators_role_stays_as_it_is(client_for, admin):
    role = Role.objects.get(key="administrator")
    client = client_for(admin)
    assert (
        client.post(f"/teste/settings/roles/{role.id}/", {"name": "Nada", "version": "1"}).status_code == 404
    )
    assert client.post(f"/teste/settings/roles/{role.id}/delete/", headers=HX).status_code == 422
    role.refresh_from_db()
    assert role.rights == {"all": True}


def test_second_of_two_edits_is_told(client_for, admin):
    role = Role.objects.get(key="agent")
    client = client_for(admin)
    url, data = f"/teste/settings/roles/{role.id}/", {"name": "Atendente 1", "version": str(role.version)}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data | {"name": "Atendente 2"}).status_code == 409
    role.refresh_from_db()
    assert role.name == "Atendente 1"


def test_role_in_use_stays(client_for, admin, member_with):
    role = Role.objects.create(name="Meu", rights={})
    member_with(role)
    assert client_for(admin).post(f"/teste/settings/roles/{role.id}/delete/", headers=HX).status_code == 422


def test_nobody_gives_themselves_more_with_the_area_of_roles(client_for, member_with):
    role = Role.objects.create(name="RH", rights={"objects": {}, "areas": ["roles"], "fields": {}})
    client = client_for(member_with(role))
    answer = client.post(
        f"/teste/settings/roles/{role.id}/", {"name": "RH", "areas": ["roles", "audit"], "version": "1"}
    )
    assert answer.status_code == 422
    answer = client.post("/teste/settings/roles/new/", {"name": "Outro", "areas": ["audit"]})
    assert answer.status_code == 422


def test_switch_hides_and_shows_again_what_was_there_before(client_for, admin, member_with):
    sales, agent, manager = member_with("salesperson"), member_with("agent"), member_with("manager")
    client = client_for(admin)
    Role.objects.filter(key="agent").update(
        rights={"objects": {"customer": {"view": "team", "edit": "own"}}, "areas": [], "fields": {}}
    )
    assert not roles.are_members_private()
    assert client.post("/teste/settings/roles/privacy/", {"private": "on"}, headers=HX).status_code == 204
    for member in (sales, agent, manager):
        member.role.refresh_from_db()
    assert roles.are_members_private()
    for act in ("view", "edit"):
        assert scope_of(sales, "customer", act) is Scope.OWN
    assert scope_of(agent, "customer", "view") is Scope.OWN
    assert scope_of(sales, "customer", "create") is Scope.ALL, "creating isn't about others' records"
    assert scope_of(sales, "customer", "export") is Scope.NONE, "the switch never gives more"
    assert scope_of(sales, "product", "view") is Scope.ALL, "products have no owner"
    assert scope_of(manager, "customer", "view") is Scope.ALL
    assert client.post("/teste/settings/roles/privacy/", {"private": "off"}, headers=HX).status_code == 204
    for member in (sales, agent):
        member.role.refresh_from_db()
    assert scope_of(sales, "customer", "view") is Scope.ALL
    assert scope_of(agent, "customer", "view") is Scope.TEAM
    assert scope_of(agent, "customer", "edit") is Scope.OWN
    assert scope_of(sales, "customer", "delete") is Scope.OWN, "what was own before stays own"


def test_switch_is_written_down_with_values_before_and_after(client_for, admin):
    client_for(admin).post("/teste/settings/roles/privacy/", {"private": "on"}, headers=HX)
    entries = AuditEntry.objects.filter(act="role.updated", object_type="role")
    assert any(entry.changes.get("customer.view") == ["all", "own"] for entry in entries)
