"""``python -m bench.scoring --leads 100000``: how long it takes to score every lead anew by ten rules.

On the customers of ``bench.fill``: ten interactions and one order each. One lead of each person, all in work. The first walk writes every
lead, the second only those whose points faded in the meantime.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from bench.database import make_workspace, prepare
from bench.report import PAGE, _replace

AIM = 120.0  # seconds at a million leads


def main() -> None:
    """Fill, score twice, write the report."""
    options = argparse.ArgumentParser(prog="python -m bench.scoring")
    options.add_argument("--leads", type=int, default=100_000)
    options.add_argument("--home", type=Path)
    options.add_argument("--no-report", action="store_true")
    chosen = options.parse_args()
    home = chosen.home or Path(tempfile.gettempdir()) / f"ponte-bench-scoring-{chosen.leads}"
    installation = prepare(home)
    schema, _token = make_workspace()
    from bench.fill import fill

    url = installation.server.superuser_url
    fill(url, schema, chosen.leads)
    _fill_leads(url, schema)
    first, second = _score()
    told = f"{chosen.leads:,}".replace(",", ".")
    lines = [
        f"Scoring {told} leads by five rules on the profile and five on behaviour: **{first:.1f} s** the first time (every lead written), "
        f"**{second:.1f} s** the second (only what faded). Aim at 1.000.000: under {AIM:.0f} s.",
    ]
    print("\n".join(lines))
    if not chosen.no_report:
        title = f"Lead scores, {told} leads"
        page = PAGE.read_text() if PAGE.exists() else ""
        PAGE.write_text(_replace(page, title, "\n".join([f"## {title}", "", *lines, ""])))


def _fill_leads(url: str, schema: str) -> None:
    from bench.fill import insert
    from ponte.sales.models import Lead

    with psycopg.connect(url) as connection:
        connection.execute(f'SET search_path TO "{schema}", public')  # type: ignore[arg-type]
        found = connection.execute("SELECT count(*) FROM sales_lead").fetchone()
        if found and found[0]:
            connection.execute("UPDATE sales_lead SET score = NULL, grade = ''")
        else:
            origins = "(ARRAY['organic_search', 'paid_search', 'social', 'email', 'unknown'])[1 + abs(hashtext(p.id::text)) % 5]"
            insert(connection, Lead, "directory_party p WHERE p.kind = 'person'", id="uuidv7()", party_id="p.id", title="'Interesse'",
                   status="'new'", status_since="now()", origin=origins, captured_at="now() - random() * interval '300 days'",
                   created_at="now()", updated_at="now()")  # fmt: skip
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE sales_lead")


def _score() -> tuple[float, float]:
    from ponte.core.actors import Actor
    from ponte.core.tenancy.models import Workspace
    from ponte.core.tenancy.scope import workspace_context, workspace_scope
    from ponte.sales.models import ScoreRule
    from ponte.sales.services.score_rules import ScoreRuleData, create_score_rule
    from ponte.sales.services.scores import rescore_all

    actor = Actor.system("bench")
    workspace = Workspace.objects.get(slug="bench")
    with workspace_scope(workspace):
        ScoreRule.objects.all().delete()
        for given in RULES:
            create_score_rule(actor=actor, data=ScoreRuleData(**given))
    seconds = []
    with workspace_context(workspace):
        for _turn in range(2):
            started = time.monotonic()
            rescore_all(actor=actor)
            seconds.append(time.monotonic() - started)
    return seconds[0], seconds[1]


def _is(field: str, *values: str) -> dict[str, Any]:
    return {"all": [{"field": field, "op": "is", "value": list(values)}]}


def _did(name: str, points: int, source: str, where: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"name": name, "points": points, "kind": "behaviour", "source": source, "where": where, **given}


RULES: tuple[dict[str, Any], ...] = (
    {"name": "Paid search", "points": 15, "where": _is("origin", "paid_search")},
    {"name": "South-east", "points": 10, "where": _is("state", "SP", "RJ", "MG", "ES")},
    {"name": "E-mail known", "points": 5, "where": {"all": [{"field": "email", "op": "filled"}]}},
    {"name": "Lost before", "points": -20, "where": _is("customer_stage", "lost")},
    {"name": "Bought for more than 500", "points": 20, "where": {"all": [{"field": "revenue", "op": "above", "value": 500}]}},
    _did("Call", 10, "interaction", _is("kind", "call"), half_life_days=30, most_points=40),
    _did("Meeting", 20, "interaction", _is("kind", "meeting"), half_life_days=60),
    _did("Message", 3, "interaction", _is("kind", "message", "email"), half_life_days=14, most_points=15),
    _did("Purchase", 25, "order", {}, half_life_days=180, most_points=75),
    _did("Another interest", 5, "lead", {}, most_points=15),
)  # fmt: skip

if __name__ == "__main__":
    main()
