"""The builder in the list: lines, groups, preview, applying, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from ponte.conditions.building.drafts import Writing, draft_of
from ponte.conditions.catalogue import catalogue_of, subject_named
from ponte.conditions.encoding import encode
from ponte.core.models import Role
from ponte.directory.data import PersonData
from ponte.directory.services.people import create_person

FORM = {
    "w.joint": "all", "w.n": "2",
    "w.0.was": "field:children", "w.0.what": "field:children", "w.0.op": "at_least", "w.0.value": "2",
    "w.1.was": "related:purchases", "w.1.what": "related:purchases", "w.1.measure": "count", "w.1.op": "at_most", "w.1.value": "3",
    "w.1.within.op": "last_days", "w.1.within.value": "90",
}  # fmt: skip
URL = "/teste/lists/people/condition/"


@pytest.fixture
def two(actor: Any) -> None:
    create_person(actor=actor, data=PersonData(name="Ana", children=2))
    create_person(actor=actor, data=PersonData(name="Bia"))


def test_apply_and_see_the_chip(two: None, admin: Any, client_for: Any) -> None:
    client = client_for(admin)
    answer = client.post(URL + "?stage=lead", FORM)
    address = answer["HX-Redirect"]
    assert "stage=lead" in address
    assert "where=" in address
    shown = client.get(address).content.decode()
    assert "Ana" in shown
    assert "Bia" not in shown
    assert "Filhos é no mínimo 2 e tem no máximo 3 compras nos últimos 90 dias" in shown
    again = client.get(URL + address.partition("/people/")[2]).content.decode()
    assert 'name="w.0.value" value="2"' in again
    assert 'name="w.1.within.value" value="90"' in again


def test_preview_counts_and_names(two: None, admin: Any, client_for: Any) -> None:
    shown = client_for(admin).post(URL + "preview/", FORM).content.decode()
    assert "apenas um registro" in shown
    assert "Ana" in shown
    assert "Bia" not in shown
    hole = client_for(admin).post(URL + "preview/", {**FORM, "w.0.value": ""}).content.decode()
    assert "Preencha" in hole


def test_lines_come_and_go(admin: Any, client_for: Any) -> None:
    client = client_for(admin)
    added = client.post(URL + "tree/", {**FORM, "act": "add:w"})
    assert 'name="w.2.what"' in added.content.decode()
    assert added["HX-Trigger"]
    nested = client.post(URL + "tree/", {**FORM, "act": "nest:w"}).content.decode()
    assert 'name="w.2.kind" value="group"' in nested
    assert 'name="w.2.0.what"' in nested
    removed = client.post(URL + "tree/", {**FORM, "act": "remove:w.0"}).content.decode()
    assert "field:children" in removed
    assert 'name="w.1.what"' not in removed
    only = client.post(URL + "tree/", {**FORM, "act": "where:w.1"}).content.decode()
    assert 'name="w.1.w.0.what"' in only
    changed = client.post(URL + "tree/", {**FORM, "w.0.what": "field:stage"}).content.decode()
    assert 'value="customer"' in changed
    assert 'name="w.0.value" value="2"' not in changed
    for act in ("remove:w.99", "remove:", "add:w.0", "where:w", "nonsense", "nest:w.0.1.2"):
        assert client.post(URL + "tree/", {**FORM, "act": act}).status_code == 200


def test_problems_are_told_at_their_line(admin: Any, client_for: Any) -> None:
    answer = client_for(admin).post(URL, {**FORM, "w.0.value": "muitos"})
    assert answer.status_code == 422
    assert "Escreva um número." in answer.content.decode().partition('data-place="w.0"')[2]
    assert (
        client_for(admin)
        .post(URL, {"w.joint": "all", "w.n": "1", "w.0.what": ""})["HX-Redirect"]
        .endswith("/people/?")
    )


def test_nobody_builds_on_what_is_hidden(two: None, member_with: Any, client_for: Any) -> None:
    role = Role.objects.get(key="salesperson")
    rights = {**role.rights, "fields": {"customer": {"children": "hidden"}}}
    rights["objects"] = {**rights["objects"], "customer": dict.fromkeys(("view",), "all"), "order": {}}
    client = client_for(member_with(Role.objects.create(name="Curto", rights=rights)))
    shown = client.get(URL).content.decode()
    assert "field:stage" in shown
    assert "field:children" not in shown
    assert "related:purchases" not in shown
    assert client.post(URL, FORM).status_code == 422
    where = {"v": 1, "where": {"field": "children", "op": "at_least", "value": 1}}
    listed = client.get(f"/teste/people/?where={encode(where)}").content.decode()
    assert "Ana" not in listed
    assert "Bia" not in listed
    assert client.get("/teste/conditions/values/?of=person/children").status_code == 404
    assert client.get("/teste/lists/orders/condition/").status_code == 404


def test_nonsense_in_the_url_is_ignored(two: None, admin: Any, client_for: Any) -> None:
    for text in ("xx", "", encode([1]), encode({"where": None})):
        assert "Bia" in client_for(admin).get(f"/teste/people/?where={text}").content.decode()
    broken = {"v": 1, "where": {"field": "gone", "op": "is", "value": "x"}}
    shown = client_for(admin).get(f"/teste/people/?where={encode(broken)}").content.decode()
    assert "Bia" not in shown
    assert "não existe" in shown


def test_values_are_offered_while_typing(admin: Any, client_for: Any) -> None:
    client = client_for(admin)
    found = client.get("/teste/conditions/values/?of=person/state&q=gera").json()["items"]
    assert found == [{"value": "MG", "label": "Minas Gerais"}]
    me = client.get("/teste/conditions/values/?of=person/owner&q=eu").json()["items"]
    assert me[0]["value"] == "me"


@pytest.mark.parametrize(
    "where",
    [
        {"all": [{"field": "state", "op": "is", "value": ["MG", "SP"]}, {"any": [{"field": "children", "op": "between", "value": ["1", "2"]}]}]},
        {"not": {"any": [{"field": "name", "op": "contains", "value": "a"}]}},
        {"all": [{"related": "purchases", "measure": "sum", "of": "total", "op": "at_least", "value": "10",
                  "within": {"op": "period", "value": "this_year"}, "where": {"all": [{"field": "status", "op": "is", "value": ["placed"]}]}}]},
    ],
)  # fmt: skip
def test_a_draft_keeps_what_a_condition_says(admin: Any, where: Any) -> None:
    subject = subject_named("person")
    assert subject is not None
    assert Writing(catalogue_of(subject, admin)).condition(draft_of(where))["where"] == where
