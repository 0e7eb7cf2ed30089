"""From points to grades, and from which score on a lead goes to sales; kept as one preference of the workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ponte.core.services.preferences import get_preference

KEY = "sales.score"
GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """The least points of an A, a B and a C; what is below is a D. From ``handoff`` points on a lead is handed over to sales (None: never)."""

    a: int = 75
    b: int = 50
    c: int = 25
    handoff: int | None = None

    def grade(self, points: float) -> str:
        """Return the grade of a score."""
        for grade, least in zip(GRADES, (self.a, self.b, self.c), strict=False):
            if points >= least:
                return grade
        return "D"

    def as_json(self) -> dict[str, Any]:
        """Return them as the preference is kept."""
        return {"a": self.a, "b": self.b, "c": self.c, "handoff": self.handoff}


def load_score_settings() -> ScoreSettings:
    """Return the workspace's limits; one query."""
    return ScoreSettings(**(get_preference(KEY) or {}))
