"""The builder inside forms of other modules: lines, counts and reading what was built."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import QueryDict

from ponte.conditions.building.embedding import Unbuilt, read_built
from ponte.core.errors import Missing
from ponte.core.models import AccessEntry, Role
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person

pytestmark = pytest.mark.usefixtures("workspace")
BASE = "/teste/conditions/build/person"


def posted(**values: Any) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in values.items():
        data.setlist(
            f"w.{name}" if name[0] != "_" else name[1:], value if isinstance(value, list) else [value]
        )
    return data


def in_state(*states: str) -> dict[str, Any]:
    return {
        "joint": "all", "n": "2", "0.what": "field:state", "0.was": "field:state", "0.op": "is",
        "0.value": list(states), "1.what": "", "1.was": "",
    }  # fmt: skip


def test_what_was_built_is_read_without_its_empty_lines(admin: Any) -> None:
    made = read_built(posted(**in_state("MG", "SP")), subject="person", member=admin)
    assert made is not None
    assert made.raw["where"] == {"all": [{"field": "state", "op": "is", "value": ["MG", "SP"]}]}
    assert read_built(posted(joint="all", n="1"), subject="person", member=admin) is None


def test_a_line_that_cannot_be_asked_comes_back_with_its_problem(admin: Any) -> None:
    with pytest.raises(Unbuilt) as refusal:
        read_built(posted(**in_state("XX")), subject="person", member=admin)
    assert list(refusal.value.problems) == ["w.0"]
    assert refusal.value.draft.items[0].values == ["XX"]


def test_unknown_subjects_and_foreign_ones_look_alike(admin: Any, member_with: Any) -> None:
    nobody = member_with(Role.objects.create(name="Ninguém", rights={}))
    for subject, member in (("nothing", admin), ("person", nobody)):
        with pytest.raises(Missing):
            read_built(posted(joint="all", n="1"), subject=subject, member=member)


def test_pages_add_lines_and_count(actor: Any, admin: Any, client_for: Any) -> None:
    for number in range(3):
        create_person(actor=actor, data=PersonData(name=f"Pessoa {number}"))
    browser = client_for(admin)
    lines = browser.post(f"{BASE}/tree/", {"w.joint": "all", "w.n": "0", "act": "add:w"})
    assert b'name="w.0.what"' in lines.content
    asked = {"w.joint": "all", "w.n": "1", "w.0.what": "field:name", "w.0.was": "field:name",
             "w.0.op": "contains", "w.0.value": "pessoa"}  # fmt: skip
    shown = browser.post(f"{BASE}/preview/", asked).content.decode()
    assert "3 agora" in shown
    assert "Pessoa 0" in shown
    assert AccessEntry.objects.filter(place="builder person").count() == 1
    assert browser.post("/teste/conditions/build/nothing/preview/", asked).status_code == 404
