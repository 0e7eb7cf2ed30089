"""How good told chances were against what came, the same for leads and for opportunities."""

from __future__ import annotations

from typing import Any

BANDS = 5


def judge(told: Any, came: Any, unit: str) -> dict[str, Any]:
    """Return AUC, Brier (beside that of telling everyone the average) and the calibration by bands.

    Args:
        told, came: arrays of chances and of zeros and ones, in the same order.
        unit: what the rows of a band are called.
    """
    from sklearn.metrics import brier_score_loss, roc_auc_score

    rate = float(came.mean())
    return {
        "auc": float(roc_auc_score(came, told)),
        "brier": float(brier_score_loss(came, told)),
        "brier_average": rate * (1 - rate),
        "bands": calibration(told, came, unit),
    }


def calibration(told: Any, came: Any, unit: str) -> list[dict[str, float]]:
    """Return rows in order of their chance in bands of equal size: how many, what was told and what came."""
    import numpy as np

    order = np.argsort(told, kind="stable")
    return [
        {unit: len(part), "told": float(told[part].mean()), "came": float(came[part].mean())}
        for part in np.array_split(order, BANDS)
        if len(part)
    ]
