"""``python -m bench.lists --scale 100k``: lists with 100 custom fields, boards, sums, bulk edits with audit, conditions to ids.

Needs the data of ``python -m bench`` and makes them where they aren't there; fields, values and indexes are added once.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from bench.database import EMAIL, SLUG, Installation, make_workspace, prepare
from bench.report import PAGE, _replace

SCALES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
FIELDS = 100
FILLED = 30  # per cent of the records that have a value in a field
INDEXED = ("text_0", "number_0", "choice_0", "date_0", "boolean_0")
KINDS = ("text", "number", "choice", "date", "boolean")
EDITED = 100_000
Line = tuple[str, float, float, str]  # what, milliseconds, raw SQL beside it, aim


def main() -> None:
    """Fill, measure, write the report."""
    options = argparse.ArgumentParser(prog="python -m bench.lists")
    options.add_argument("--scale", choices=SCALES, default="100k", help="number of people")
    options.add_argument("--home", type=Path, help="where the data are kept between runs")
    options.add_argument("--port", type=int, default=8795)
    options.add_argument("--number", type=int, default=40, help="requests per page")
    options.add_argument(
        "--only", choices=("ids", "bulk", "pages"), help="measure one part and write no report"
    )
    options.add_argument("--no-report", action="store_true")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-{chosen.scale}"
    installation = prepare(home)
    schema, _token = make_workspace()
    from bench.fill import fill

    fill(installation.server.superuser_url, schema, SCALES[chosen.scale])
    _make_fields(installation.server.superuser_url, schema)
    url = installation.server.owner_url
    parts: dict[str, Callable[[], list[Line]]] = {
        "ids": lambda: _ids(url, schema),
        "bulk": lambda: _bulk(url, schema),
        "pages": lambda: _pages(installation, url, schema, chosen),
    }
    lines = [line for name, part in parts.items() if chosen.only in (None, name) for line in part()]
    _tell(lines, chosen)


def _make_fields(url: str, schema: str) -> None:
    """Define the fields, fill a third of each and build the indexes asked for, unless they are there."""
    from ponte.core.actors import Actor
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.workplace.custom_fields.definitions import FieldData
    from ponte.workplace.custom_fields.indexing import settle_all
    from ponte.workplace.models import CustomField
    from ponte.workplace.services.custom_fields import create_field

    workspace = Workspace.objects.get(slug=SLUG)
    with workspace_scope(workspace):
        known = set(CustomField.objects.values_list("key", flat=True))
        for number in range(FIELDS):
            kind = KINDS[number % len(KINDS)]
            key = f"{kind}_{number // len(KINDS)}"
            if key in known:
                continue
            choices = [{"label": f"Opção {one}"} for one in range(8)] if kind == "choice" else []
            data = FieldData(
                label=key.replace("_", " "), key=key, kind=kind, choices=choices, is_indexed=key in INDEXED
            )
            create_field(actor=Actor.system("bench"), object_name="person", data=data)
        slots = dict(CustomField.objects.values_list("key", "choices"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        row = connection.execute(
            "SELECT custom <> '{}' FROM directory_party WHERE kind = 'person' LIMIT 1"
        ).fetchone()
        if not (row and row[0]):
            print("values of custom fields …", flush=True)
            connection.execute(_values(slots))  # type: ignore[arg-type]
            connection.execute("VACUUM ANALYZE directory_party")
    with workspace_context(workspace):
        settle_all()


def _values(slots: dict[str, Any]) -> str:
    """Return the statement that gives every person values, the same on every run."""
    pairs = []
    for number, key in enumerate(sorted(slots)):
        chance = f"abs(hashtext(id::text || '{number}'))"
        value = {
            "text": f"to_jsonb('Palavra ' || {chance} % 5000)",
            "number": f"to_jsonb(({chance} % 100000)::text)",
            "choice": f"to_jsonb('{slots[key][0]['value'][:-1] if slots[key] else ''}' || {chance} % 8)",
            "date": f"to_jsonb((date '2020-01-01' + {chance} % 2500)::text)",
            "boolean": f"to_jsonb({chance} % 2 = 0)",
        }[key.split("_", maxsplit=1)[0]]
        pairs.append(f"'{key}', CASE WHEN {chance} / 7 % 100 < {FILLED} THEN {value} END")
    objects = (pairs[start : start + 25] for start in range(0, len(pairs), 25))
    whole = " || ".join(f"jsonb_build_object({', '.join(some)})" for some in objects)
    return f"UPDATE directory_party SET custom = jsonb_strip_nulls({whole}) WHERE kind = 'person'"


def _pages(installation: Installation, url: str, schema: str, chosen: argparse.Namespace) -> list[Line]:
    from bench import product
    from bench.measure import Call, http_timing, sql_timing

    cookie = product.session_cookie(EMAIL)
    base = "SELECT id, name, email, phone, city, stage FROM directory_party WHERE kind = 'person' AND deleted_at IS NULL"
    number = "((custom ->> 'number_0')::numeric(30,6))"
    board = " UNION ALL ".join(
        f"({base} AND stage = '{stage}' ORDER BY sort_name, id LIMIT 16)"
        for stage in ("visitor", "lead", "mql", "sql", "customer", "promoter", "lost")
    )
    choice = "custom ->> 'choice_0' = 'opcao_3'"
    work = (
        ("custom choice, filtered", "custom_choice_0=opcao_3", f"{base} AND {choice} ORDER BY sort_name, id LIMIT 51", "50"),
        ("custom number, filtered", "custom_number_0=100..300", f"{base} AND {number} BETWEEN 100 AND 300 ORDER BY sort_name, id LIMIT 51", "50"),
        ("custom number, sorted", "sort=-custom_number_0&cols=name,custom_number_0", f"{base} AND custom ->> 'number_0' IS NOT NULL ORDER BY {number} DESC, id DESC LIMIT 51", "50"),
        ("custom choice and number", "custom_choice_0=opcao_3&custom_number_0=..50000", f"{base} AND {choice} AND {number} <= 50000 ORDER BY sort_name, id LIMIT 51", "50"),
        ("board by stage", "layout=board&by=stage", board, "100"),
        ("board by state (27)", "layout=board&by=state", board, ""),
        ("table grouped by stage", "group=stage", board, ""),
    )  # fmt: skip
    sums = "SELECT p.stage, count(*), sum(f.revenue) FROM directory_party p JOIN directory_partyfacts f ON f.party_id = p.id WHERE p.kind = 'person' AND p.deleted_at IS NULL GROUP BY 1"
    found = []
    with product.running(installation, chosen.port):
        for name, query, statement, aim in work:
            headers = {"Cookie": cookie, "HX-Request": "true", "HX-Target": "list-results"}
            call = Call(f"/{SLUG}/people/?{query}", headers=headers)
            found.append(_page(name, call, statement, aim, url, schema, chosen, http_timing, sql_timing))
        call = Call(f"/{SLUG}/lists/people/sums/?layout=board&by=stage", headers={"Cookie": cookie})
        found.append(
            _page("sums of the board by stage", call, sums, "", url, schema, chosen, http_timing, sql_timing)
        )
    return found


def _page(
    name: str, call: Any, statement: str, aim: str, url: str, schema: str, chosen: Any, http: Any, sql: Any
) -> Line:
    timing = http("127.0.0.1", chosen.port, lambda _index: call, clients=1, number=chosen.number)
    raw = sql(url, schema, lambda _index: (statement, []), number=min(chosen.number, 10))
    line = (name, timing.median, raw.median, aim)
    print(f"{name:40} {timing.median:9.1f} | {raw.median:9.2f} | {aim}", flush=True)
    return line


def _ids(url: str, schema: str) -> list[Line]:
    """A condition over all people, evaluated to ids, called directly."""
    from bench.workloads import _THREE_SQL, THREE
    from ponte.conditions.parsing import read_condition
    from ponte.conditions.whole import whole
    from ponte.core.models import Member
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_scope
    from ponte.directory.models import Party

    def work() -> int:
        with workspace_scope(Workspace.objects.get(slug=SLUG)):
            reader = Member.objects.select_related("role", "team").get(email=EMAIL)
            condition = read_condition({**THREE, "about": "person"}, subject="person", reader=reader)
            rows = Party.objects.filter(kind="person", deleted_at=None)
            return len(list(whole(condition, rows).order_by().values_list("pk", flat=True)))

    ours = min(_seconds(work) for _turn in range(3))
    raw = min(_raw(url, schema, f"SELECT p.id{_THREE_SQL}") for _turn in range(3))
    print(f"condition to ids: {ours:.2f} s | {raw:.2f} s", flush=True)
    return [(f"three mixed conditions to ids ({work()} of them)", ours * 1000, raw * 1000, "2000")]


def _bulk(url: str, schema: str) -> list[Line]:
    """Give 100,000 people another source in the background run's own way, and take it back."""
    from ponte.core.actors import Actor
    from ponte.core.models import Member
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.workplace.lists import list_pages
    from ponte.workplace.services.bulk_running import carry_on

    workspace = Workspace.objects.get(slug=SLUG)
    page = list_pages.get("people")
    assert page is not None
    found = []
    for key, value, sql in (
        ("edit_source", _other_source(url, schema), "UPDATE directory_party SET source = 'event', version = version + 1"),
        ("edit_custom_text_1", f"Palavra de {time.time():.0f}", "UPDATE directory_party SET version = version + 1, custom = custom || '{\"text_1\": \"Outra\"}'"),
    ):  # fmt: skip
        with workspace_scope(workspace):
            member = Member.objects.select_related("role", "team").get(email=EMAIL)
            actor = Actor.for_member(member)
            action = next(one for one in page.actions_for(member) if one.key == key)
            change_id, count = _prepared(actor, page, action, value)

        def run(change_id: Any = change_id) -> None:
            with workspace_context(workspace):
                carry_on(change_id)

        ours = _seconds(run)
        raw = _raw(
            url,
            schema,
            f"{sql} WHERE id IN (SELECT id FROM directory_party WHERE kind = 'person' LIMIT {EDITED}) RETURNING 1",
            keep=False,
        )
        print(f"bulk {key} of {count}: {ours:.1f} s | {raw:.1f} s", flush=True)
        found.append(
            (
                f"bulk edit of {count} rows with audit: {key.removeprefix('edit_')}",
                ours * 1000,
                raw * 1000,
                "20000",
            )
        )
    return found


