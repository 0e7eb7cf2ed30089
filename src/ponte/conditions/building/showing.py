"""What the builder's templates print: each line with its menus and the inputs that fit its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.conditions import operators as ops
from ponte.conditions.building.drafts import DATED, ROOT, SUMMED, Group, Row, inner_of, tested
from ponte.conditions.catalogue import Catalogue, Field, Relation
from ponte.conditions.choosing import options_of
from ponte.conditions.periods import NAMED
from ponte.conditions.saved import saved_trees
from ponte.conditions.values import ME, MY_TEAM
from ponte.conditions.wording import labels

Option = tuple[str, Any, bool]
JOINTS = {
    "all": gettext_lazy("all of these"),
    "any": gettext_lazy("any of these"),
    "none": gettext_lazy("none of these"),
}
MEASURES = {
    "any": gettext_lazy("has some"), "none": gettext_lazy("has none"), "count": gettext_lazy("number of them"),
    "sum": gettext_lazy("sum of"), "average": gettext_lazy("average of"), "smallest": gettext_lazy("smallest"),
    "largest": gettext_lazy("largest"), "first": gettext_lazy("earliest date"), "last": gettext_lazy("latest date"),
}  # fmt: skip
FEW = 8  # choices shown as boxes; more are found by typing
DEEPEST_FORM = 4


@dataclass
class Input:
    """The inputs of a value: ``kind`` names their template, ``chosen`` are (value, label)."""

    kind: str
    name: str
    label: str
    values: list[str] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    chosen: list[tuple[str, str]] = field(default_factory=list)
    unit: str = ""
    source: str = ""  # subject and field whose values are offered while typing


@dataclass
class Shown:
    """A line or a group ready to print."""

    place: str
    is_group: bool
    number: int = 0
    problem: str = ""
    menus: dict[str, Any] = field(default_factory=dict)
    value: Input | None = None
    within: Input | None = None
    items: list[Shown] = field(default_factory=list)
    where: Shown | None = None
    may_nest: bool = False
    may_filter: bool = False


class Showing:
    """Makes the printable form of a draft."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems

    def group(self, group: Group, catalogue: Catalogue, place: str = ROOT, depth: int = 0) -> Shown:
        """Return a group with everything in it."""
        items = []
        for at, item in enumerate(group.items):
            inner = f"{place}.{at}"
            shown = (
                self.group(item, catalogue, inner, depth + 1)
                if isinstance(item, Group)
                else self.row(item, catalogue, inner, depth)
            )
            shown.number = at + 1
            items.append(shown)
        menus = {"joint": [(key, label, key == group.joint) for key, label in JOINTS.items()]}
        return Shown(
            place,
            True,
            problem=self.problems.get(place, ""),
            menus=menus,
            items=items,
            may_nest=depth < DEEPEST_FORM,
        )

    def row(self, row: Row, catalogue: Catalogue, place: str, depth: int) -> Shown:
        """Return a line."""
        shown = Shown(place, False, problem=self.problems.get(place, ""))
        shown.menus = {"what": self._whats(row, catalogue), "was": row.what}
        if row.kind == "saved":
            inside = (
                ("inside", _("belongs to it"), row.op != "outside"),
                ("outside", _("does not belong to it"), row.op == "outside"),
            )
            shown.menus["ops"] = list(inside)
            return shown
        if row.kind == "related":
            self._relation(shown, row, catalogue, depth)
        found, offered = tested(row, catalogue)
        if found is not None and offered:
            shown.menus["ops"], operator = _ops(row.op, offered)
            key = catalogue.subject.key if row.kind == "field" else catalogue.relations[row.key].subject
            shown.value = _input(found, operator, f"{place}.value", row.values, catalogue, key)
        return shown

    def _relation(self, shown: Shown, row: Row, catalogue: Catalogue, depth: int) -> None:
        relation = catalogue.relations.get(row.key)
        inner = inner_of(relation, catalogue)
        if relation is None or inner is None:
            return
        shown.menus["measure"] = [
            (key, label, key == row.measure) for key, label in _measures(relation, inner)
        ]
        if row.measure in (*SUMMED, *DATED):
            wanted = ("number", "money") if row.measure in SUMMED else ("date", "moment")
            of = row.of or (relation.dated if row.measure in DATED else "")
            fields = [
                one for one in inner.fields.values() if one.type in wanted and (one.path or one.expression)
            ]
            if fields and of not in {one.key for one in fields}:
                of = row.of = fields[0].key
            shown.menus["of"] = [(one.key, one.label, one.key == of) for one in fields]
        if relation.dated in inner.fields:
            chosen = ops.operator_named(ops.PERIODS, row.within_op)
            shown.menus["within"] = [
                ("", _("at any time"), chosen is None),
                *_ops(row.within_op, ops.PERIODS, first=False)[0],
            ]
            if chosen is not None:
                dated = inner.fields[relation.dated]
                shown.within = _input(
                    dated, chosen, f"{shown.place}.within.value", row.within_values, inner, relation.subject
                )
        if row.where is not None and row.where.items:
            shown.where = self.group(row.where, inner, f"{shown.place}.w", depth + 1)
        shown.may_filter = shown.where is None and depth < DEEPEST_FORM

    def _whats(self, row: Row, catalogue: Catalogue) -> list[tuple[str, list[Option]]]:
        sections: dict[str, list[Option]] = {}
        for prefix, entries in (
            ("field", catalogue.fields.values()),
            ("related", catalogue.relations.values()),
        ):
            for entry in entries:
                what = f"{prefix}:{entry.key}"
                heading = str(entry.section) or (_("Fields") if prefix == "field" else _("Belongs to it"))
                sections.setdefault(heading, []).append((what, entry.label, what == row.what))
        saved = [
            (f"saved:{one.id}", one.name, f"saved:{one.id}" == row.what)
            for one in saved_trees.offered(catalogue.reader, catalogue.subject.key)
        ]
        if saved:
            sections[_("Saved conditions")] = saved
        return list(sections.items())


