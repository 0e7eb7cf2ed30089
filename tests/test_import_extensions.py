"""Fields that other modules add to a target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ponte.core.actors import Actor
from ponte.core.models import Member
from ponte.directory.models import Party
from ponte.workplace.importing import (
    ExtendedRow,
    ExtensionResult,
    ImportContext,
    ImportExtension,
    ImportField,
    Problem,
    register_import_extension,
)
from ponte.workplace.importing.command import run_import_file
from ponte.workplace.importing.extensions import unregister_import_extension

FILE = "Código;Nome;Calçado\n1;Ana;37\n2;Bia;gigante\n3;Caio;\n4;Davi;42\n"


def _fields(member: Member | None) -> Sequence[ImportField]:
    return [ImportField("shoe.size", "Tamanho do calçado", synonyms=("calçado",))]


def _write(rows: Sequence[ExtendedRow], context: ImportContext) -> ExtensionResult:
    wrong = {
        row.number: [Problem("shoe.size", "size", "No size.")]
        for row in rows
        if len(row.values["shoe.size"]) > 2
    }
    changes = {}
    for row in rows:
        party = Party.objects.get(id=row.record_id)
        if party.tone != row.values["shoe.size"] and row.number not in wrong:
            changes[row.record_id] = {"tone": (party.tone, row.values["shoe.size"])}
            Party.objects.filter(id=row.record_id).update(tone=row.values["shoe.size"])
    return ExtensionResult(problems=wrong, changes=changes)


@pytest.fixture
def shoes() -> Iterator[None]:
    register_import_extension("people", ImportExtension("shoes", _fields, _write))
    yield
    unregister_import_extension("people", "shoes")


def test_a_column_goes_to_an_extension_and_a_bad_value_refuses_the_whole_row(
    shoes: None, workspace: Any, admin: Any, tmp_path: Path
) -> None:
    path = tmp_path / "pessoas.csv"
    path.write_text(FILE)
    actor = Actor.for_member(admin)
    run = run_import_file(actor=actor, target="people", path=path, source="erp")
    assert (run.created, run.rejected) == (3, 1)
    assert dict(Party.objects.values_list("name", "tone")) == {"Ana": "37", "Caio": "", "Davi": "42"}
    (refused,) = run.rejections.all()
    assert (refused.row, refused.problems) == (3, [["shoe.size", "size", "No size."]])
    path.write_text(FILE.replace("37", "38"))
    again = run_import_file(actor=actor, target="people", path=path, source="erp")
    assert (again.created, again.updated, again.unchanged, again.rejected) == (0, 1, 2, 1)


def test_programs_are_told_of_added_fields(shoes: None, admin: Any, api_for: Any) -> None:
    people = next(each for each in api_for(admin).get("/imports/targets").json() if each["key"] == "people")
    assert people["fields"][-1]["key"] == "shoe.size"
