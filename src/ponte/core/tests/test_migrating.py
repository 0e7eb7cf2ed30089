"""A first migration creates its tables at once; a home between two versions is refused."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from django.db import connections, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from ponte.core.migrating import CreateTables
from ponte.core.tenancy.router import migrating_workspace
from ponte.core.tenancy.schemas import _refuse_half_migrated


@pytest.fixture
def _migrating() -> Iterator[None]:
    token = migrating_workspace.set(True)
    yield
    migrating_workspace.reset(token)


def _steps() -> CreateTables:
    number = models.BigAutoField(primary_key=True)
    return CreateTables(
        [
            migrations.CreateModel("Hen", [("id", number)]),
            migrations.CreateModel(
                "Egg",
                [
                    ("id", number),
                    ("laid_by", models.ForeignKey("core.hen", models.CASCADE)),
                    ("grams", models.IntegerField()),
                ],
            ),
            migrations.AddField(
                "Hen", "hatched_from", models.ForeignKey("core.egg", models.CASCADE, null=True)
            ),
            migrations.AddIndex("Egg", models.Index(fields=["grams"], name="egg_grams")),
            migrations.AddConstraint(
                "Egg", models.CheckConstraint(condition=models.Q(grams__gt=0), name="egg_weighs_something")
            ),
        ]
    )


@pytest.mark.usefixtures("_migrating")
@pytest.mark.django_db(databases=["default", "owner"])
def test_tables_that_refer_to_each_other_are_created_with_indexes_and_constraints_and_dropped_again() -> None:
    owner = connections["owner"]
    steps, before = _steps(), ProjectState()
    after = before.clone()
    steps.state_forwards("core", after)
    with owner.schema_editor() as editor:
        steps.database_forwards("core", editor, before, after)
    with owner.cursor() as cursor:
        found = owner.introspection.get_constraints(cursor, "core_egg")
        assert {"egg_grams", "egg_weighs_something"} <= set(found)
        assert any(rule["foreign_key"] == ("core_hen", "id") for rule in found.values())
        hen = owner.introspection.get_constraints(cursor, "core_hen")
        assert any(rule["foreign_key"] == ("core_egg", "id") for rule in hen.values())
    with owner.schema_editor() as editor:
        steps.database_backwards("core", editor, after, before)
    assert not {"core_hen", "core_egg"} & set(owner.introspection.table_names())
    assert steps.describe() == "Create 2 tables"


def _executor(applied: set[tuple[str, str]], known: set[tuple[str, str]]) -> MigrationExecutor:
    replacing = SimpleNamespace(replaces=[("sales", "0001_initial"), ("sales", "0002_rights")])
    loader = SimpleNamespace(
        graph=SimpleNamespace(nodes=known),
        applied_migrations=applied,
        replacements={("sales", "0001_squashed_0002_rights"): replacing},
    )
    return cast("Any", SimpleNamespace(loader=loader))


def test_a_home_with_only_some_of_the_replaced_migrations_is_refused_and_told_what_it_lacks() -> None:
    with pytest.raises(RuntimeError, match="lacked 0002_rights"):
        _refuse_half_migrated(_executor({("sales", "0001_initial")}, set()))


def test_a_home_with_all_or_none_of_them_goes_on() -> None:
    _refuse_half_migrated(_executor(set(), {("sales", "0001_squashed_0002_rights")}))