def _other_source(url: str, schema: str) -> str:
    """Return a source that the people to edit don't have yet from a run before: else nothing would be written."""
    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        row = connection.execute(
            "SELECT source FROM directory_party WHERE kind = 'person' AND deleted_at IS NULL ORDER BY id LIMIT 1"
        ).fetchone()
    return "referral" if row and row[0] == "event" else "event"


def _prepared(actor: Any, page: Any, action: Any, value: str) -> tuple[Any, int]:
    """Start a bulk act over 100,000 people, as a click on "all rows of the list" does, cut to that many."""
    from ponte.core.ids import uuid7
    from ponte.directory.models import Party
    from ponte.workplace.services.bulk_changes import Chosen, cut, run_bulk

    ids = list(
        Party.objects.filter(kind="person", deleted_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)[:EDITED]
    )
    chosen = Chosen(query="")
    change = run_bulk(
        actor=actor, page=page, action=action, rows=chosen, inputs={"value": value}, once=uuid7()
    )
    cut(change, ids)
    change.save()
    return change.id, len(ids)


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _raw(url: str, schema: str, statement: str, *, keep: bool = True) -> float:
    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        started = time.perf_counter()
        connection.execute(statement).fetchall()  # type: ignore[arg-type]
        took = time.perf_counter() - started
        if not keep:
            connection.rollback()
    return took


