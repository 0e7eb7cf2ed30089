"""``python -m bench.sales --scale 100k --deals 50000``: the board, a card moved, opening, the page of a deal.

Needs the data of ``python -m bench``, makes them where they aren't there, and adds opportunities: two fifths of them in one stage.
At full size: ``--scale 1m --deals 500000``. Prints medians beside the same rows by raw SQL.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from bench.database import EMAIL, SLUG, make_workspace, prepare

SCALES = {"20k": 20_000, "100k": 100_000, "1m": 1_000_000}
BIG = 0.4  # of the opportunities stand in one stage
_FILL = """
INSERT INTO sales_opportunity (id, created_at, updated_at, version, title, party_id, owner_id, pipeline_id, stage_id, status,
    amount, monthly, category, origin, description, opened_at, stage_since, closed_at, close_note, source, external_id,
    is_demo, custom, search)
SELECT uuidv7(), now(), now(), 1, 'Oportunidade ' || n, parties.ids[1 + n %% array_length(parties.ids, 1)],
    members.ids[1 + n %% array_length(members.ids, 1)], stages.pipeline,
    stages.ids[CASE WHEN n < %(big)s THEN 1 ELSE 2 + n %% (array_length(stages.ids, 1) - 1) END],
    CASE WHEN n < %(big)s OR n %% 3 = 0 THEN 'open' WHEN n %% 3 = 1 THEN 'won' ELSE 'lost' END,
    1000 + n %% 90000, 0, 'pipeline', 'unknown', '', now() - (310 + n %% 390) * interval '1 day', now() - (n %% 60) * interval '1 day',
    CASE WHEN n < %(big)s OR n %% 3 = 0 THEN NULL ELSE now() - (n %% 300) * interval '1 day' END, '', 'bench', 'deal-' || n,
    false, '{}', to_tsvector('simple', 'oportunidade ' || n)
FROM generate_series(0, %(number)s - 1) AS n,
    (SELECT array_agg(id) AS ids FROM (SELECT id FROM directory_party WHERE deleted_at IS NULL LIMIT 100000) AS p) AS parties,
    (SELECT array_agg(id) AS ids FROM core_member) AS members,
    (SELECT pipeline_id AS pipeline, array_agg(id ORDER BY position) AS ids FROM sales_stage GROUP BY 1 LIMIT 1) AS stages
"""
# an open one stands where it was opened; one that ended moved once, half-way, and ended
_ENTRIES = """
INSERT INTO sales_stageentry (id, created_at, updated_at, opportunity_id, act, stage_id, entered_at, left_at, amount, note)
SELECT uuidv7(), now(), now(), o.id, e.act, CASE e.act WHEN 'opened' THEN first.id ELSE o.stage_id END,
    e.entered_at, e.left_at, o.amount, ''
FROM sales_opportunity o,
    LATERAL (SELECT id FROM sales_stage s WHERE s.pipeline_id = o.pipeline_id ORDER BY position LIMIT 1) AS first,
    LATERAL (VALUES ('opened', o.opened_at, o.opened_at + (o.closed_at - o.opened_at) / 2),
        ('moved', o.opened_at + (o.closed_at - o.opened_at) / 2, o.closed_at), (o.status, o.closed_at, NULL)) AS e (act, entered_at, left_at)
