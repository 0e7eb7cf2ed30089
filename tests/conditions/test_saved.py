"""Membership in a saved condition: a view that is nothing but an advanced filter; cycles are refused."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.conditions.compiling import selected
from ponte.conditions.encoding import encode
from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.conditions.saved import saved_trees
from ponte.core.errors import Invalid
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person
from ponte.workplace.models import SavedView


def view(member: Any, name: str, where: Any, more: str = "") -> SavedView:
    query = f"?where={encode({'v': 1, 'where': where})}{more}"
    return SavedView.objects.create(list_key="people", name=name, member=member, query=query)


def read(where: Any, reader: Any) -> Any:
    return read_condition({"where": where}, subject="person", reader=reader)


def test_inside_and_outside(admin: Any, actor: Any, member_with: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", children=2))
    create_person(actor=actor, data=PersonData(name="Bia"))
    parents = view(
        admin, "Pais e mães", {"field": "children", "op": "at_least", "value": 1}, "&sort=-created"
    )
    view(admin, "Misturada", {"field": "children", "op": "filled"}, "&stage=lead")
    assert [one.name for one in saved_trees.offered(admin, "person")] == ["Pais e mães"]
    for op, found in (("inside", ["Ana"]), ("outside", ["Bia"])):
        condition = read({"saved": str(parents.id), "op": op}, admin)
        rows = selected(condition, condition.catalogue.subject.rows(admin))
        assert [row.name for row in rows] == found
        assert "Pais e mães" in explain(condition)
    with pytest.raises(Invalid):  # private: nobody else's
        read({"saved": str(parents.id)}, member_with("salesperson"))


def test_cycles_are_refused(admin: Any) -> None:
    first = view(admin, "A", {"all": []})
    second = view(admin, "B", {"saved": str(first.id)})
    first.query = f"?where={encode({'v': 1, 'where': {'not': {'saved': str(second.id)}}})}"
    first.save()
    with pytest.raises(Invalid) as refusal:
        read({"any": [{"saved": str(second.id)}]}, admin)
    assert [(one.field, one.code) for one in refusal.value.problems] == [("where.any[0].saved", "cycle")]
