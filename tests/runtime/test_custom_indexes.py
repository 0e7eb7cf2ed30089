"""Indexes of custom fields in a real database: built by the owner, they refuse repeated values and survive a restore."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from ponte.cli.postgres import find_server
from tests.runtime.running import Commands

MAKE = """
from ponte.core.actors import Actor
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_context, workspace_scope
from ponte.workplace.custom_fields.definitions import FieldData
from ponte.workplace.custom_fields.indexing import settle_all
from ponte.workplace.models import CustomField
from ponte.workplace.services.custom_fields import create_field
workspace = Workspace.objects.get(slug="loja")
with workspace_scope(workspace):
    actor = Actor.system("test")
    create_field(actor=actor, object_name="person", data=FieldData(label="Lote", kind="text", is_unique=True, is_indexed=True))
    create_field(actor=actor, object_name="product", data=FieldData(label="Nota", kind="number", is_indexed=True))
with workspace_context(workspace):
    settle_all()
with workspace_scope(workspace):
    print("states", sorted(CustomField.objects.values_list("index_state", flat=True)))
"""
NO_LONGER = """
from ponte.core.tenancy.models import Workspace
from ponte.core.tenancy.scope import workspace_context, workspace_scope
from ponte.workplace.custom_fields.indexing import settle_indexes
from ponte.workplace.models import CustomField
workspace = Workspace.objects.get(slug="loja")
with workspace_scope(workspace):
    CustomField.objects.update(is_indexed=False)
    ids = list(CustomField.objects.values_list("id", flat=True))
with workspace_context(workspace):
    for one in ids:
        settle_indexes(one)
with workspace_scope(workspace):
    print(CustomField.objects.filter(is_indexed=True).count(), "left")
"""
FIND = """
SELECT c.relname, i.indisunique, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = (SELECT schema_name FROM tenancy_workspace WHERE slug = %s) AND c.relname LIKE 'cf\\_%%' ORDER BY 1
"""

COUNTED = """
SELECT s.stxname, pg_get_statisticsobjdef_expressions(s.oid) FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
WHERE n.nspname = (SELECT schema_name FROM tenancy_workspace WHERE slug = %s) ORDER BY 1
"""


def indexes(commands: Commands, slug: str) -> list[tuple[str, bool, bool]]:
    server = find_server(commands.home)
    assert server is not None
    with psycopg.connect(server.superuser_url) as connection:
        return list(connection.execute(FIND, [slug]).fetchall())


def counted(commands: Commands, slug: str) -> list[tuple[str, list[str]]]:
    """Statistics the planner has of the workspace's fields: indexes of some rows only give it none."""
    server = find_server(commands.home)
    assert server is not None
    with psycopg.connect(server.superuser_url) as connection:
        return list(connection.execute(COUNTED, [slug]).fetchall())


def give_all(commands: Commands, slug: str, value: str) -> None:
    """Write one value into a slot of every person, past every check of the application."""
    server = find_server(commands.home)
    assert server is not None
    with psycopg.connect(server.app_url) as connection:
        row = connection.execute(
            "SELECT schema_name FROM tenancy_workspace WHERE slug = %s", [slug]
        ).fetchone()
        assert row is not None
        table = sql.Identifier(row[0], "directory_party")
        connection.execute(
            sql.SQL("UPDATE {} SET custom = jsonb_build_object('lote', %s::text)").format(table), [value]
        )


def test_unique_values_are_the_databases_business_too(shop: Commands, elsewhere: Commands) -> None:
    said = shop("manage", "shell", "-v", "0", "-c", MAKE)
    assert "states ['ready', 'ready']" in said
    found = indexes(shop, "loja")
    assert len(found) == 3
    assert [unique for _name, unique, _valid in found].count(True) == 1
    assert all(valid for _name, _unique, valid in found)
    statistics = counted(shop, "loja")
    assert len(statistics) == 2
    assert any("::numeric(30,6)" in text for _name, (text,) in statistics)
    with pytest.raises(psycopg.errors.UniqueViolation):
        give_all(shop, "loja", "L1")

    whole, single = shop.home.parent / "all.tar", shop.home.parent / "loja.tar"
    shop("backup", str(whole))
    elsewhere("restore", str(whole), "--yes")
    assert indexes(elsewhere, "loja") == found
    assert counted(elsewhere, "loja") == statistics
    shop("backup", str(single), "--workspace", "loja")
    shop("restore", str(single), "--yes", "--as", "copia")
    assert indexes(shop, "copia") == found
    assert counted(shop, "copia") == statistics
    with pytest.raises(psycopg.errors.UniqueViolation):
        give_all(shop, "copia", "L1")

    assert "0 left" in shop("manage", "shell", "-v", "0", "-c", NO_LONGER)
    assert [unique for _name, unique, _valid in indexes(shop, "loja")] == [True]
    assert counted(shop, "loja") == []
