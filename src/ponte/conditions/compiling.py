"""From a checked tree to one condition of the ORM.

NOT is pushed down to the leaves, and every leaf is true or false for every row, so that NULL never decides by accident.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from django.db.models import Avg, Count, DecimalField, Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from ponte.conditions.catalogue import Catalogue
from ponte.conditions.comparing import Side, compare, compare_number, in_days, never
from ponte.conditions.grouping import AmongGroups
from ponte.conditions.nodes import Condition, Group, Member, Node, Not, Related, Test
from ponte.core import models as core

Form = Literal["set", "probe"]
FIGURE = "condition_figure"
AGGREGATES: dict[str, Any] = {"average": Avg, "smallest": Min, "largest": Max, "first": Min, "last": Max}


def condition_q(condition: Condition, *, form: Form = "set") -> Q:
    """Return a condition for ``filter()`` on rows of its subject that the same reader sees.

    Args:
        condition: what ``read_condition`` gave.
        form: "set" counts related records in one pass, for whole tables; "probe" asks row by row, for walking along an
            index to a first page, or for one record.
    """
    return _Compiling(condition.catalogue.reader, form).node(
        condition.tree, condition.catalogue, negated=False
    )


def selected(condition: Condition, rows: QuerySet[Any], *, form: Form = "set") -> QuerySet[Any]:
    """Return those of ``rows`` that satisfy the condition."""
    return rows.filter(condition_q(condition, form=form))


def satisfies(condition: Condition, record_id: Any) -> bool:
    """Return whether one record satisfies the condition: one query of index look-ups, for rules and automation."""
    rows = condition.catalogue.subject.rows(condition.catalogue.reader).filter(pk=record_id)
    return selected(condition, rows, form="probe").exists()


@dataclass(frozen=True)
class _Compiling:
    reader: core.Member | None
    form: Form

    def node(self, node: Node, catalogue: Catalogue, *, negated: bool) -> Q:
        match node:
            case Group():
                return self._group(node, catalogue, negated)
            case Not():
                return self.node(node.item, catalogue, negated=not negated)
            case Member():
                return self.node(node.tree, catalogue, negated=negated is node.inside)
            case Test():
                return compare(node, catalogue.subject.model, self.reader, negated=negated)
            case Related():
                return self._related(node, negated)

    def _group(self, group: Group, catalogue: Catalogue, negated: bool) -> Q:
        if not group.items:
            return never() if negated else Q()
        parts = [self.node(item, catalogue, negated=negated) for item in group.items]
        if (group.joint == "all") != negated:
            return reduce(and_, parts)
        return _either(parts)

    def _related(self, node: Related, negated: bool) -> Q:
        if node.measure in ("any", "none"):
            return self._some(node, wanted=(node.measure == "any") != negated)
        if node.measure in ("count", "sum"):
            assert node.operator is not None
            key = node.operator.opposite_of or node.operator.key
            opposite = bool(node.operator.opposite_of) != negated
            zero = _holds_for_zero(key, node.value)
            if node.measure == "count" and not zero and _means_some(key, node.value):
                return self._some(node, wanted=not opposite)
            # groups are only of records that have some: what holds for zero is asked by its opposite
            found = self._among(node, key, outside=zero)
            return ~found if zero != opposite else found
        return self._figure(node, negated)

    def _some(self, node: Related, *, wanted: bool) -> Q:
        relation = node.relation
        linked = (
            Q(pk=OuterRef(relation.forward)) if relation.forward else Q(**{relation.link: OuterRef("pk")})
        )
        rows = Exists(self._rows(node).filter(linked & self._narrowed(node)))
        return Q(rows) if wanted else ~Q(rows)

    def _figure(self, node: Related, negated: bool) -> Q:
        """Averages, extremes and dates: nothing to measure is no value, which only "is empty" and opposites want."""
        assert node.operator is not None
        key = node.operator.opposite_of or node.operator.key
        opposite = bool(node.operator.opposite_of) != negated
        if key == "empty":
            found, opposite = self._among(node, "filled", outside=False), not opposite
        else:
            found = self._among(node, key, outside=False)
        return ~found if opposite else found

    def _among(self, node: Related, key: str, *, outside: bool) -> Q:
        link = node.relation.link
        narrowed = self._narrowed(node) & Q(**{f"{link}__isnull": False})
        if self.form == "probe":
            narrowed &= Q(**{link: OuterRef("pk")})
        grouped = self._rows(node).filter(narrowed).order_by().values(link)
        grouped = grouped.annotate(**{FIGURE: self._measure(node)})
        having = self._having(node, key)
        grouped = grouped.filter(~having if outside else having).values(link)
        return Q(Exists(grouped)) if self.form == "probe" else Q(AmongGroups(grouped))

    def _having(self, node: Related, key: str) -> Q:
        side = Side(F(FIGURE))
        if key == "filled":
            return side.q("isnull", False)
        if node.measure in ("first", "last"):
            assert node.of is not None
            return in_days(side, key, node.value, moments=node.of.type == "moment")
        return compare_number(side, key, node.value)

    def _measure(self, node: Related) -> Any:
        if node.measure == "count":
            return Count("*")
        assert node.of is not None
        source = node.of.expression() if node.of.expression is not None else F(node.of.path)
        if node.measure == "sum":
            return Coalesce(
                Sum(source), Decimal(0), output_field=DecimalField(max_digits=30, decimal_places=8)
            )
        return AGGREGATES[node.measure](source)

    def _rows(self, node: Related) -> QuerySet[Any]:
        return node.relation.rows(self.reader)

    def _narrowed(self, node: Related) -> Q:
        condition = node.relation.only if node.relation.only is not None else Q()
        model = node.catalogue.subject.model
        if node.within is not None:
            condition &= compare(node.within, model, self.reader)
        if node.where is not None:
            condition &= self.node(node.where, node.catalogue, negated=False)
        return condition


def _either(parts: Iterable[Q]) -> Q:
    joined = list(parts)
    return (
        Q() if any(not part for part in joined) else reduce(or_, joined)
    )  # Django drops an empty Q from an OR


def _holds_for_zero(key: str, value: Any) -> bool:
    match key:
        case "between":
            return bool(value[0] <= 0 <= value[1])
        case "at_least":
            return bool(value <= 0)
        case "at_most":
            return bool(value >= 0)
        case "above":
            return bool(value < 0)
        case "below":
            return bool(value > 0)
        case _:
            return bool(value == 0)


def _means_some(key: str, value: Any) -> bool:
    return (key == "at_least" and 0 < value <= 1) or (key == "above" and 0 <= value < 1)