WHERE o.source = 'bench' AND o.status <> 'open'
UNION ALL
SELECT uuidv7(), now(), now(), id, 'opened', stage_id, stage_since, NULL, amount, '' FROM sales_opportunity
WHERE source = 'bench' AND status = 'open'
"""
_COLUMN = """
SELECT o.id, o.title, o.amount, o.version, p.name, m.name, o.next_activity_at, o.stage_since
FROM sales_opportunity o JOIN directory_party p ON p.id = o.party_id LEFT JOIN core_member m ON m.id = o.owner_id
WHERE o.deleted_at IS NULL AND o.status = 'open' AND o.stage_id = %s ORDER BY o.stage_since DESC, o.id DESC
"""


def main() -> None:
    """Fill, measure, tell."""
    options = argparse.ArgumentParser(prog="python -m bench.sales")
    options.add_argument("--scale", choices=SCALES, default="100k", help="number of people")
    options.add_argument("--deals", type=int, default=50_000, help="number of opportunities")
    options.add_argument("--home", type=Path, help="where the data are kept between runs")
    options.add_argument("--port", type=int, default=8797)
    options.add_argument("--number", type=int, default=100, help="requests per piece of work")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-{chosen.scale}"
    installation = prepare(home)
    schema, _token = make_workspace()
    from bench.fill import fill

    fill(installation.server.superuser_url, schema, SCALES[chosen.scale])
    url = installation.server.owner_url
    _fill(url, schema, chosen.deals)
    _measure(installation, url, schema, chosen)


def _fill(url: str, schema: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        row = connection.execute(
            "SELECT count(*), EXISTS (SELECT 1 FROM sales_stageentry WHERE act = 'moved') FROM sales_opportunity WHERE source = 'bench'"
        ).fetchone()
        if row and row[0] >= number and row[1]:
            return
        print("opportunities …", flush=True)
        connection.execute("DELETE FROM sales_stageentry")
        connection.execute("DELETE FROM sales_opportunity")
        connection.execute(_FILL, {"number": number, "big": int(number * BIG)})
        connection.execute(_ENTRIES)
        for table in ("sales_opportunity", "sales_stageentry", "sales_stagetotal"):
            connection.execute(f"VACUUM ANALYZE {table}")  # type: ignore[arg-type]


def _measure(installation: Any, url: str, schema: str, chosen: argparse.Namespace) -> None:
    from bench import product
    from bench.measure import http_timing, machine_noise, sql_timing

    facts = _facts(url, schema)
    cookie = product.session_cookie(EMAIL)
    print(f"machine noise {machine_noise():.0f} %", flush=True)
    with product.running(installation, chosen.port):
        for name, call, sql, aim in _work(facts, cookie, chosen.port):
            timing = http_timing("127.0.0.1", chosen.port, call, clients=1, number=chosen.number)
            raw = sql_timing(url, schema, sql, number=20).median if sql else 0.0
            print(
                f"{name:32} median {timing.median:7.1f}  p95 {timing.p95:7.1f}  raw SQL {raw:7.2f}  aim {aim}",
                flush=True,
            )


def _work(facts: dict[str, list[str]], cookie: str, port: int) -> list[tuple[str, Any, Any, int]]:
    """Return what is measured: its name, its request, the same rows by SQL, the aim in ms."""
    from bench.measure import Call

    page, deals, big, second = {"Cookie": cookie}, facts["deals"], *facts["stages"][:2]
    board = f"/{SLUG}/opportunities/?layout=board&by=stage"
    more = _next_page(_asker(port)(board, page).decode())
    first = " UNION ALL ".join(f"({_COLUMN} LIMIT 16)" for _stage in facts["stages"])
    update = "UPDATE sales_opportunity SET stage_id = %s, stage_since = now(), version = version + 1 WHERE id = %s RETURNING 1"
    one = "SELECT * FROM sales_opportunity WHERE id = %s"
    move, create = _acts(facts, cookie, port)
    return [
        ("board, first load", lambda i: Call(board, headers=page), lambda i: (first, facts["stages"]), 60),
        ("board, next page of a column", lambda i: Call(more, headers=page),
         lambda i: (f"{_COLUMN} LIMIT 16 OFFSET 15", [big]), 25),
        ("move a card", move, lambda i: (update, [second, deals[i % len(deals)]]), 15),
        ("open an opportunity (API)", create, None, 15),
        ("page of a deal", lambda i: Call(f"/{SLUG}/opportunities/{deals[i % len(deals)]}/", headers=page),
         lambda i: (one, [deals[i % len(deals)]]), 40),
    ]  # fmt: skip


def _acts(facts: dict[str, list[str]], cookie: str, port: int) -> tuple[Any, Any]:
    """Return the requests that move a card and that open an opportunity."""
    from django.conf import settings

    from bench.measure import Call

    deals, big, second = facts["deals"], *facts["stages"][:2]
    token = {"Cookie": f"{cookie}; {settings.CSRF_COOKIE_NAME}={'a' * 32}", "X-CSRFToken": "a" * 32,
             "Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{port}/"}  # fmt: skip
    numbers = count()

    def move(index: int) -> Call:
        stage = second if (index // len(deals)) % 2 == 0 else big
        body = f"id={deals[index % len(deals)]}&value={stage}&version=".encode()
        return Call(f"/{SLUG}/lists/opportunities/fields/stage/", "POST", body, token)

    def create(index: int) -> Call:
        body = json.dumps({"customer_id": facts["parties"][index % len(facts["parties"])],
                           "title": f"Nova {next(numbers)}", "amount": "100.00"}).encode()  # fmt: skip
        return Call("/api/v1/opportunities", "POST", body, _bearer(), expect=201)

    return move, create


def _next_page(board: str) -> str:
    """Return the address the first column of a board loads its next page from."""
    addresses = (part.split('"')[0] for part in board.split('hx-get="')[1:])
    return next(address.replace("&amp;", "&") for address in addresses if "cursor=" in address)


def _facts(url: str, schema: str) -> dict[str, list[str]]:
    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]

        def column(sql: str) -> list[str]:
            return [str(row[0]) for row in connection.execute(sql).fetchall()]  # type: ignore[arg-type]

        stages = column(
            "SELECT s.id FROM sales_stage s JOIN sales_opportunity o ON o.stage_id = s.id AND o.source = 'bench'"
            " GROUP BY s.id, s.position ORDER BY s.position"
        )
        deals = column(
            f"SELECT id FROM sales_opportunity WHERE source = 'bench' AND stage_id = '{stages[0]}' AND status = 'open' LIMIT 200"
        )
        parties = column("SELECT id FROM directory_party WHERE deleted_at IS NULL LIMIT 200")
    return {"stages": stages, "deals": deals, "parties": parties}


def _bearer() -> dict[str, str]:
    global _TOKEN
    if not _TOKEN:
        from ponte.core.actors import Actor
        from ponte.core.models import Member
        from ponte.core.services.tokens import create_token
        from ponte.core.tenancy.models import Workspace
        from ponte.core.tenancy.scope import workspace_scope

        with workspace_scope(Workspace.objects.get(slug=SLUG)):
            member = Member.objects.get(email=EMAIL)
            _row, _TOKEN = create_token(
                member=member, name="bench", scopes=["sales:write"], actor=Actor.system("bench")
            )
    return {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "application/json"}


_TOKEN = ""


def _asker(port: int) -> Any:
    import http.client

    def ask(path: str, headers: dict[str, str]) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, body[:300])
        return body

    return ask


if __name__ == "__main__":
    main()
