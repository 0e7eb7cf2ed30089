"""From levels to a probability, after Fellegi and Sunter: log odds of "one customer" add up.

A weight is log2(m / u): how much likelier a level is between two records of one customer (m) than between two customers (u).
Marks that are nearly unique (document, e-mail, phone, address) have u = c / N, where c is how many other customers share one on
average (families share phones) and N the size of the base. What shares a mark is a household until names say otherwise, so names
are weighed differently then: two different first names at one phone are a couple, the same name at one phone is one person, or a
father and a son. Without a mark a name weighs what its rarity tells: "Maria Silva" little, "Zuleica Kowalski" much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ponte.directory.matching.comparing import compare_companies, compare_people
from ponte.directory.matching.names import Name, sound
from ponte.directory.matching.profiles import Profile

DUPLICATES_EACH = 0.1  # expected doubles of a customer, before anything is known
SMALL = 1000  # smaller bases are weighed like one of this size
PROBABLE = 0.80  # shown for review from here on
CERTAIN = 0.99  # offered for merging in bulk from here on
MARKS = {
    "document": (0.90, 0.001),
    "email": (0.70, 0.06),
    "phone": (0.60, 0.5),
    "domain": (0.70, 0.6),
    "address": (0.40, 2.0),
}
AFTER_A_MARK = {"document": 6.0, "email": 4.0, "phone": 3.0, "domain": 2.0, "address": 1.5}
# names between two people who share a mark, and between companies that do
NAME_AT_MARK = {
    "person": {
        "exact": 6.5, "part": 7.0, "close": 8.0, "nick": 7.0, "loose": 2.5, "bare": 2.5, "first_only": 2.0, "last_only": -6.5,
        "different": -6.5,
    },
    "company": {"exact": 6.0, "close": 4.0, "different": -4.5},
}  # fmt: skip
NAME_HIT = {
    "exact": 0.55,
    "part": 0.20,
    "close": 0.15,
    "nick": 0.04,
    "loose": 0.02,
}  # m of names without a mark
NAME_SPREAD = {
    "exact": 1.0,
    "part": 2.0,
    "close": 2.0,
    "nick": 2.0,
    "loose": 6.0,
}  # how many more names meet the level by chance
NAME_ALONE = {"bare": -2.0, "first_only": -3.0, "last_only": -7.0, "different": -12.0}
OTHERS = {
    "birthday": {"same": 13.8, "near": 5.0, "differs": -6.0},
    "generation": {"same": 1.0, "one": -3.0, "differs": -8.0},
    "email": {"local": 4.0, "near": 7.0, "role": 1.0, "differs": -1.2},
    "phone": {"near": 8.0, "differs": -1.0},
    "document": {"near": 4.0, "branch": -12.0, "differs": -9.0},
    "city": {"same": 3.0, "differs": -2.0},
    "domain": {"differs": -1.0},
}  # fmt: skip
TOLD_BY_MARK = {
    ("city", "same"),
    ("city", "differs"),
    ("phone", "differs"),
}  # say little about two who share a mark
TWINS = 3.0  # most that a shared birthday says about two people with different first names
RARE = 2e-5  # share of a name's word nobody counted
_COMMON = {
    "maria": 0.055, "jose": 0.028, "ana": 0.02, "joao": 0.015, "antonio": 0.012, "francisco": 0.01, "carlos": 0.008, "paulo": 0.007,
    "silva": 0.09, "santos": 0.05, "oliveira": 0.04, "souza": 0.04, "lima": 0.02, "pereira": 0.03, "costa": 0.02, "rodrigues": 0.02,
    "ferreira": 0.02, "alves": 0.02, "ribeiro": 0.01, "carvalho": 0.01, "gomes": 0.015, "martins": 0.01, "araujo": 0.01, "barbosa": 0.01,
}  # fmt: skip
# of first and last names' sounds, for a base that hasn't been counted yet
SHARES: Mapping[str, float] = {sound(name): share for name, share in _COMMON.items()}
REASONS = (
    ("document", "same"), ("email", "same"), ("phone", "same"), ("domain", "same"), ("address", "same"), ("name", "exact"), ("name", "part"), ("name", "close"),
    ("name", "nick"), ("name", "loose"), ("name", "bare"), ("birthday", "same"), ("birthday", "near"), ("email", "local"), ("email", "near"),
    ("phone", "near"), ("document", "near"), ("city", "same"), ("birthday", "differs"), ("name", "first_only"), ("city", "differs"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """How sure it is that two records are one customer: 0 to 1, and why, as "feature:level", what tells most first."""

    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores pairs of one base: ``size`` customers of the kind, ``share`` gives how common a name's sound is."""

    size: int
    share: Callable[[str], float | None] = SHARES.get

    def score(self, one: Profile, other: Profile) -> Verdict:
        """Return how sure it is that two profiles of one kind are one customer."""
        compare = compare_people if one.kind == "person" else compare_companies
        levels = compare(one, other)
        bits = self.weigh(one, other, levels)
        odds = max(-60.0, min(60.0, bits))
        told = tuple(f"{feature}:{level}" for feature, level in REASONS if levels.get(feature) == level)
        return Verdict(1 / (1 + 2**-odds), told)

    def weigh(self, one: Profile, other: Profile, levels: Mapping[str, str]) -> float:
        """Return the log2 odds that two profiles of these ``levels`` are one customer."""
        size = max(self.size, SMALL)
        bits = math.log2(DUPLICATES_EACH / size)
        marks = [mark for mark in MARKS if levels.get(mark) == "same"]
        if marks:
            hit, sharers = MARKS[marks[0]]
            bits += math.log2(hit * size / sharers) + sum(AFTER_A_MARK[mark] for mark in marks[1:])
        bits += self._name(one, other, levels.get("name"), bool(marks))
        for feature, weights in OTHERS.items():
            level = levels.get(feature)
            if level is None or (marks and (feature, level) in TOLD_BY_MARK):
                continue
            weight = weights.get(level, 0.0)
            if feature == "birthday" and level == "same" and levels.get("name") in ("last_only", "different"):
                weight = TWINS
            bits += weight
        return bits

    def _name(self, one: Profile, other: Profile, level: str | None, marked: bool) -> float:
        if level is None:
            return 0.0
        if marked:
            return NAME_AT_MARK[one.kind][level]
        if level not in NAME_HIT:
            return NAME_ALONE[level]
        chance = max(
            self._chance(one.name), self._chance(other.name)
        )  # of the shorter: the rest isn't compared
        if one.kind == "company":
            chance = max(chance, 1e-6)
        return math.log2(NAME_HIT[level] / min(0.5, chance * NAME_SPREAD[level]))

    def _chance(self, name: Name) -> float:
        """Return how likely somebody else has this name; more than three words add nothing surer."""
        if not name.sounds:
            return 1.0
        rare = max(RARE, 2 / max(self.size, SMALL))
        shares = [self.share(sound) or rare for sound in name.sounds]
        first, rest = shares[0], sorted(shares[1:])
        chance = first
        for position, share in enumerate(rest[:3]):
            chance *= share if position == 0 else min(1.0, share * 6)  # surnames go together
        return max(chance, 1e-9)