def _measures(relation: Relation, inner: Catalogue) -> Iterable[tuple[str, Any]]:
    types = {one.type for one in inner.fields.values() if one.path or one.expression}
    for key, label in MEASURES.items():
        if key in ("any", "none") or (
            not relation.forward
            and (
                key == "count"
                or (key in SUMMED and types & {"number", "money"})
                or (key in DATED and relation.dated in inner.fields)
            )
        ):
            yield key, label


def _ops(
    key: str, offered: tuple[ops.Operator, ...], *, first: bool = True
) -> tuple[list[Option], ops.Operator]:
    chosen = ops.operator_named(offered, key) or offered[0]
    selected = chosen.key if first or key else ""
    return [(one.key, one.label, one.key == selected) for one in offered], chosen


def _input(
    found: Field, operator: ops.Operator, name: str, values: list[str], catalogue: Catalogue, subject: str
) -> Input | None:
    if operator.shape == "none":
        return None
    made = Input("text", name, str(found.label), values, unit=found.unit)
    plain = {"number": "number", "money": "number", "date": "date", "moment": "date"}.get(found.type, "text")
    match operator.shape:
        case "days":
            made.kind, made.unit = "number", _("days")
        case "month":
            made.kind, made.options = (
                "select",
                [(str(key), label, str(key) in values) for key, label in MONTHS.items()],
            )
        case "period":
            made.kind, made.options = "select", [(key, label, key in values) for key, label in NAMED.items()]
        case "two":
            made.kind, made.values = f"two_{plain}", [*values, "", ""][:2]
        case "many" if found.type == "text":
            made.kind, made.chosen = "texts", [(value, value) for value in values if value.strip()]
        case "many":
            _chosen(made, found, values, catalogue, subject)
        case _:
            made.kind = plain
    return made


def _chosen(made: Input, found: Field, values: list[str], catalogue: Catalogue, subject: str) -> None:
    options = options_of(found, catalogue.reader) if found.type == "choice" else []
    if found.type == "choice" and len(options) <= FEW:
        made.kind, made.options = "boxes", [(key, label, key in values) for key, label in options]
        return
    made.kind, made.source = "picker", f"{subject}/{found.key}"
    kept = [value for value in values if value.strip() and (found.type == "choice" or _is_id(value))]
    made.chosen = list(zip(kept, labels(found, kept, catalogue.reader), strict=True)) if kept else []


def _is_id(value: str) -> bool:
    try:
        return value in (ME, MY_TEAM) or bool(UUID(value))
    except ValueError:
        return False
