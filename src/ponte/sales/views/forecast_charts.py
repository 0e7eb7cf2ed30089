"""Charts and tables of the forecast page: the months ahead, the series continued, past forecasts, calibration."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.core.models import Member
from ponte.sales.months import month_label
from ponte.sales.selectors.facts import sees_all
from ponte.sales.selectors.forecast import METHODS, Forecast, forecast_error, learnt_model, past_forecasts
from ponte.sales.selectors.kpis_deals import won_by_month
from ponte.sales.selectors.lens import Lens, days_of, next_month, today
from ponte.sales.views.writing import cells, money, number, percent
from ponte.ui.charts import Cell, Chart, ChartRow, Column

LABELS = {
    "weighted": gettext_lazy("Weighted"),
    "commit": gettext_lazy("Commit"),
    "best_case": gettext_lazy("Best case"),
    "pipeline": gettext_lazy("Pipeline"),
    "called": gettext_lazy("Managers' call"),
    "learnt": gettext_lazy("Learnt"),
}
PROBLEMS = {
    "few_ended": gettext_lazy("Too few opportunities have ended: %(have)s of the %(need)s needed."),
    "few_of_one_kind": gettext_lazy(
        "Too few were won or lost in the part learnt from: %(have)s of the %(need)s needed."
    ),
    "few_to_judge": gettext_lazy("Too few ended lately to judge on: %(have)s of the %(need)s needed."),
    "few_months": gettext_lazy("Too few months with sales: %(have)s of the %(need)s needed."),
    "nothing_won": gettext_lazy("Nothing was won in the last twelve months."),
    "failed": gettext_lazy("Learning failed; it is tried again tonight."),
}
DRAWN = ("weighted", "called", "learnt")  # the others stand in the table alone
EMPTY = Cell(None, "–")


def ahead_chart(found: Forecast) -> Chart:
    """Draw what is expected of each month ahead by each method."""
    owners = found.owners()
    rows = []
    for month in found.months:
        one = found.of([month], owners)
        rows.append(
            ChartRow(month_label(month), [cells(money, getattr(one, name)) for name in ("won", *METHODS)])
        )
    columns = [
        Column(_("Won so far"), "money"),
        *(Column(str(LABELS[name]), "money", "line" if name in DRAWN else "") for name in METHODS),
    ]
    return Chart("ahead", _("Months ahead"), _("Month"), columns, rows)


def series_chart(member: Member) -> Chart:
    """Draw the last year and its continuation with the interval; only for who sees every opportunity."""
    columns = (
        Column(_("Value won"), "money"), Column(_("Expected"), "money", "line"), Column(_("At least"), "money", "band"),
        Column(_("At most"), "money", "band"),
    )  # fmt: skip
    title, model = _("Sales continued"), learnt_model("series")
    if not sees_all(member, "opportunity"):
        return Chart(
            "series", title, _("Month"), columns, empty=_("Only who sees every opportunity sees this.")
        )
    if model is None or model.problem:
        return Chart("series", title, _("Month"), columns, empty=_problem(model))
    rows = _past_rows(member) + _ahead_rows(model.report)
    return Chart("series", title, _("Month"), columns, rows, note=_series_note(model.report))


def _past_rows(member: Member) -> list[ChartRow]:
    start, end = days_of("12_months", today())
    won = won_by_month(Lens(member, start, end))
    this_month = today().replace(day=1)
    return [
        ChartRow(month_label(month), (cells(money, one.value), EMPTY, EMPTY, EMPTY))
        for month, one in won.items()
        if month < this_month
    ]


def _ahead_rows(report: dict[str, Any]) -> list[ChartRow]:
    month, rows = date.fromisoformat(report["first"]), []
    for one in report["months"]:
        told = [cells(money, Decimal(str(one[key]))) for key in ("mean", "low", "high")]
        rows.append(ChartRow(month_label(month), (EMPTY, *told)))
        month = next_month(month)
    return rows


def _series_note(report: dict[str, Any]) -> str:
    judged = report["judged"]
    told = _("Exponential smoothing of %(learnt)s months with an interval of %(level)s%%.") % {
        "learnt": report["learnt"], "level": round(report["level"] * 100),
    }  # fmt: skip
    if judged["wape"] is None:
        return told
    checked = _("On the last %(months)s months, kept back: off by %(wape)s%% (WAPE), %(inside)s inside the interval.") % {
        "months": judged["months"], "wape": number(Decimal(str(judged["wape"])), 1), "inside": judged["inside"],
    }  # fmt: skip
    return f"{told} {checked}"


def learnt_context(kind: str) -> dict[str, Any]:
    """Return what was learnt of the chances: how sure told chances came true on opportunities not learnt from."""
    model = learnt_model(kind)
    if model is None or model.problem:
        return {"problem": _problem(model)}
    judged = model.report["judged"]
    return {
        "problem": "",
        "made_at": model.made_at,
        "judged": judged,
        "auc": number(Decimal(str(judged["auc"])), 3),
        "brier": number(Decimal(str(judged["brier"])), 3),
        "brier_average": number(Decimal(str(judged["brier_average"])), 3),
        "bands": [
            {"deals": one["deals"], "told": _share(one["told"]), "came": _share(one["came"])}
            for one in judged["bands"]
        ],
    }


def _share(value: float) -> str:
    return percent(Decimal(str(value)) * 100, 0)


def _problem(model: Any) -> str:
    if model is None:
        return _("Nothing was learnt yet: it is tried each night.")
    text = str(PROBLEMS.get(model.problem, PROBLEMS["failed"]))
    return str(text % model.report.get("numbers", {}))


def accuracy_context(member: Member) -> dict[str, Any]:
    """Return past forecasts against what was won, with the error of each method; for who sees every opportunity."""
    if not sees_all(member, "opportunity"):
        return {"past": [], "errors": [], "methods": []}
    start, end = days_of("12_months", today())
    past = past_forecasts(Lens(member, start, end))
    errors = [forecast_error(past, name) for name in METHODS]
    return {
        "methods": [str(LABELS[name]) for name in METHODS],
        "past": [
            {
                "month": month_label(one.month),
                "won": money(one.won),
                "told": [money(one.forecast[name]) for name in METHODS],
            }
            for one in past
        ],
        "errors": [percent(one) if one is not None else "–" for one in errors] if past else [],
    }
