"""Random trees on random data: the query finds exactly whom a plain evaluation in Python finds."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import Mock

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ponte.commerce.models import Order, OrderStatus
from ponte.conditions import whole as whole_module
from ponte.conditions.compiling import satisfies, selected
from ponte.conditions.explaining import explain
from ponte.conditions.folding import folded
from ponte.conditions.parsing import read_condition
from ponte.conditions.sampling import SAMPLE
from ponte.conditions.whole import whole
from ponte.core.text import sort_key
from ponte.directory.models import Affiliation, Company, Party, PartyFacts, PartyTag, Person, Tag
from ponte.timeline.models import Interaction

COUNTING = {"placed", "approved", "processing", "invoiced", "shipped", "delivered"}
NAMES = ["Ána", "ana júlia", "BRUNO", "Zé da Silva", "", "100%", "a_b", "D'Ávila", "Łukasz"]
CITIES = ["", "São Paulo", "SAO CARLOS", "Belo Horizonte", "bh"]
STATES = ["", "MG", "SP", "RJ"]
PIECES = ["a", "ão", "AO", "sao", "%", "_", "bh", "silva", "x"]
Row = dict[str, Any]


class World:
    """People with what hangs on them, in the database and beside it as dictionaries."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.today = timezone.localdate()
        self.tags = Tag.objects.bulk_create([Tag(name=name, key=name) for name in ("t1", "t2", "t3")])
        self.companies = [self._company() for _ in range(4)]
        self.people = [self._person() for _ in range(18)]

    def _some(self, *values: Any) -> Any:
        return self.random.choice(values)

    def _party(self, kind: str) -> tuple[Party, Row]:
        name, city, state = self._some(*NAMES), self._some(*CITIES), self._some(*STATES)
        stage = self._some("lead", "customer", "lost")
        party = Party.objects.create(
            kind=kind, name=name, sort_name=sort_key(name), city=city, state=state, stage=stage
        )
        revenue = Decimal(self._some("0", "10.50", "1000"))
        last = self._moment() if self.random.random() < 0.7 else None
        PartyFacts.objects.create(party=party, kind=kind, revenue=revenue, last_interaction_at=last)
        return party, {"id": party.id, "name": name, "city": city, "state": state, "stage": stage, "revenue": revenue, "last_contact": last}  # fmt: skip

    def _company(self) -> Row:
        party, row = self._party("company")
        row["employees"] = self._some(None, 0, 10, 60)
        Company.objects.create(party=party, employees=row["employees"])
        return row

    def _person(self) -> Row:
        party, row = self._party("person")
        row["children"] = self._some(None, 0, 1, 10)
        row["birthday"] = self._some(
            None, self.today.replace(day=1, year=1990) + timedelta(days=self.random.randrange(400))
        )
        person = Person.objects.create(party=party, children=row["children"], birthday=row["birthday"])
        chosen = self.random.sample(self.tags, self.random.randrange(3))
        PartyTag.objects.bulk_create(PartyTag(party=party, tag=tag) for tag in chosen)
        row["tags"] = {str(tag.id) for tag in chosen}
        at = self.random.sample(self.companies, self.random.randrange(3))
        for company in at:
            ended = self._some(None, self.today)
            Affiliation.objects.create(person=person, company_id=company["id"], ended_on=ended)
            row.setdefault("companies", []).extend([company] if ended is None else [])
        row["orders"] = [self._order(party) for _ in range(self.random.randrange(4))]
        row["purchases"] = [order for order in row["orders"] if order["status"] in COUNTING]
        row["interactions"] = [self._interaction(party) for _ in range(self.random.randrange(4))]
        return row

    def _order(self, party: Party) -> Row:
        row: Row = {
            "status": self._some(*OrderStatus.values), "placed": self._moment(), "total": Decimal(self._some("0", "50", "99.90")),
            "margin": self._some(None, Decimal(-5), Decimal(20)),
        }  # fmt: skip
        Order.objects.create(party=party, number="1", status=row["status"], placed_at=row["placed"], total=row["total"], margin=row["margin"])  # fmt: skip
        return row

    def _interaction(self, party: Party) -> Row:
        row: Row = {
            "kind": self._some("note", "call"),
            "occurred": self._moment(),
            "duration": self._some(None, 60, 600),
        }
        Interaction.objects.create(party=party, kind=row["kind"], occurred_at=row["occurred"], duration_seconds=row["duration"])  # fmt: skip
        return row

    def _moment(self) -> datetime:
        return timezone.now() - timedelta(minutes=self.random.randrange(60 * 24 * 120))


