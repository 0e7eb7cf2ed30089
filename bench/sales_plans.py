"""Timing the sales dashboard, the forecast page and the nightly work at a size of one's own.

``PONTE_HOME=DIR python -m bench.sales_plans --slug SLUG --deals 50000`` fills a workspace of an installation whose server runs (``ponte up``) with
leads and opportunities over three years and times what the issue names: the dashboard of a year (150 ms at 500,000 opportunities) and
the nightly score and forecast (under three minutes). It fills up to the number given and no further, so it may be run again.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from typing import Any

CHUNK = 100_000
DAYS = 1090
ORIGINS = ("organic_search", "paid_search", "social", "email", "direct_traffic", "referral")


def main() -> None:
    """Fill and time as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slug", default="demo")
    parser.add_argument("--deals", type=int, default=50_000)
    parser.add_argument("--number", type=int, default=20)
    given = parser.parse_args()
    from ponte.cli.surroundings import prepare, start_django

    prepare()
    start_django()
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope(given.slug):
        fill(given.deals)
    for name, took in timed(given.slug, given.number):
        print(f"{name:44} {took:10.1f} ms", flush=True)


DRAWN = """
CREATE TEMP TABLE bench_drawn ON COMMIT DROP AS
SELECT n, uuidv7() AS lead_id, uuidv7() AS deal_id,
  (%(members)s::uuid[])[1 + floor(random() * %(member_count)s)::int] AS owner,
  (%(parties)s::uuid[])[1 + floor(random() * %(party_count)s)::int] AS party,
  (%(origins)s::text[])[1 + floor(random() * 6)::int] AS origin,
  (ARRAY['pipeline', 'best_case', 'commit'])[1 + floor(random() * 3)::int] AS category,
  1 + floor(random() * %(stage_count)s)::int AS reached,
  -ln(1 - random()) * interval '6 days' AS stay, random() AS drawn, random() AS waited,
  round(exp(8 + sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()))::numeric, 2) AS amount,
  now() - random() * %(days)s * interval '1 day' AS opened,
  current_date - 20 + floor(random() * 190)::int AS expected
FROM generate_series(%(start)s, %(end)s - 1) AS n;
ALTER TABLE bench_drawn ADD status text, ADD ended timestamptz;
UPDATE bench_drawn SET ended = opened + stay * reached, status = CASE
  WHEN opened + stay * reached > now() THEN 'open' WHEN drawn < 0.1 * (1 + reached) THEN 'won' WHEN drawn < 0.65 THEN 'lost' ELSE 'open' END;
ANALYZE bench_drawn;
"""
# by table: its columns as SQL over the drawn rows; what is left out gets the model's own default
LEADS = {
    "id": "lead_id", "party_id": "party", "owner_id": "owner", "title": "'Interesse ' || n", "origin": "origin",
    "captured_at": "opened - waited * interval '10 days'", "status": "'converted'", "status_since": "opened",
    "converted_at": "opened", "responded_at": "opened - waited * interval '9 days'", "source": "'bench'", "external_id": "n::text",
}  # fmt: skip
HANDED = {
    "lead_id": "lead_id", "status": "'mql'", "entered_at": "opened - waited * interval '10 days'", "left_at": "opened",
}  # fmt: skip
CONVERTED = {"lead_id": "lead_id", "before": "'mql'", "status": "'converted'", "entered_at": "opened"}
DEALS = {
    "id": "deal_id", "title": "'Negócio ' || n", "party_id": "party", "owner_id": "owner", "lead_id": "lead_id", "pipeline_id": "%(pipeline)s",
    "stage_id": "(%(stages)s::uuid[])[reached]", "status": "status", "amount": "amount", "opened_at": "opened",
    "stage_since": "opened + stay * (reached - 1)", "origin": "origin", "expected_close": "expected",
    "closed_at": "CASE WHEN status <> 'open' THEN ended END", "category": "category",
    "reason_id": "CASE WHEN status = 'lost' THEN (%(reasons)s::uuid[])[1 + n %% %(reason_count)s] END", "source": "'bench'",
    "external_id": "n::text",
}  # fmt: skip
STAYS = {
    "opportunity_id": "deal_id", "act": "CASE WHEN at = 1 THEN 'opened' ELSE 'moved' END", "stage_id": "(%(stages)s::uuid[])[at]",
    "entered_at": "opened + stay * (at - 1)", "amount": "amount",
    "left_at": "CASE WHEN status <> 'open' OR at < reached THEN opened + stay * at END",
}  # fmt: skip
ENDS = {
    "opportunity_id": "deal_id", "act": "status", "stage_id": "(%(stages)s::uuid[])[reached]", "entered_at": "ended", "amount": "amount",
}  # fmt: skip


