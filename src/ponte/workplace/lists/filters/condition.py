"""The advanced filter: a whole condition, built in its own dialog and kept in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.http import QueryDict

from ponte.conditions.compiling import condition_q
from ponte.conditions.encoding import decode, encode
from ponte.conditions.explaining import explain
from ponte.conditions.nodes import Condition
from ponte.conditions.parsing import read_condition
from ponte.conditions.planning import Planned, planned
from ponte.conditions.whole import whole
from ponte.core.errors import Invalid
from ponte.core.models import Member
from ponte.core.rights import FieldAccess
from ponte.workplace.lists.filters.base import Filter, Rows

WHERE = "where"


@dataclass(frozen=True)
class ConditionFilter(Filter):
    """A condition about ``subject``. One that its reader may not ask, or that no longer works, finds nothing and says why."""

    subject: str = ""

    template: ClassVar[str] = "workplace/lists/filters/condition.html"

    def allowed(self, access: FieldAccess) -> bool:
        return True  # each condition is checked by itself

    def read(self, params: QueryDict) -> Any:
        raw = decode(params.get(self.key, ""))
        return raw if isinstance(raw, dict) and raw.get("where") else None

    def params(self, value: Any) -> list[tuple[str, str]]:
        return [(self.key, encode(value))]

    def condition(self, value: Any, member: Member) -> Condition:
        """Return the condition as this member may ask it; raises ``Invalid``."""
        return read_condition(value, subject=self.subject, reader=member)

    def apply(self, rows: Rows, value: Any, member: Member) -> Rows:
        try:
            return rows.filter(condition_q(self.condition(value, member)))
        except Invalid:
            return rows.none()

    def planned(self, rows: Rows, value: Any, member: Member) -> Planned:
        """Return the rows in the form that is quickest for a page of them."""
        try:
            return planned(self.condition(value, member), rows)
        except Invalid:
            return Planned(rows.none(), 0, exact=True)

    def whole(self, rows: Rows, value: Any, member: Member) -> Rows:
        """Return the rows in the form that is quickest to read or count them all."""
        try:
            return whole(self.condition(value, member), rows)
        except Invalid:
            return rows.none()

    def words(self, value: Any, member: Member) -> str:
        try:
            return explain(self.condition(value, member))
        except Invalid as refusal:
            return str(refusal.problems[0].message)