FIELDS: dict[str, dict[str, str]] = {
    "person": {"name": "text", "city": "text", "state": "choice", "stage": "choice", "revenue": "number", "children": "number",
               "last_contact": "day", "birthday": "birthday", "tags": "tags"},
    "company": {"name": "text", "state": "choice", "employees": "number", "revenue": "number"},
    "order": {"status": "choice", "total": "number", "margin": "number", "placed": "day"},
    "interaction": {"kind": "choice", "duration": "number", "occurred": "day"},
}  # fmt: skip
CHOICES = {
    "state": STATES[1:],
    "stage": ["lead", "customer", "lost"],
    "status": list(OrderStatus.values),
    "kind": ["note", "call"],
}
RELATIONS: dict[str, tuple[str, str, list[str]]] = {
    "orders": ("order", "placed", ["total", "margin"]),
    "purchases": ("order", "placed", ["total", "margin"]),
    "interactions": ("interaction", "occurred", ["duration"]),
    "companies": ("company", "", ["employees"]),
}
NUMBER_OPS = st.one_of(
    st.tuples(st.sampled_from(["at_least", "at_most", "above", "below", "equals", "not_equals"]), st.sampled_from([0, 1, 2, 50, "10,50", -1])),
    st.tuples(st.just("between"), st.sampled_from([[0, 1], [-5, 60], [50, 1000]])),
)  # fmt: skip
EMPTIES = st.sampled_from([("empty", None), ("filled", None)])


def _day_ops() -> Any:
    today = date.today()
    return st.one_of(
        st.tuples(st.sampled_from(["last_days", "older_days", "next_days", "later_days"]), st.integers(1, 100)),
        st.tuples(st.just("period"), st.sampled_from(["today", "this_month", "last_month", "this_week", "last_quarter", "this_year", "past"])),
        st.tuples(st.sampled_from(["on", "before", "after"]), st.integers(0, 100).map(lambda n: (today - timedelta(days=n)).isoformat())),
    )  # fmt: skip


def _tests(subject: str, tags: list[str]) -> Any:
    made = []
    for field, kind in FIELDS[subject].items():
        if kind == "text":
            ops = st.one_of(
                st.tuples(st.sampled_from(["contains", "not_contains", "starts_with", "ends_with"]), st.sampled_from(PIECES)),
                st.tuples(st.sampled_from(["is", "is_not"]), st.lists(st.sampled_from([n for n in NAMES + CITIES if n]), min_size=1, max_size=3)),
                EMPTIES,
            )  # fmt: skip
        elif kind == "choice":
            ops = st.one_of(
                st.tuples(
                    st.sampled_from(["is", "is_not"]),
                    st.lists(st.sampled_from(CHOICES[field]), min_size=1, max_size=2),
                ),
                EMPTIES,
            )
        elif kind == "number":
            ops = st.one_of(NUMBER_OPS, EMPTIES)
        elif kind == "tags":
            ops = st.one_of(
                st.tuples(
                    st.sampled_from(["is", "is_not", "all_of"]),
                    st.lists(st.sampled_from(tags), min_size=1, max_size=2),
                ),
                EMPTIES,
            )
        elif kind == "birthday":
            ops = st.one_of(st.tuples(st.just("anniversary_next"), st.integers(0, 40)), st.tuples(st.just("anniversary_month"), st.integers(1, 12)), _day_ops(), EMPTIES)  # fmt: skip
        else:
            ops = st.one_of(_day_ops(), EMPTIES)
        made.append(ops.map(lambda op, field=field: {"field": field, "op": op[0], **({"value": op[1]} if op[1] is not None else {})}))  # fmt: skip
    return st.one_of(made)


