"""Shares and medians. Without anything to divide by there is no figure: None, never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Rate:
    """A share: ``part`` of ``whole``."""

    part: int | Decimal
    whole: int | Decimal

    @property
    def value(self) -> Decimal | None:
        """In per cent; None where there is nothing to take a share of."""
        return Decimal(self.part) * 100 / Decimal(self.whole) if self.whole else None


def median_of(weighted: Iterable[tuple[int | Decimal, int]]) -> Decimal | None:
    """Return the median of values given with how often each occurs; between two middle ones, their mean."""
    ordered = sorted((value, times) for value, times in weighted if times > 0)
    number = sum(times for _value, times in ordered)
    if not number:
        return None
    low, high = _at(ordered, (number - 1) // 2), _at(ordered, number // 2)
    return (Decimal(low) + Decimal(high)) / 2


def mean_of(weighted: Iterable[tuple[int | Decimal, int]]) -> Decimal | None:
    """Return the mean of values given with how often each occurs."""
    pairs = list(weighted)
    number = sum(times for _value, times in pairs)
    return sum((Decimal(value) * times for value, times in pairs), Decimal(0)) / number if number else None


def _at(ordered: list[tuple[int | Decimal, int]], place: int) -> int | Decimal:
    for value, times in ordered:
        place -= times
        if place < 0:
            return value
    raise IndexError(place)
