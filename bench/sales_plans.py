"""Timing the sales dashboard, the forecast page and the nightly work at a size of one's own.

``PONTE_HOME=DIR python -m bench.sales_plans --slug SLUG --deals 50000`` fills a workspace of an installation whose server runs (``ponte up``) with
leads and opportunities over three years and times what the issue names: the dashboard of a year (150 ms at 500,000 opportunities) and
the nightly score and forecast (under three minutes). It fills up to the number given and no further, so it may be run again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

CHUNK = 5_000
DAYS = 1090
SEED = 20261126
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


def fill(deals: int) -> None:
    """Add leads and opportunities with their history until there are ``deals`` of the bench."""
    from django.db import connection

    from ponte.sales.models import Lead, LeadEntry, Opportunity, StageEntry

    have = Opportunity.objects.filter(source="bench").count()
    started = time.monotonic()
    rows = _deals(have, deals)
    while made := list(islice(rows, CHUNK)):
        Lead.objects.bulk_create([one[0] for one in made])
        LeadEntry.objects.bulk_create([entry for one in made for entry in one[1]])
        Opportunity.objects.bulk_create([one[2] for one in made])
        StageEntry.objects.bulk_create([entry for one in made for entry in one[3]])
        print(f"filled after {time.monotonic() - started:.0f} s", flush=True)
    with connection.cursor() as cursor:
        for model in (Lead, LeadEntry, Opportunity, StageEntry):
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


def _deals(start: int, end: int) -> Iterator[tuple[Any, list[Any], Any, list[Any]]]:
    from django.utils import timezone

    from ponte.core.models import Member
    from ponte.directory.models import Party
    from ponte.sales.models import Reason, Stage

    pick = random.Random(SEED + start)
    members = list(Member.objects.order_by("id"))
    parties = list(Party.objects.filter(deleted_at=None).values_list("id", flat=True)[:5_000])
    stages = list(Stage.objects.order_by("pipeline_id", "position").select_related("pipeline"))
    reasons = list(Reason.objects.filter(kind="lost"))
    now = timezone.now()
    for number in range(start, end):
        opened = now - timedelta(days=pick.random() * DAYS)
        yield _deal(pick, number, opened, now, pick.choice(members), pick.choice(parties), stages, reasons)


def _deal(
    pick: random.Random, number: int, opened: datetime, now: datetime, owner: Any, party: Any, stages: list[Any], reasons: list[Any]
) -> tuple[Any, list[Any], Any, list[Any]]:  # fmt: skip
    from ponte.sales.models import Lead, LeadEntry, Opportunity, StageEntry

    pipeline = stages[0].pipeline
    mine = [stage for stage in stages if stage.pipeline_id == pipeline.id]
    reached, stay = pick.randrange(len(mine)), timedelta(days=pick.expovariate(1 / 6))
    status = pick.choices(("won", "lost", "open"), (1 + reached, 4 - reached / 2, 4))[0]
    ended = opened + stay * (reached + 1)
    if ended > now:
        status = "open"
    captured = opened - timedelta(days=pick.random() * 10)
    lead = Lead(
        party_id=party, owner=owner, title=f"Interesse {number}", origin=pick.choice(ORIGINS), captured_at=captured,
        status="converted", status_since=opened, converted_at=opened, responded_at=captured + timedelta(hours=pick.random() * 30),
        source="bench", external_id=str(number),
    )  # fmt: skip
    entries = [LeadEntry(lead=lead, status="mql", entered_at=captured, left_at=opened),
               LeadEntry(lead=lead, before="mql", status="converted", entered_at=opened)]  # fmt: skip
    deal = Opportunity(
        title=f"Negócio {number}", party_id=party, owner=owner, lead=lead, pipeline=pipeline, stage=mine[reached], status=status,
        amount=round(pick.lognormvariate(8, 1), 2), opened_at=opened, stage_since=opened + stay * reached, origin=lead.origin,
        expected_close=(now + timedelta(days=pick.randrange(-20, 170))).date(), closed_at=None if status == "open" else ended,
        category=pick.choice(("pipeline", "best_case", "commit")), reason=pick.choice(reasons) if status == "lost" else None,
        source="bench", external_id=str(number),
    )  # fmt: skip
    stays = [
        StageEntry(
            opportunity=deal, act="moved" if at else "opened", stage=mine[at], entered_at=opened + stay * at, amount=deal.amount,
            left_at=None if status == "open" and at == reached else opened + stay * (at + 1),
        )
        for at in range(reached + 1)
    ]  # fmt: skip
    if status != "open":
        stays.append(
            StageEntry(
                opportunity=deal, act=status, stage=mine[reached], entered_at=ended, amount=deal.amount
            )
        )
    return lead, entries, deal, stays


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