def _related(tags: list[str]) -> Any:
    @st.composite
    def build(draw: Any) -> Row:
        key = draw(st.sampled_from(sorted(RELATIONS)))
        subject, dated, numbers = RELATIONS[key]
        node: Row = {"related": key, "measure": draw(st.sampled_from(["any", "none", "count", "sum", "average", "smallest", "largest", "first", "last"]))}  # fmt: skip
        if not dated and node["measure"] in ("first", "last"):
            node["measure"] = "count"
        if node["measure"] == "count":
            node["op"], node["value"] = draw(NUMBER_OPS)
        elif node["measure"] in ("sum", "average", "smallest", "largest"):
            node["of"] = draw(st.sampled_from(numbers))
            node["op"], node["value"] = (
                draw(NUMBER_OPS) if node["measure"] == "sum" else draw(st.one_of(NUMBER_OPS, EMPTIES))
            )
        elif node["measure"] in ("first", "last"):
            node["op"], node["value"] = draw(st.one_of(_day_ops(), EMPTIES))
        if dated and draw(st.booleans()):
            op, value = draw(_day_ops())
            node["within"] = {"op": op, "value": value}
        if draw(st.booleans()):
            node["where"] = draw(st.one_of(_tests(subject, tags), st.lists(_tests(subject, tags), max_size=2).map(lambda items: {"any": items})))  # fmt: skip
        return node

    return build()


def trees(tags: list[str]) -> Any:
    """Return a strategy of conditions on people."""
    leaves = st.one_of(_tests("person", tags), _related(tags))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda items: {"all": items}),
            st.lists(inner, max_size=3).map(lambda items: {"any": items}),
            inner.map(lambda node: {"not": node}),
        ),
        max_leaves=6,
    )


