"""Workspaces: fail closed outside a scope, cloned like migrated, deleted alone."""

from __future__ import annotations

import re

import pytest
from django.db import ProgrammingError, connection, transaction

from ponte.core.errors import Invalid
from ponte.core.models import Member, Role, Team
from ponte.core.services.workspaces import (
    create_workspace,
    deactivate_member,
    delete_workspace,
    save_team,
    update_member,
)
from ponte.core.tenancy.models import Membership, Workspace
from ponte.core.tenancy.schemas import TEMPLATE_SCHEMA
from ponte.core.tenancy.scope import NestedWorkspace, OutsideWorkspace, current_workspace, workspace_scope

DESCRIPTION = """
SELECT 'column', table_name, column_name || ' ' || data_type || ' ' || is_nullable || coalesce(generation_expression, '')
  || coalesce(collation_name, '') FROM information_schema.columns WHERE table_schema = %(schema)s
UNION ALL SELECT 'index', tablename, replace(indexdef, %(schema)s, 'X') FROM pg_indexes WHERE schemaname = %(schema)s
UNION ALL SELECT 'constraint', c.relname, k.conname || ' ' || replace(pg_get_constraintdef(k.oid), %(schema)s, 'X')
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = to_regnamespace(%(schema)s)
UNION ALL SELECT 'right', c.relname, p FROM pg_class c, unnest(array['SELECT','INSERT','UPDATE','DELETE']) p
  WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind = 'r' AND has_table_privilege('ponte_app', c.oid, p)
"""


# PostgreSQL prints the casts inside "= ANY (ARRAY[…])" differently once the text has been parsed again
_CASTS = re.compile(r"::(character varying|text)(\[\])?|[()]")


def describe(schema: str) -> set[tuple[str, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', 'pg_catalog', true)")
        cursor.execute(DESCRIPTION, {"schema": schema})
        return {(kind, table, _CASTS.sub("", text)) for kind, table, text in cursor.fetchall()}


@pytest.mark.django_db
class TestScope:
    def test_outside_a_scope_the_tables_do_not_exist(self):
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            Member.objects.count()

    def test_after_a_scope_the_tables_are_gone_again(self):
        with workspace_scope("teste"):
            assert Role.objects.count() == 7
        with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
            Role.objects.count()
        with pytest.raises(OutsideWorkspace):
            current_workspace()

    def test_another_workspace_cannot_be_entered_from_inside(self):
        with workspace_scope("teste"), pytest.raises(NestedWorkspace), workspace_scope("outra"):
            pass

    def test_each_workspace_has_rows_of_its_own(self, workspace, inside, other_workspace):
        save_team(actor=_system(), name="Vendas")
        with inside(other_workspace):
            assert not Team.objects.exists()
        assert Team.objects.count() == 1


@pytest.mark.django_db
class TestCreation:
    def test_a_clone_equals_a_migrated_schema(self):
        made = create_workspace(name="Padaria São João")
        template, clone = describe(TEMPLATE_SCHEMA), describe(made.schema_name)
        assert len(template) > 100
        assert template == clone

    def test_the_slug_is_made_of_the_name(self):
        slugs = [create_workspace(name="Café & Ação").slug for _ in range(2)]
        assert slugs == ["cafe-acao", "cafe-acao-2"]

    @pytest.mark.parametrize(
        ("slug", "code"),
        [("api", "reserved"), ("Maiúscula", "invalid"), ("teste", "taken"), ("-a", "invalid")],
    )
    def test_bad_slugs_are_refused_with_a_reason(self, slug, code):
        with pytest.raises(Invalid) as refusal:
            create_workspace(name="X", slug=slug)
        assert [(p.field, p.code) for p in refusal.value.problems] == [("slug", code)]

    def test_deleting_one_leaves_the_others(self):
        made = create_workspace(name="Efêmera")
        delete_workspace(made)
        assert not Workspace.objects.filter(slug="efemera").exists()
        with workspace_scope("teste"):
            assert Role.objects.exists()

    @pytest.mark.parametrize(
        "schema", ["public", "ws_template", "pg_catalog", 'ws_x"; drop schema public; --']
    )
    def test_only_workspaces_schemas_can_be_dropped(self, schema):
        with (
            pytest.raises(Exception, match=r"not a workspace schema|template is not a workspace"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT public.ponte_drop_workspace(%s)", [schema])

    def test_the_application_may_not_create_tables(self):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("CREATE TABLE public.smuggled (id int)")


@pytest.mark.django_db
class TestPeople:
    def test_the_last_administrator_stays(self, admin, actor):
        with pytest.raises(Invalid) as refusal:
            update_member(member=admin, actor=actor, role=Role.objects.get(key="agent"))
        assert refusal.value.problems[0].code == "last_administrator"
        with pytest.raises(Invalid):
            deactivate_member(member=admin, actor=actor)

    def test_whoever_is_deactivated_is_out_at_once(self, admin, actor, member_with, client_for):
        seller = member_with("salesperson")
        browser = client_for(seller)
        deactivate_member(member=seller, actor=actor)
        assert browser.get("/teste/").status_code == 404
        assert not Membership.objects.get(user_id=seller.user_id).is_active

    def test_strangers_see_no_difference_between_absent_and_foreign(self, workspace, member_with, client_for):
        browser = client_for(member_with("administrator"))
        assert browser.get("/outra/").status_code == browser.get("/nao-existe/").status_code == 404

    def test_a_team_moves_with_its_subtree_and_never_below_itself(self, workspace):
        top, other = save_team(actor=_system(), name="Brasil"), save_team(actor=_system(), name="Exterior")
        south = save_team(actor=_system(), name="Sul", parent=top)
        city = save_team(actor=_system(), name="Curitiba", parent=south)
        save_team(actor=_system(), name="Sul", team=south, parent=other)
        city.refresh_from_db()
        assert city.path == f"{other.id}/{south.id}/{city.id}/"
        with pytest.raises(Invalid):
            save_team(actor=_system(), name="Sul", team=south, parent=city)


def _system():
    from ponte.core.actors import Actor

    return Actor.system("test")
