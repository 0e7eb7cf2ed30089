"""What conditions mean: fields, empty values, opposites, rights, words, problems."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import translation

from ponte.conditions.compiling import satisfies, selected
from ponte.conditions.encoding import decode, encode
from ponte.conditions.explaining import explain
from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.errors import Invalid
from ponte.core.models import Role
from ponte.directory.data import CompanyData, PersonData
from ponte.directory.services.companies import create_company
from ponte.directory.services.people import create_person
from ponte.directory.services.tags import set_tags


def names(where: Any, reader: Any, subject: str = "person", form: Any = "set") -> list[str]:
    """Return the names of what a condition selects."""
    condition = read_condition({"v": 1, "about": subject, "where": where}, subject=subject, reader=reader)
    rows = condition.catalogue.subject.rows(reader)
    found = sorted(row.name for row in selected(condition, rows, form=form))
    assert found == sorted(row.name for row in rows if satisfies(condition, row.pk))
    return found


@pytest.fixture
def three(actor: Actor) -> list[Any]:
    """Make three people, one of whom nothing is known of."""
    return [
        create_person(
            actor=actor,
            data=PersonData(
                name="Ána Júlia", stage="customer", birthday=date(1990, 2, 28), children=2, source="event"
            ),
        ),
        create_person(actor=actor, data=PersonData(name="Bruno", stage="lead", children=0)),
        create_person(actor=actor, data=PersonData(name="Célia")),
    ]


@pytest.mark.parametrize(
    ("test", "found"),
    [
        ({"field": "name", "op": "contains", "value": "ANA jú"}, ["Ána Júlia"]),
        ({"field": "name", "op": "not_contains", "value": "ana"}, ["Bruno", "Célia"]),
        ({"field": "name", "op": "starts_with", "value": "cel"}, ["Célia"]),
        ({"field": "name", "op": "is", "value": ["bruno", "CELIA"]}, ["Bruno", "Célia"]),
        ({"field": "stage", "op": "is", "value": ["customer"]}, ["Ána Júlia"]),
        ({"field": "source", "op": "is_not", "value": ["event"]}, ["Bruno", "Célia"]),
        ({"field": "source", "op": "empty"}, ["Bruno", "Célia"]),
        ({"field": "children", "op": "at_least", "value": 1}, ["Ána Júlia"]),
        ({"field": "children", "op": "not_equals", "value": "2"}, ["Bruno", "Célia"]),
        ({"field": "children", "op": "empty"}, ["Célia"]),
        ({"not": {"field": "children", "op": "at_least", "value": 1}}, ["Bruno", "Célia"]),
        ({"not": {"field": "children", "op": "filled"}}, ["Célia"]),
        ({"field": "birthday", "op": "before", "value": "1990-03-01"}, ["Ána Júlia"]),
        ({"field": "birthday", "op": "anniversary_month", "value": 2}, ["Ána Júlia"]),
        ({"any": [{"field": "children", "op": "equals", "value": 0}, {"field": "stage", "op": "is", "value": "customer"}]}, ["Bruno", "Ána Júlia"]),
        ({"all": []}, ["Bruno", "Célia", "Ána Júlia"]),
        ({"any": []}, ["Bruno", "Célia", "Ána Júlia"]),
        ({"not": {"all": []}}, []),
        ({"related": "purchases"}, []),
        ({"related": "purchases", "measure": "count", "op": "at_most", "value": 2}, ["Bruno", "Célia", "Ána Júlia"]),
        ({"related": "interactions", "measure": "none", "within": {"op": "last_days", "value": 60}}, ["Bruno", "Célia", "Ána Júlia"]),
    ],
)  # fmt: skip
def test_meaning(three: list[Any], admin: Any, test: Any, found: list[str]) -> None:
    assert names(test, admin) == sorted(found)
    assert names(test, admin, form="probe") == sorted(found)
    everyone = {"Ána Júlia", "Bruno", "Célia"}
    assert names({"not": test}, admin) == sorted(everyone - set(found))


def test_birthdays_in_the_next_days(actor: Actor, admin: Any) -> None:
    from django.utils import timezone

    today = timezone.localdate()
    for days in (-1, 0, 15, 16):
        day = (today + timedelta(days=days)).replace(year=1984)
        create_person(actor=actor, data=PersonData(name=f"em {days}", birthday=day))
    assert names({"field": "birthday", "op": "anniversary_next", "value": 15}, admin) == ["em 0", "em 15"]


def test_tags(three: list[Any], actor: Actor, admin: Any) -> None:
    set_tags(actor=actor, party_id=three[0].id, names=["VIP", "Feira"])
    set_tags(actor=actor, party_id=three[1].id, names=["VIP"])
    vip, fair = (
        str(tag.id) for tag in sorted(three[0].party.tags.all(), key=lambda tag: tag.name, reverse=True)
    )
    assert names({"field": "tags", "op": "is", "value": [vip, fair]}, admin) == ["Bruno", "Ána Júlia"]
    assert names({"field": "tags", "op": "all_of", "value": [vip, fair]}, admin) == ["Ána Júlia"]
    assert names({"field": "tags", "op": "is_not", "value": [fair]}, admin) == ["Bruno", "Célia"]
    assert names({"field": "tags", "op": "empty"}, admin) == ["Célia"]


def test_people_of_big_companies(actor: Actor, admin: Any) -> None:
    big = create_company(actor=actor, data=CompanyData(name="Grande", employees=60))
    small = create_company(actor=actor, data=CompanyData(name="Pequena", employees=5))
    create_person(actor=actor, data=PersonData(name="Gil", company_id=big.id))
    create_person(actor=actor, data=PersonData(name="Pia", company_id=small.id))
    more = {"field": "employees", "op": "above", "value": 50}
    assert names({"related": "companies", "where": more}, admin) == ["Gil"]
    assert names({"related": "companies", "measure": "none", "where": more}, admin) == ["Pia"]
    assert names({"related": "people", "measure": "count", "op": "equals", "value": 1}, admin, "company") == [
        "Grande",
        "Pequena",
    ]


@pytest.mark.parametrize(
    ("where", "path", "code"),
    [
        (None, "where", "malformed"),
        ({"all": {}}, "where.all", "malformed"),
        ({"all": [{"field": "nothing", "op": "is", "value": ["x"]}]}, "where.all[0].field", "unknown"),
        ({"field": "stage", "op": "at_least", "value": 1}, "where.op", "unknown"),
        ({"field": "stage", "op": "is", "value": ["nowhere"]}, "where.value", "invalid"),
        ({"field": "stage", "op": "is", "value": []}, "where.value", "invalid"),
        ({"field": "children", "op": "at_least", "value": "many"}, "where.value", "invalid"),
        ({"field": "children", "op": "at_least", "value": True}, "where.value", "invalid"),
        ({"field": "children", "op": "between", "value": [3, 1]}, "where.value", "invalid"),
        ({"field": "created", "op": "on", "value": "31/12/2026"}, "where.value", "invalid"),
        ({"field": "name", "op": "contains", "value": "a\x00"}, "where.value", "invalid"),
        ({"field": "name", "op": "empty", "value": "x"}, "where.value", "unexpected"),
        ({"not": {"related": "nobody"}}, "where.not.related", "unknown"),
        ({"related": "purchases", "measure": "sum", "op": "at_least", "value": 1}, "where.of", "unknown"),
        ({"related": "purchases", "measure": "count", "op": "is", "value": 1}, "where.op", "unknown"),
        ({"related": "purchases", "where": {"field": "x", "op": "is"}}, "where.where.field", "unknown"),
        ({"related": "companies", "within": {"op": "last_days", "value": 3}}, "where.within", "unexpected"),
        ({"saved": "nowhere"}, "where.saved", "unknown"),
        ({"field": "name", "op": "is", "value": "x", "extra": 1}, "where.extra", "unknown"),
    ],
)
def test_problems_name_the_node(admin: Any, where: Any, path: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_condition({"v": 1, "about": "person", "where": where}, subject="person", reader=admin)
    assert (refusal.value.problems[0].field, refusal.value.problems[0].code) == (path, code)


def test_too_deep_too_big_wrong_version(admin: Any) -> None:
    deep: Any = {"all": []}
    for _ in range(12):
        deep = {"not": deep}
    for raw in (deep, {"all": [{"all": []}] * 80}):
        with pytest.raises(Invalid):
            read_condition({"where": raw}, subject="person", reader=admin)
    for raw in (
        {"v": 2, "where": {"all": []}},
        {"about": "order", "where": {"all": []}},
        [],
        {"where": {"all": []}, "x": 1},
    ):
        with pytest.raises(Invalid):
            read_condition(raw, subject="person", reader=admin)


def test_hidden_fields_do_not_exist(three: list[Any], member_with: Any) -> None:
    role = Role.objects.get(key="salesperson")
    rights = {
        **role.rights,
        "fields": {"customer": {"address": "hidden", "revenue": "hidden"}, "order": {"margin": "hidden"}},
    }
    member = member_with(Role.objects.create(name="Sem endereço", rights=rights))
    for where in (
        {"field": "state", "op": "is", "value": ["MG"]},
        {"field": "revenue", "op": "at_least", "value": 1},
        {"related": "purchases"},
        {"not": {"related": "companies", "where": {"field": "city", "op": "filled"}}},
    ):
        with pytest.raises(Invalid):
            read_condition({"where": where}, subject="person", reader=member)
    with pytest.raises(Invalid):
        read_condition({"where": {"field": "margin", "op": "empty"}}, subject="order", reader=member)


def test_words(admin: Any) -> None:
    where = {
        "all": [
            {"field": "state", "op": "is", "value": ["MG", "SP"]},
            {"related": "purchases", "within": {"op": "last_days", "value": 90}},
            {"not": {"any": [{"field": "revenue", "op": "at_least", "value": 1000}, {"field": "owner", "op": "is", "value": ["me"]}]}},
            {"related": "orders", "measure": "count", "op": "at_least", "value": 3, "within": {"op": "period", "value": "this_year"}},
            {"related": "purchases", "measure": "sum", "of": "total", "op": "above", "value": "1.500,50"},
        ]
    }  # fmt: skip
    condition = read_condition({"where": where}, subject="person", reader=admin)
    with translation.override("en"):
        assert explain(condition) == (
            "State is Minas Gerais or São Paulo and bought in the last 90 days and not (Revenue is at least R$ 1,000.00 or "
            "Owner is me) and has at least 3 orders of any status in the period: this year and the sum of Total of purchases "
            "is more than R$ 1,500.50"
        )


def test_a_condition_survives_a_url(admin: Any) -> None:
    raw = {"v": 1, "about": "person", "where": {"field": "name", "op": "contains", "value": "São João 🎉"}}
    assert decode(encode(raw)) == raw
    assert all(decode(text) is None for text in ("", "!!", "AAAA", encode(raw)[:-6], "x" * 4000))
