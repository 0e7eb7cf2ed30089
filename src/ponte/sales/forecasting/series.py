"""Continuing the value won by month: exponential smoothing with its interval, judged on the last months it did not see.

``python -m ponte.sales.forecasting.series`` reads ``{"values": [value of each month, the oldest first], "ahead": 6}`` and writes ``{"months": [{"mean",
"low", "high"}, …], "judged"}`` or ``{"problem", "numbers"}``, both as JSON.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Sequence
from typing import Any

LEAST = 12  # months
SEASONAL = 36  # months from which a yearly rhythm is looked for: two years to learn it and one to see
HELD_BACK = 3  # months kept back to judge on
LEVEL = 0.8  # of the interval


def continue_series(values: Sequence[float], ahead: int) -> dict[str, Any]:
    """Return the months ahead with an interval of ``LEVEL``; never below zero."""
    if len(values) < LEAST:
        return {"problem": "few_months", "numbers": {"have": len(values), "need": LEAST}}
    if not any(values[-LEAST:]):
        return {"problem": "nothing_won", "numbers": {}}
    seen = _predict(values[:-HELD_BACK], HELD_BACK)
    actual = sum(values[-HELD_BACK:])
    off = sum(abs(one["mean"] - value) for one, value in zip(seen, values[-HELD_BACK:], strict=True))
    judged = {
        "months": HELD_BACK,
        "wape": round(off / actual * 100, 2) if actual else None,
        "inside": sum(
            one["low"] <= value <= one["high"] for one, value in zip(seen, values[-HELD_BACK:], strict=True)
        ),
    }
    return {
        "months": _predict(values, ahead), "judged": judged, "learnt": len(values), "level": LEVEL,
        "seasonal": len(values) >= SEASONAL,
    }  # fmt: skip


def _predict(values: Sequence[float], ahead: int) -> list[dict[str, float]]:
    import pandas
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    series = pandas.Series(list(values), dtype=float)
    seasonal = {"seasonal": "add", "seasonal_periods": 12} if len(values) >= SEASONAL else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ETSModel(series, error="add", trend="add", damped_trend=True, **seasonal).fit(disp=False)
        found = fitted.get_prediction(start=len(series), end=len(series) + ahead - 1).summary_frame(
            alpha=1 - LEVEL
        )
    return [
        {"mean": _floor(row["mean"]), "low": _floor(row["pi_lower"]), "high": _floor(row["pi_upper"])}
        for _index, row in found.iterrows()
    ]


def _floor(value: float) -> float:
    return round(max(0.0, float(value)), 2)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(continue_series(given["values"], given["ahead"]), sys.stdout)
