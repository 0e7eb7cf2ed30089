"""National and state holidays of Brazil, and the days that are half by custom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

NOON = time(12)
_HALF_FROM_NOON = ("Quarta-feira de Cinzas",)  # work begins at noon
_HALF_UNTIL_NOON = ("Véspera de Natal", "Véspera de Ano-Novo")  # work ends at noon
_OTHERS = ("Dia do Servidor Público",)  # public servants' alone


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day on which less or nothing is done.

    Without ``opens_at`` and ``closes_at`` the whole day is free; otherwise work begins or ends then. ``kind`` is national,
    state, optional (customary), half, municipal or company.
    """

    day: date
    name: str
    kind: str
    opens_at: time | None = None
    closes_at: time | None = None

    @property
    def is_whole(self) -> bool:
        """Whether nothing is done all day."""
        return self.opens_at is None and self.closes_at is None


@lru_cache(maxsize=256)
def official_holidays(year: int, state: str) -> tuple[Holiday, ...]:
    """Return the holidays of a year in a state ("" for national ones alone), customary and half days included."""
    import holidays  # some megabytes: only where days are counted

    def read(state: str, category: str) -> dict[date, str]:
        known = holidays.country_holidays(
            "BR", subdiv=state or None, years=year, categories=category, language="pt_BR"
        )
        return dict(known.items())

    national = read("", "public")
    found = [Holiday(day, name, "national") for day, name in national.items()]
    found += [
        Holiday(day, name, "state") for day, name in read(state, "public").items() if day not in national
    ]
    found += [_customary(day, name) for day, name in read(state, "optional").items() if name not in _OTHERS]
    return tuple(sorted(found, key=lambda one: (one.day, one.kind)))


def _customary(day: date, name: str) -> Holiday:
    if name in _HALF_FROM_NOON:
        return Holiday(day, name, "half", opens_at=NOON)
    if name in _HALF_UNTIL_NOON:
        return Holiday(day, name, "half", closes_at=NOON)
    return Holiday(day, name, "optional")