def fill(deals: int) -> None:
    """Add leads and opportunities with their history until there are ``deals`` of the bench, by SQL: a million takes minutes."""
    from django.db import connection

    from ponte.sales.models import Lead, LeadEntry, Opportunity, StageEntry

    have = Opportunity.objects.filter(source="bench").count()
    values = _values()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.27)")
        for start in range(have, deals, CHUNK):
            started = time.monotonic()
            cursor.execute(DRAWN, values | {"start": start, "end": min(start + CHUNK, deals)})
            for model, columns, source in (
                (Lead, LEADS, "bench_drawn"),
                (LeadEntry, HANDED, "bench_drawn"),
                (LeadEntry, CONVERTED, "bench_drawn"),
                (Opportunity, DEALS, "bench_drawn"),
                (StageEntry, STAYS, "bench_drawn, generate_series(1, reached) AS at"),
                (StageEntry, ENDS, "bench_drawn WHERE status <> 'open'"),
            ):
                cursor.execute(*_insertion(model, columns, source, values))
            cursor.execute("DROP TABLE bench_drawn")
            print(
                f"{min(start + CHUNK, deals)} filled, this part in {time.monotonic() - started:.0f} s",
                flush=True,
            )
        for model in (Lead, LeadEntry, Opportunity, StageEntry):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _values() -> dict[str, Any]:
    from ponte.core.models import Member
    from ponte.directory.models import Party
    from ponte.sales.models import Reason, Stage

    def ids(rows: Any) -> list[Any]:
        return list(rows.values_list("id", flat=True))

    first = Stage.objects.order_by("pipeline__position", "pipeline_id", "position")[0]
    found: dict[str, list[Any]] = {
        "members": ids(Member.objects.order_by("id")),
        "parties": ids(Party.objects.filter(deleted_at=None).order_by("id")[:5_000]),
        "stages": ids(Stage.objects.filter(pipeline=first.pipeline_id).order_by("position")),
        "reasons": ids(Reason.objects.filter(kind="lost").order_by("id")),
    }
    counts = {
        "member_count": "members", "party_count": "parties", "stage_count": "stages", "reason_count": "reasons",
    }  # fmt: skip
    numbers = {name: len(found[of]) for name, of in counts.items()}
    return found | numbers | {"origins": list(ORIGINS), "days": DAYS, "pipeline": first.pipeline_id}


def _insertion(
    model: Any, given: dict[str, str], source: str, values: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Return the statement that writes one row of a model for each of the source, and its parameters."""
    from django.db import connection

    columns, told, parameters = [], [], dict(values)
    for field in model._meta.local_concrete_fields:
        if field.generated:
            continue
        column = field.column
        if column in given:
            expression = given[column]
        elif field.primary_key:
            expression = "uuidv7()"
        elif column in ("created_at", "updated_at"):
            expression = "now()"
        else:
            default = field.get_default()
            parameters[f"default_{column}"] = field.get_db_prep_save(default, connection)
            expression = f"%(default_{column})s"
        columns.append(connection.ops.quote_name(column))
        told.append(f"CAST({expression} AS {field.db_type(connection)})")
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(told)} FROM {source}"
    return sql, parameters


def timed(slug: str, number: int) -> Iterator[tuple[str, float]]:
    """Yield what was measured, in milliseconds: nightly work once, pages as the median of ``number``."""
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.sales.jobs import plans

    with workspace_scope(slug):
        started = time.monotonic()
        plans.add_up_nightly()
    yield "nightly: figures added up", (time.monotonic() - started) * 1000
    with workspace_context(slug):
        started = time.monotonic()
        plans.forecast_nightly()
        yield "nightly: learnt, forecast, snapshot", (time.monotonic() - started) * 1000
    yield from _pages(slug, number)


def _pages(slug: str, number: int) -> Iterator[tuple[str, float]]:
    from django.test import Client

    from ponte.core.models import Member
    from ponte.core.tenancy.models import User
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope(slug):
        user_id = (
            Member.objects.filter(role__key="administrator")
            .order_by("id")
            .values_list("user_id", flat=True)[0]
        )
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(id=user_id), "django.contrib.auth.backends.ModelBackend")
    for name, path in (
        ("dashboard of a year", "/sales/dashboard/?period=12_months"),
        ("forecast of six months", "/sales/forecast/"),
        ("records behind a figure", "/sales/figures/deal_won/?period=12_months"),
    ):
        took = [_one(client, f"/{slug}{path}") for _turn in range(number + 3)][3:]
        yield f"{name} (median)", statistics.median(took)
        yield f"{name} (p95)", sorted(took)[int(len(took) * 0.95) - 1]


def _one(client: Any, path: str) -> float:
    started = time.perf_counter()
    response = client.get(path)
    took = (time.perf_counter() - started) * 1000
    if response.status_code != 200:
        raise SystemExit(f"{path} answered {response.status_code}")
    return took


if __name__ == "__main__":
    main()