def _tell(lines: list[Line], chosen: argparse.Namespace) -> None:
    from bench.measure import machine_noise

    title = f"Lists and custom fields, {SCALES[chosen.scale]:,} people".replace(",", ".")
    text = [
        f"## {title}",
        "",
        f"{date.today():%Y-%m-%d}, `python -m bench.lists --scale {chosen.scale} --number {chosen.number}`, two cores, {FIELDS} custom fields"
        f" filled to {FILLED} %, five of them indexed. One client, medians in ms; pages are whole results over HTTP; raw SQL: the same rows"
        f" through psycopg (bulk edits: the bare UPDATE, without audit). Machine noise {machine_noise():.0f} %.",
        "",
        "| work | median ms | raw SQL ms | aim ms | |",
        "|---|--:|--:|--:|---|",
    ]
    for name, ours, raw, aim in lines:
        verdict = (
            "" if not aim else "reached" if ours <= float(aim) else f"missed by {ours - float(aim):.0f} ms"
        )
        text.append(f"| {name} | {ours:.1f} | {raw:.1f} | {aim} | {verdict} |")
    print("\n".join(text))
    if not chosen.no_report and not chosen.only:
        page = PAGE.read_text() if PAGE.exists() else ""
        PAGE.write_text(_replace(page, title, "\n".join([*text, ""])))


if __name__ == "__main__":
    main()