class Plain:
    """The plain evaluation: loops and comparisons over dictionaries, nothing of the product's compiler."""

    def __init__(self, today: date) -> None:
        self.today = today

    def holds(self, node: Row, row: Row) -> bool:
        if "all" in node:
            return all(self.holds(item, row) for item in node["all"])
        if "any" in node:
            return not node["any"] or any(self.holds(item, row) for item in node["any"])
        if "not" in node:
            return not self.holds(node["not"], row)
        return (
            self._related(node, row)
            if "related" in node
            else self._test(node, row[node["field"]], node["field"])
        )

    def _related(self, node: Row, row: Row) -> bool:
        _subject, dated, _numbers = RELATIONS[node["related"]]
        found = row.get(node["related"], [])
        if "within" in node:
            found = [one for one in found if self._test(node["within"], one[dated])]
        if "where" in node:
            found = [one for one in found if self.holds(node["where"], one)]
        measure = node["measure"]
        if measure in ("any", "none"):
            return bool(found) == (measure == "any")
        if measure == "count":
            return self._test(node, len(found))
        values = [value for one in found if (value := one[node.get("of", dated)]) is not None]
        if measure == "sum":
            return self._test(node, sum(values))
        if not values:
            return self._test(node, None)
        figure = {"average": lambda: Decimal(sum(values)) / len(values), "smallest": lambda: min(values), "largest": lambda: max(values),
                  "first": lambda: min(values), "last": lambda: max(values)}[measure]()  # fmt: skip
        return self._test(node, figure)

    def _test(self, node: Row, value: Any, field: str = "") -> bool:
        op, wanted = node["op"], node.get("value")
        if op in ("not_contains", "is_not", "not_equals", "filled"):
            positive = {
                "not_contains": "contains",
                "is_not": "is",
                "not_equals": "equals",
                "filled": "empty",
            }[op]
            return not self._test({**node, "op": positive}, value, field)
        if op == "empty":
            return value is None or value == "" or value == set()
        if isinstance(value, set):
            return set(wanted) <= value if op == "all_of" else bool(value & set(wanted))
        if value is None:
            return False
        if isinstance(value, str):
            return self._text(op, value, wanted, field)
        if isinstance(value, date):
            return self._day(
                op, timezone.localtime(value).date() if isinstance(value, datetime) else value, wanted
            )
        return self._number(op, value, wanted)

    def _text(self, op: str, value: str, wanted: Any, field: str) -> bool:
        if field not in ("name", "city"):
            return value in wanted
        each = [wanted] if isinstance(wanted, str) else wanted
        fold = sort_key if field == "name" and all(sort_key(one) for one in each) else folded
        value = fold(value)
        if op == "is":
            return value in [fold(one) for one in each]
        return {"contains": lambda: fold(wanted) in value, "starts_with": lambda: value.startswith(fold(wanted)),
                "ends_with": lambda: value.endswith(fold(wanted))}[op]()  # fmt: skip

    def _number(self, op: str, value: Any, wanted: Any) -> bool:
        if op == "between":
            return bool(wanted[0] <= value <= wanted[1])
        wanted = Decimal(str(wanted).replace(",", "."))
        return bool({"at_least": value >= wanted, "at_most": value <= wanted, "above": value > wanted, "below": value < wanted,
                     "equals": value == wanted}[op])  # fmt: skip

    def _day(self, op: str, day: date, wanted: Any) -> bool:
        ago = (self.today - day).days
        if op == "anniversary_month":
            return day.month == wanted
        if op == "anniversary_next":
            ahead = [self.today + timedelta(days=step) for step in range(wanted + 1)]
            return any((day.month, day.day) == (one.month, one.day) for one in ahead)
        if op == "period":
            return self._period(wanted, day)
        if op in ("on", "before", "after"):
            other = date.fromisoformat(wanted)
            return {"on": day == other, "before": day < other, "after": day > other}[op]
        return {"last_days": 0 <= ago < wanted, "older_days": ago > wanted, "next_days": 0 <= -ago <= wanted, "later_days": -ago > wanted}[op]  # fmt: skip

    def _period(self, name: str, day: date) -> bool:
        now = self.today
        month, quarter = (day.year * 12 + day.month), (day.year * 4 + (day.month - 1) // 3)
        return {
            "today": day == now,
            "past": day < now,
            "this_week": day.isocalendar()[:2] == now.isocalendar()[:2],
            "this_month": month == now.year * 12 + now.month,
            "last_month": month == now.year * 12 + now.month - 1,
            "last_quarter": quarter == now.year * 4 + (now.month - 1) // 3 - 1,
            "this_year": day.year == now.year,
        }[name]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_query_and_plain_evaluation_agree(admin: Any, seed: int) -> None:
    world = World(seed)
    plain = Plain(world.today)
    by_id = {row["id"]: row for row in world.people}

    @settings(max_examples=250, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(trees([str(tag.id) for tag in world.tags]))
    def agree(where: Row) -> None:
        condition = read_condition(
            {"v": 1, "about": "person", "where": where}, subject="person", reader=admin
        )
        wanted = {key for key, row in by_id.items() if plain.holds(where, row)}
        people = condition.catalogue.subject.rows(admin)
        for form in ("set", "probe"):
            found = list(selected(condition, people, form=form).values_list("id", flat=True))
            assert len(found) == len(set(found))
            assert set(found) == wanted, form
        one = world.people[len(where) % len(world.people)]["id"]
        assert satisfies(condition, one) == (one in wanted)
        assert explain(condition)

    agree()


def test_measures_asked_one_after_another_find_the_same(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a big table one measure is counted in a pass and the others are looked up for what it left."""
    monkeypatch.setattr("ponte.conditions.whole.SMALL", 0)
    # all people are the sample; what hangs on them is much, so that looking up is always less work
    monkeypatch.setattr(
        "ponte.conditions.whole.table_size", lambda model: SAMPLE if model is Party else 10_000_000
    )
    one_by_one = Mock(wraps=whole_module.AnyOf)
    monkeypatch.setattr("ponte.conditions.whole.AnyOf", one_by_one)
    world = World(4)
    plain, tags = Plain(world.today), [str(tag.id) for tag in world.tags]

    @settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_related(tags), min_size=2, max_size=3), trees(tags))
    def agree(measured: list[Row], rest: Row) -> None:
        where = {"all": [*measured, rest]}
        condition = read_condition(
            {"v": 1, "about": "person", "where": where}, subject="person", reader=admin
        )
        people = condition.catalogue.subject.rows(admin)
        found = list(whole(condition, people).values_list("id", flat=True))
        assert len(found) == len(set(found))
        assert set(found) == {row["id"] for row in world.people if plain.holds(where, row)}

    agree()
    assert one_by_one.call_count > 50
