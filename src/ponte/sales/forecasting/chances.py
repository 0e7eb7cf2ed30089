"""Learning the chance of an opportunity from how earlier ones went: a regularised logistic regression, judged on later ones.

``python -m ponte.sales.forecasting.chances`` reads ``{"rows": [[features…, won], …], "names": [...]}``, the earliest end first, and writes
``{"weights", "intercept", "judged"}`` or ``{"problem", "numbers"}``, both as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from ponte.sales.learning.judging import judge

LEAST = 200  # opportunities that ended
LEAST_EACH = 40  # won, and lost, in the part learnt from
LEAST_JUDGED = 15  # of each in the part judged on
LEARNT_SHARE = 0.75  # of the opportunities, the earlier part


def fit(rows: Sequence[Sequence[float]], names: Sequence[str]) -> dict[str, Any]:
    """Learn from the earlier part and judge on the later one, then learn from all by the same recipe."""
    cut = int(len(rows) * LEARNT_SHARE)
    problem = too_little(rows, cut)
    if problem:
        return problem
    judged = _judge(_learn(rows[:cut]), rows[cut:])
    weights, intercept = _plain(_learn(rows))
    return {
        "weights": dict(zip(names, weights, strict=True)),
        "intercept": intercept,
        "judged": judged | {"learnt": cut, "ended": len(rows)},
    }


def too_little(rows: Sequence[Sequence[float]], cut: int) -> dict[str, Any] | None:
    """Return why these opportunities are too few to learn from, None when they suffice."""
    won, later = _won(rows[:cut]), _won(rows[cut:])
    if len(rows) < LEAST:
        return {"problem": "few_ended", "numbers": {"have": len(rows), "need": LEAST}}
    if min(won, cut - won) < LEAST_EACH:
        return {"problem": "few_of_one_kind", "numbers": {"have": min(won, cut - won), "need": LEAST_EACH}}
    if min(later, len(rows) - cut - later) < LEAST_JUDGED:
        have = min(later, len(rows) - cut - later)
        return {"problem": "few_to_judge", "numbers": {"have": have, "need": LEAST_JUDGED}}
    return None


def _won(rows: Sequence[Sequence[float]]) -> int:
    return int(sum(row[-1] for row in rows))


def _learn(rows: Sequence[Sequence[float]]) -> Any:
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data = np.asarray(rows, dtype=float)
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(data[:, :-1], data[:, -1])


def _plain(model: Any) -> tuple[list[float], float]:
    """Return weights and intercept for features as they are, not scaled."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = regression.intercept_[0] - (weights * scaler.mean_).sum()
    return [round(float(one), 8) for one in weights], round(float(intercept), 8)


def _judge(model: Any, rows: Sequence[Sequence[float]]) -> dict[str, Any]:
    import numpy as np

    data = np.asarray(rows, dtype=float)
    told, came = model.predict_proba(data[:, :-1])[:, 1], data[:, -1]
    return {"deals": len(rows), "won": int(came.sum()), **judge(told, came, "deals")}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    json.dump(fit(given["rows"], given["names"]), sys.stdout)
