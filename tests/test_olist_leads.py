"""The real marketplace's 8,000 qualified leads and 842 sales come in, and the product's own figures say what the files say.

Known beforehand: 10.525 % became customers, in a median of 14 days; by origin paid search 12.30 %, organic 11.80 %, e-mail 3.04 %, social 5.56 %.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.test_olist import FOLDER, drop_workspace, new_workspace

LEADS, SALES = FOLDER / "olist_marketing_qualified_leads.csv", FOLDER / "olist_closed_deals.csv"
pytestmark = [
    pytest.mark.skipif(
        not LEADS.is_file(), reason=f"the Olist leads are not on this machine ({FOLDER.name})"
    ),
    pytest.mark.committing,
]
COLUMNS = ("external_id", "captured_at", "landing_page", "origin")  # the file of leads has no header
SALE = {"mql_id": "lead", "won_date": "won_at"}
IGNORED = (
    "seller_id", "sdr_id", "sr_id", "business_segment", "lead_type", "lead_behaviour_profile", "has_company", "has_gtin",
    "average_stock", "business_type", "declared_product_catalog_size", "declared_monthly_revenue",
)  # fmt: skip


def bring_in(target: str, path: Path, mapping: dict[str, str], constants: dict[str, str]) -> Any:
    from ponte.core.actors import Actor
    from ponte.workplace.importing.command import run_import_file

    return run_import_file(
        actor=Actor.system("ponte import"), target=target, path=path, source="olist", mapping=mapping,
        constants=constants,
    )  # fmt: skip


@pytest.fixture(scope="module")
def olist(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Import both files, committed, into a workspace of their own."""
    from django.utils import translation

    from ponte.core.tenancy.scope import workspace_context

    with django_db_blocker.unblock():
        workspace = new_workspace("olistleads")
        with workspace_context(workspace), translation.override("en"):
            columns = {f"Column {number}": key for number, key in enumerate(COLUMNS, 1)}
            leads = bring_in("leads", LEADS, columns, {})
            ignored = dict.fromkeys(IGNORED, "")
            sales = bring_in("opportunities", SALES, SALE | ignored, {})
        yield workspace, leads, sales
        drop_workspace(workspace)


@pytest.fixture
def inside(olist: tuple[Any, Any, Any]) -> Iterator[None]:
    from ponte.core.tenancy.scope import workspace_scope

    with workspace_scope(olist[0]):
        yield


def test_every_row_is_in(olist: tuple[Any, Any, Any]) -> None:
    _workspace, leads, sales = olist
    assert (leads.state, leads.created, leads.rejected) == ("done", 8000, 0)
    assert (sales.state, sales.created, sales.rejected) == ("done", 842, 0)


def test_the_report_says_what_the_files_say(inside: None) -> None:
    from ponte.sales.selectors import kpis_deals, kpis_leads

    lens = whole_period()
    rate = kpis_leads.lead_conversion(lens)
    assert (rate.part, rate.whole) == (842, 8000)
    assert round(Decimal(str(rate.value)), 3) == Decimal("10.525")
    origins = {
        key: round(Decimal(str(one.value)), 2)
        for key, one in kpis_leads.lead_conversion_by_origin(lens).items()
    }
    assert origins["paid_search"] == Decimal("12.30")
    assert origins["organic_search"] == Decimal("11.80")
    assert origins["email"] == Decimal("3.04")
    assert origins["social"] == Decimal("5.56")
    assert round(kpis_deals.cycle_length(lens).median) == 14


def whole_period() -> Any:
    from ponte.sales.selectors.lens import Lens

    return Lens(None, date(2017, 1, 1), date(2019, 12, 31))


def test_the_predictive_score_is_judged_on_the_last_part_of_the_period(inside: None) -> None:
    from ponte.sales.learning.fitting import fit
    from ponte.sales.selectors.prediction import learning_rows

    rows = learning_rows()
    assert len(rows) == 8000
    found = fit(rows)
    report = found["report"]
    cut = rows[report["learnt"]]["t"]
    assert max(row["t"] for row in rows[: report["learnt"]]) <= cut
    assert report["judged"] == 2400
    print(
        f"\nOlist: AUC {report['auc']:.3f} [{report['auc_low']:.3f}, {report['auc_high']:.3f}], Brier {report['brier']:.4f}"
    )
    assert 0.5 < report["auc_low"] < report["auc"] < 0.8  # as it is: better than chance, far from certain
    assert report["brier"] < report["brier_average"]
    told, came = report["bands"][-1]["told"], report["bands"][-1]["came"]
    assert abs(told - came) < 0.1
    allowed = {"origin", "page", "weekday", "daytime", "kind", "campaign", "source", "utm_source", "utm_medium",
               "referrer", "state", "mail", "answers", "message", "earlier_leads", "earlier_orders",
               "earlier_contacts"}  # fmt: skip
    assert {term.partition("=")[0] for term in found["weights"]["terms"]} <= allowed


def test_outcomes_are_those_of_the_file(inside: None) -> None:
    from ponte.sales.selectors.prediction import OUTCOME_DAYS, learning_rows

    with SALES.open(encoding="utf-8", newline="") as file:
        won = {row["mql_id"]: date.fromisoformat(row["won_date"][:10]) for row in csv.DictReader(file)}
    with LEADS.open(encoding="utf-8", newline="") as file:
        came = {row[0]: date.fromisoformat(row[1][:10]) for row in csv.reader(file)}
    soon = sum(won[key] - came[key] < timedelta(days=OUTCOME_DAYS) for key in won)
    assert abs(sum(row["y"] for row in learning_rows()) - soon) <= 3  # hours of the last day
