"""Finding the weights, in a process of its own: scikit-learn takes 120 MB that neither web nor worker should keep.

``python -m ponte.sales.learning.fitting`` reads ``{"rows": [{"f": features, "y": 0 or 1}, …]}``, oldest first, and writes
``{"weights", "report"}`` or ``{"problem", "numbers"}``, both as JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from ponte.sales.learning.judging import judge
from ponte.sales.learning.terms import chance, mean_terms, terms_of, vocabulary

LEAST_LEADS = 200
LEAST_WON = 40  # in the part learnt from
LEAST_JUDGED = 15  # won and not won, each, in the part judged on
LEARNT_SHARE = 0.7  # of the period, the earlier part
FOLDS = 5
STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
SHUFFLES = 200  # of the bootstrap for the AUC's interval
Rows = Sequence[Mapping[str, Any]]


def fit(rows: Rows) -> dict[str, Any]:
    """Learn from the earlier part, judge on the later one, then learn from all.

    The judged model never saw what it is judged on, and what it saw was earlier: that is how it will be used. The weights returned
    come from all leads by the same recipe.
    """
    cut = int(len(rows) * LEARNT_SHARE)
    problem = _too_little(rows, cut)
    if problem:
        return problem
    report = _judge(learn(rows[:cut]), rows[cut:])
    report |= {
        "leads": len(rows), "won": _won(rows), "learnt": cut, "learnt_won": _won(rows[:cut]),
        "judged_from": rows[cut].get("t"), "first": rows[0].get("t"), "last": rows[-1].get("t"),
    }  # fmt: skip
    return {"weights": learn(rows), "report": report}


def learn(rows: Rows) -> dict[str, Any]:
    """Return weights: a regularised logistic regression, its strength chosen by looking ahead in time, calibrated (Platt)."""
    import numpy as np
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    features = [row["f"] for row in rows]
    words = vocabulary(features)
    terms = [terms_of(row, words) for row in features]
    vectoriser = DictVectorizer(dtype=np.float64)
    x = vectoriser.fit_transform(terms)
    y = np.array([row["y"] for row in rows])
    model = LogisticRegression(C=_strength(x, y), max_iter=1000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    unseen = cross_val_predict(model, x, y, cv=folds, method="decision_function")
    platt = LogisticRegression(C=1e6, max_iter=1000).fit(unseen.reshape(-1, 1), y)
    slope, offset = float(platt.coef_[0][0]), float(platt.intercept_[0])
    if slope <= 0:  # nothing was learnt: everybody gets the average
        slope, offset = 0.0, float(np.log(y.mean() / (1 - y.mean())))
    model.fit(x, y)
    names = vectoriser.get_feature_names_out()
    return {
        "terms": {str(name): round(float(w), 6) for name, w in zip(names, model.coef_[0], strict=True)},
        "intercept": float(model.intercept_[0]),
        "words": words,
        "means": {name: round(value, 6) for name, value in mean_terms(terms, len(terms)).items()},
        "calibration": [slope, offset],
    }


def _strength(x: Any, y: Any) -> float:
    """Return the regularisation that predicts later leads best from earlier ones."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.model_selection import TimeSeriesSplit

    losses = dict.fromkeys(STRENGTHS, 0.0)
    for before, after in TimeSeriesSplit(3).split(np.arange(len(y))):
        if len(set(y[before])) < 2:
            continue
        for strength in STRENGTHS:
            model = LogisticRegression(C=strength, max_iter=1000).fit(x[before], y[before])
            losses[strength] += log_loss(y[after], model.predict_proba(x[after])[:, 1], labels=[0, 1])
    return min(losses, key=lambda strength: losses[strength])


def _judge(weights: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    import numpy as np
    from sklearn.metrics import roc_auc_score

    told = np.array([chance(row["f"], weights) for row in rows])
    came = np.array([row["y"] for row in rows])
    chooser = np.random.default_rng(11)
    shuffled = []
    for _turn in range(SHUFFLES):
        picked = chooser.integers(0, len(came), len(came))
        if 0 < came[picked].sum() < len(picked):
            shuffled.append(roc_auc_score(came[picked], told[picked]))
    low, high = np.percentile(shuffled, [2.5, 97.5])
    order = np.argsort(-told, kind="stable")
    top = came[order[: max(len(order) // 5, 1)]].sum()
    return {
        "judged": len(rows),
        "judged_won": int(came.sum()),
        **judge(told, came, "leads"),
        "auc_low": float(low),
        "auc_high": float(high),
        "top_fifth": float(top / came.sum()),
    }


def _too_little(rows: Rows, cut: int) -> dict[str, Any] | None:
    won, judged = _won(rows[:cut]), _won(rows[cut:])
    if len(rows) < LEAST_LEADS:
        return {"problem": "few_leads", "numbers": {"have": len(rows), "need": LEAST_LEADS}}
    if won < LEAST_WON:
        return {"problem": "few_won", "numbers": {"have": won, "need": LEAST_WON}}
    if cut - won < LEAST_WON:
        return {"problem": "few_not_won", "numbers": {"have": cut - won, "need": LEAST_WON}}
    if min(judged, len(rows) - cut - judged) < LEAST_JUDGED:
        have = min(judged, len(rows) - cut - judged)
        return {"problem": "few_judged", "numbers": {"have": have, "need": LEAST_JUDGED}}
    return None


def _won(rows: Rows) -> int:
    return sum(row["y"] for row in rows)


if __name__ == "__main__":
    json.dump(fit(json.load(sys.stdin)["rows"]), sys.stdout)
