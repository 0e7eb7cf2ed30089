"""What is measured: each piece of work as HTTP calls, beside the same rows by raw SQL."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg

from bench.database import SLUG
from bench.measure import Call
from ponte.conditions.encoding import encode
from ponte.core.text import search_query

Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class Workload:
    """One line of the report. Aims are medians and p95 in milliseconds, None where the issue names none."""

    name: str
    call: Callable[[int], Call]
    sql: Callable[[int], Statement] | None
    aim: tuple[float, float] | None = None
    number: int = 200


@dataclass(frozen=True)
class Facts:
    """What the workloads need to know of the data: taken from the database, different on every call."""

    people: list[tuple[str, str, str, str]]  # id, name, e-mail, phone
    short_history: list[str]
    long_history: list[str]


def read_facts(url: str, schema: str) -> Facts:
    """Pick customers spread over the whole table."""
    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        people = connection.execute(
            "SELECT id::text, name, email, phone FROM directory_party TABLESAMPLE SYSTEM (2) WHERE kind = 'person' LIMIT 500"
        ).fetchall()
        counted = "SELECT party_id::text FROM directory_partyfacts WHERE interactions_count {} LIMIT {}"
        long_ones = connection.execute(counted.format("> 10000", 10)).fetchall()  # type: ignore[arg-type]
        short_ones = connection.execute(counted.format("< 20", 200)).fetchall()  # type: ignore[arg-type]
    return Facts([tuple(p) for p in people], [s[0] for s in short_ones], [s[0] for s in long_ones])  # type: ignore[misc]


def all_workloads(facts: Facts, cookie: str, token: str) -> list[Workload]:
    """Return every workload, in the order of the report."""
    # what the search box of a list asks for while one types: the results, not the page around them
    page = {"Cookie": cookie, "HX-Request": "true", "HX-Target": "list-results"}
    whole = {"Cookie": cookie}
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return [
        *_searches(facts, page),
        *_lists(whole),
        *_conditions(whole),
        *_records(facts, whole),
        *_api(facts, bearer),
    ]


def _searches(facts: Facts, headers: dict[str, str]) -> list[Workload]:
    aim = (15.0, 50.0)
    people = facts.people

    def name_part(index: int) -> str:
        return people[index % len(people)][1].split()[-1][:5]

    def two_parts(index: int) -> str:
        words = people[index % len(people)][1].split()
        return f"{words[0]} {words[-1][:4]}"

    def email(index: int) -> str:
        return people[index % len(people)][2]

    def phone(index: int) -> str:
        return people[index % len(people)][3][-8:]

    def nothing(index: int) -> str:
        return f"zzq{index}xw"

    made = []
    for label, text in (
        ("search, part of a name", name_part),
        ("search, two parts", two_parts),
        ("search, e-mail", email),
        ("search, last digits of a phone", phone),
        ("search, no hit", nothing),
    ):
        made.append(Workload(label, _search_call(text, headers), _search_sql(text), aim))
    return made


def _search_call(text: Callable[[int], str], headers: dict[str, str]) -> Callable[[int], Call]:
    return lambda index: Call(f"/{SLUG}/people/?q={quote(text(index))}", headers=headers)


def _search_sql(text: Callable[[int], str]) -> Callable[[int], Statement]:
    # the bounded candidates of the index, then the newest contacts of them: what the product shows
    statement = (
        "WITH found AS MATERIALIZED (SELECT id FROM directory_partysearch s JOIN directory_party ON id = s.party_id"
        " WHERE lexemes @@ %s::tsquery AND kind = 'person'"
        " AND deleted_at IS NULL LIMIT 500)"
        " SELECT p.id, p.name, p.email, p.phone, p.city, p.stage FROM found JOIN directory_party p USING (id) LIMIT 50"
    )
    return lambda index: (statement, [search_query(text(index))])


def _lists(headers: dict[str, str]) -> list[Workload]:
    columns = "p.id, p.name, p.email, p.phone, p.city, p.stage, f.last_interaction_at, f.revenue"
    base = f"SELECT {columns} FROM directory_party p JOIN directory_partyfacts f ON f.party_id = p.id WHERE p.kind = 'person'"
    alive = " AND p.deleted_at IS NULL"
    orders = {
        "name": f"{base}{alive} ORDER BY p.sort_name, p.id LIMIT 51",
        "-created": f"{base}{alive} ORDER BY p.id DESC LIMIT 51",
        "-updated": f"{base}{alive} ORDER BY p.updated_at DESC, p.id DESC LIMIT 51",
        "-contact": f"{base}{alive} AND f.kind = 'person' ORDER BY f.last_interaction_sort DESC, p.id DESC LIMIT 51",
        "-order": f"{base}{alive} AND f.kind = 'person' ORDER BY f.last_order_sort DESC, p.id DESC LIMIT 51",
        "-revenue": f"{base}{alive} AND f.kind = 'person' ORDER BY f.revenue DESC, p.id DESC LIMIT 51",
    }
    made = [
        Workload(
            f"people, sorted by {sort}",
            lambda index, sort=sort: Call(f"/{SLUG}/people/?sort={sort}", headers=headers),  # type: ignore[misc]
            lambda index, sql=sql: (sql, []),  # type: ignore[misc]
            (25.0, 50.0),
        )
        for sort, sql in orders.items()
    ]
    stage = f"{base}{alive} AND p.stage = 'customer' ORDER BY p.sort_name, p.id LIMIT 51"
    made.append(
        Workload(
            "people, stage = customer",
            lambda index: Call(f"/{SLUG}/people/?stage=customer", headers=headers),
            lambda index: (stage, []),
            (25.0, 50.0),
        )
    )
    return made


# three mixed conditions: a field, an aggregate over orders, an aggregate over interactions
THREE = {
    "v": 1,
    "where": {
        "all": [
            {"field": "stage", "op": "is", "value": ["customer"]},
            {
                "related": "purchases", "measure": "sum", "of": "revenue", "op": "at_least", "value": 500,
                "within": {"op": "last_days", "value": 365},
            },
            {
                "related": "interactions", "measure": "count", "op": "at_least", "value": 2,
                "within": {"op": "last_days", "value": 120},
            },
        ]
    },
}  # fmt: skip
_THREE_SQL = (
    " FROM directory_party p WHERE p.kind = 'person' AND p.deleted_at IS NULL AND p.stage = 'customer'"
    " AND (SELECT coalesce(sum(o.revenue), 0) FROM commerce_order o WHERE o.party_id = p.id AND o.deleted_at IS NULL"
    " AND o.status IN ('approved', 'delivered', 'invoiced', 'placed', 'processing', 'shipped')"
    " AND o.placed_at >= current_date - 364) >= 500"
    " AND (SELECT count(*) FROM timeline_interaction i WHERE i.party_id = p.id AND i.deleted_at IS NULL"
    " AND i.occurred_at >= current_date - 119) >= 2"
)


def _conditions(headers: dict[str, str]) -> list[Workload]:
    where, page = encode(THREE), {**headers, "HX-Request": "true"}
    first = f"SELECT p.id, p.name{_THREE_SQL} ORDER BY p.sort_name, p.id LIMIT 51"
    count = f"SELECT count(*){_THREE_SQL}"
    return [
        Workload(
            "conditions, three mixed, first page",
            lambda index: Call(f"/{SLUG}/people/?where={where}", headers=headers),
            lambda index: (first, []),
            (100.0, 200.0),
        ),
        Workload(
            "conditions, three mixed, estimated count",
            lambda index: Call(f"/{SLUG}/lists/people/count/?where={where}", headers=page),
            lambda index: (count, []),
            (300.0, 600.0),
            number=20,
        ),
        Workload(
            "conditions, three mixed, exact count",
            lambda index: Call(f"/{SLUG}/lists/people/count/?where={where}&exact=1", headers=page),
            lambda index: (count, []),
            (2000.0, 4000.0),
            number=5,
        ),
    ]


def _records(facts: Facts, headers: dict[str, str]) -> list[Workload]:
    statement = (
        "SELECT * FROM timeline_interaction WHERE party_id = %s AND deleted_at IS NULL"
        " ORDER BY occurred_at DESC, id DESC LIMIT 30"
    )

    def page(ids: list[str]) -> Callable[[int], Call]:
        return lambda index: Call(f"/{SLUG}/customers/{ids[index % len(ids)]}/", headers=headers)

    def sql(ids: list[str]) -> Callable[[int], Statement]:
        return lambda index: (statement, [ids[index % len(ids)]])

    aim = (50.0, 90.0)
    return [
        Workload("360° page, some 10 interactions", page(facts.short_history), sql(facts.short_history), aim),
        Workload("360° page, 50,000 interactions", page(facts.long_history), sql(facts.long_history), aim),
    ]


def _api(facts: Facts, headers: dict[str, str]) -> list[Workload]:
    ids = [person[0] for person in facts.people]
    numbers = itertools.count()

    def record(index: int) -> Call:
        body = {"party_id": ids[index % len(ids)], "kind": "note", "body": f"Anotação {next(numbers)}"}
        return Call("/api/v1/interactions", "POST", json.dumps(body).encode(), headers, expect=201)

    def edit(index: int) -> Call:
        body = {"source_detail": f"edição {next(numbers)}"}
        return Call(f"/api/v1/people/{ids[index % len(ids)]}", "PATCH", json.dumps(body).encode(), headers)

    insert = (
        "INSERT INTO timeline_interaction (id, created_at, updated_at, version, party_id, kind, channel, direction, department,"
        " occurred_at, subject, body, body_html, outcome, data, source) VALUES (uuidv7(), now(), now(), 1, %s, 'note', '', '', '',"
        " now(), '', 'Anotação', '', '', '{}', 'manual') RETURNING id"
    )
    update = "UPDATE directory_party SET source_detail = %s, version = version + 1, updated_at = now() WHERE id = %s RETURNING id"
    rows = "SELECT * FROM directory_party WHERE kind = 'person' AND deleted_at IS NULL ORDER BY sort_name, id LIMIT 101"
    return [
        Workload("API: record an interaction", record, lambda i: (insert, [ids[i % len(ids)]]), (15.0, 35.0)),
        Workload(
            "API: edit a field", edit, lambda i: (update, [f"sql {i}", ids[i % len(ids)]]), (15.0, 35.0)
        ),
        Workload(
            "API: list of 100 people",
            lambda i: Call("/api/v1/people?limit=100", headers=headers),
            lambda i: (rows, []),
            (15.0, 30.0),
        ),
    ]
