"""From what was known of a lead to a chance, by weights that are plain data. No library is needed to use a model."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Features = Mapping[str, str | float]
OTHER, NOTHING = "~other", "~nothing"
RARE = 20  # times a value must have been seen to have a weight of its own
MOST_VALUES = 40  # of one feature


def vocabulary(rows: Sequence[Features]) -> dict[str, list[str]]:
    """Return for each feature in words the values seen often enough, the most frequent first."""
    counted: dict[str, Counter[str]] = {}
    for row in rows:
        for name, value in row.items():
            if isinstance(value, str):
                counted.setdefault(name, Counter())[value or NOTHING] += 1
    return {
        name: [value for value, count in found.most_common(MOST_VALUES) if count >= RARE]
        for name, found in sorted(counted.items())
    }


def terms_of(row: Features, words: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Return a lead's terms: ``name=value`` for words, ``name`` with the logarithm of one more for counts."""
    found = {}
    for name, value in row.items():
        if isinstance(value, str):
            value = value or NOTHING
            found[f"{name}={value if value in words.get(name, ()) else OTHER}"] = 1.0
        else:
            found[name] = math.log1p(max(value, 0.0))
    return found


def margin(row: Features, weights: Mapping[str, Any]) -> float:
    """Return the sum of the weighted terms, before it is calibrated."""
    table = weights["terms"]
    parts = (value * table.get(term, 0.0) for term, value in terms_of(row, weights["words"]).items())
    return float(weights["intercept"] + sum(parts))


def chance(row: Features, weights: Mapping[str, Any]) -> float:
    """Return the calibrated probability, from 0 to 1."""
    slope, offset = weights["calibration"]
    return 1.0 / (1.0 + math.exp(-max(min(slope * margin(row, weights) + offset, 30.0), -30.0)))


def reasons(row: Features, weights: Mapping[str, Any], most: int = 5) -> list[tuple[str, float]]:
    """Return the terms that move this lead furthest from the average one, strongest first, with their effect in log-odds.

    What is measured against the average tells more than raw weights: a term all leads have explains nothing. Of a feature in words
    only the value the lead has is named.
    """
    table, means = weights["terms"], weights["means"]
    slope = weights["calibration"][0]
    own = terms_of(row, weights["words"])
    effects: dict[str, float] = {}
    for term, weight in table.items():
        feature = term.partition("=")[0]
        moved = slope * weight * (own.get(term, 0.0) - means.get(term, 0.0))
        effects[feature] = effects.get(feature, 0.0) + moved
    named = {term.partition("=")[0]: term for term in own}
    found = [
        (named.get(feature, feature), effect) for feature, effect in effects.items() if abs(effect) >= 0.02
    ]
    return sorted(found, key=lambda pair: -abs(pair[1]))[:most]


def mean_terms(rows: Iterable[Mapping[str, float]], count: int) -> dict[str, float]:
    """Return the average of each term over ``count`` leads."""
    sums: Counter[str] = Counter()
    for row in rows:
        for term, value in row.items():
            sums[term] += value  # type: ignore[assignment]
    return {term: total / count for term, total in sums.items()}
