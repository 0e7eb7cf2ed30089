"""From JSON to a checked tree. Everything wrong is told at once, each at its node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from ponte.conditions import operators as ops
from ponte.conditions.catalogue import (
    MEASURABLE,
    Catalogue,
    Field,
    Relation,
    catalogue_of,
    may_use,
    subject_named,
)
from ponte.conditions.nodes import EVERYTHING, Condition, Group, Node, Not, Related, Test
from ponte.conditions.nodes import Member as Inside
from ponte.conditions.problems import Problems
from ponte.conditions.saved import SavedTree, saved_trees
from ponte.conditions.values import Unfit, read_value
from ponte.core.errors import Invalid
from ponte.core.models import Member

VERSION = 1
DEEPEST = 8
MOST_NODES = 60
LONGEST = 12_000  # characters of JSON
SUMS = ("sum", "average", "smallest", "largest")
MEASURES = ("any", "none", "count", *SUMS, "first", "last")


def read_condition(raw: Any, *, subject: str, reader: Member | None) -> Condition:
    """Return a condition that was checked against what its reader may ask.

    Args:
        raw: the condition as JSON: ``{"v": 1, "about": "person", "where": node}``.
        subject: key of what it must be about.
        reader: whose rights decide; None for the system, which may ask everything.

    Raises:
        Invalid: with a problem per offending node, its path as the field.
    """
    problems = Problems()
    about = subject_named(subject)
    if about is None or not may_use(reader, about):
        raise Invalid.on("about", "unknown", _("There is nothing to ask about under this name."))
    if not isinstance(raw, Mapping) or len(json.dumps(raw, default=str)) > LONGEST:
        raise Invalid.on("", "malformed", _("This is not a condition, or it is too long."))
    if raw.get("v", VERSION) != VERSION:
        raise Invalid.on("v", "version", _("This version of conditions is not known; use 1."))
    if raw.get("about", subject) != subject:
        raise Invalid.on("about", "mismatch", _("This condition is about something else."))
    unknown = set(raw) - {"v", "about", "where"}
    if unknown:
        raise Invalid.on(str(min(unknown))[:60], "unknown", _("There is no such part."))
    catalogue = catalogue_of(about, reader)
    tree = _Reading(reader, problems).node(raw.get("where"), catalogue, "where", 0)
    problems.stop()
    return Condition(catalogue, tree, {"v": VERSION, "about": subject, "where": raw.get("where")})


class _Reading:
    """One pass over one condition."""

    def __init__(self, reader: Member | None, problems: Problems, trail: tuple[str, ...] = ()) -> None:
        self.reader = reader
        self.problems = problems
        self.trail = trail  # ids of the saved conditions being read around this one
        self.count = 0

    def node(self, raw: Any, catalogue: Catalogue, path: str, depth: int) -> Node:
        """Return the node of some JSON; a harmless one in place of what is wrong, which is noted."""
        self.count += 1
        if self.count > MOST_NODES:
            if self.count == MOST_NODES + 1:
                self._wrong(
                    path, "too_big", _("A condition has at most %(most)s parts.") % {"most": MOST_NODES}
                )
            return EVERYTHING
        if depth > DEEPEST:
            return self._wrong(path, "too_deep", _("Groups may be nested %(most)s deep.") % {"most": DEEPEST})
        if not isinstance(raw, Mapping):
            return self._wrong(path, "malformed", _("A condition belongs here."))
        for name, read in (
            ("all", self._group), ("any", self._group), ("not", self._opposite), ("field", self._test),
            ("related", self._related), ("saved", self._saved),
        ):  # fmt: skip
            if name in raw:
                return read(raw, name, catalogue, path, depth)
        return self._wrong(path, "malformed", _("Name one of: all, any, not, field, related, saved."))

    def _wrong(self, path: str, code: str, message: str) -> Node:
        self.problems.add(path, code, message)
        return EVERYTHING

    def _only(self, raw: Mapping[str, Any], path: str, *names: str) -> None:
        for name in raw:
            if name not in names:
                self._wrong(f"{path}.{str(name)[:60]}", "unknown", _("There is no such part."))

    def _group(self, raw: Mapping[str, Any], name: str, catalogue: Catalogue, path: str, depth: int) -> Node:
        self._only(raw, path, name)
        items = raw[name]
        if not isinstance(items, list):
            return self._wrong(f"{path}.{name}", "malformed", _("A list of conditions belongs here."))
        read = [
            self.node(item, catalogue, f"{path}.{name}[{at}]", depth + 1) for at, item in enumerate(items)
        ]
        return Group("all" if name == "all" else "any", tuple(read))

    def _opposite(
        self, raw: Mapping[str, Any], name: str, catalogue: Catalogue, path: str, depth: int
    ) -> Node:
        self._only(raw, path, name)
        return Not(self.node(raw[name], catalogue, f"{path}.{name}", depth + 1))

    def _test(self, raw: Mapping[str, Any], name: str, catalogue: Catalogue, path: str, depth: int) -> Node:
        self._only(raw, path, "field", "op", "value")
        field = catalogue.fields.get(raw["field"]) if isinstance(raw["field"], str) else None
        if field is None:
            return self._wrong(
                f"{path}.field", "unknown", _("There is no such field, or you may not see it.")
            )
        return self._compared(field, ops.operators_of(field), raw, path) or EVERYTHING

    def _compared(
        self, field: Field, offered: tuple[ops.Operator, ...], raw: Mapping[str, Any], path: str
    ) -> Test | None:
        operator = ops.operator_named(offered, raw.get("op"))
        if operator is None:
            keys = ", ".join(one.key for one in offered)
            self._wrong(f"{path}.op", "unknown", _("Use one of: %(keys)s.") % {"keys": keys})
            return None
        if operator.shape == "none" and raw.get("value") is not None:
            self._wrong(f"{path}.value", "unexpected", _("This operator takes no value."))
            return None
        try:
            return Test(field, operator, read_value(raw.get("value"), field, operator, self.reader))
        except Unfit as unfit:
            self._wrong(f"{path}.value", "invalid", str(unfit))
            return None

    def _related(
        self, raw: Mapping[str, Any], name: str, catalogue: Catalogue, path: str, depth: int
    ) -> Node:
        self._only(raw, path, "related", "measure", "of", "op", "value", "within", "where")
        relation = catalogue.relations.get(raw["related"]) if isinstance(raw["related"], str) else None
        about = subject_named(relation.subject) if relation else None
        if relation is None or about is None:
            return self._wrong(
                f"{path}.related", "unknown", _("There are no such records, or you may not see them.")
            )
        inner = catalogue_of(about, self.reader)
        measure = raw.get("measure", "any")
        offered = MEASURES[:2] if relation.forward else MEASURES
        if measure not in offered:
            return self._wrong(
                f"{path}.measure", "unknown", _("Use one of: %(keys)s.") % {"keys": ", ".join(offered)}
            )
        test = self._measured(raw, measure, relation, inner, path)
        where = self.node(raw["where"], inner, f"{path}.where", depth + 1) if raw.get("where") else None
        within = self._within(raw.get("within"), relation, inner, f"{path}.within")
        return Related(
            relation, inner, measure, test.field if test else None, test.operator if test else None,
            test.value if test else None, within, where,
        )  # fmt: skip

    def _measured(
        self, raw: Mapping[str, Any], measure: str, relation: Relation, inner: Catalogue, path: str
    ) -> Test | None:
        if measure in ("any", "none"):
            for name in ("of", "op", "value"):
                if raw.get(name) is not None:
                    self._wrong(f"{path}.{name}", "unexpected", _("This question takes no such part."))
            return None
        if measure == "count":
            return self._compared(ops.COUNTED, ops.COMPARISONS, raw, path)
        wanted = MEASURABLE if measure in SUMS else ("date", "moment")
        key = raw.get("of") or ("" if measure in SUMS else relation.dated)
        field = inner.fields.get(key) if isinstance(key, str) else None
        if field is None or field.type not in wanted or not (field.path or field.expression):
            keys = ", ".join(one.key for one in inner.fields.values() if one.type in wanted)
            self._wrong(f"{path}.of", "unknown", _("Use one of: %(keys)s.") % {"keys": keys})
            return None
        return self._compared(field, ops.NUMBER if measure in SUMS else ops.DAY, raw, path)

    def _within(self, raw: Any, relation: Relation, inner: Catalogue, path: str) -> Test | None:
        if raw is None:
            return None
        field = inner.fields.get(relation.dated)
        if field is None or not isinstance(raw, Mapping):
            self._wrong(path, "unexpected", _("These records have no date to look at."))
            return None
        self._only(raw, path, "op", "value")
        return self._compared(field, ops.PERIODS, raw, path)

    def _saved(self, raw: Mapping[str, Any], name: str, catalogue: Catalogue, path: str, depth: int) -> Node:
        self._only(raw, path, "saved", "op")
        here = f"{path}.saved"
        if raw.get("op", "inside") not in ("inside", "outside"):
            return self._wrong(
                f"{path}.op", "unknown", _("Use one of: %(keys)s.") % {"keys": "inside, outside"}
            )
        saved = saved_trees.find(self.reader, str(raw["saved"]), catalogue.subject.key)
        if saved is None:
            return self._wrong(here, "unknown", _("There is no such saved condition, or you may not see it."))
        if saved.id in self.trail:
            return self._wrong(
                here,
                "cycle",
                _("The saved condition “%(name)s” would contain itself.") % {"name": saved.name},
            )
        return Inside(
            saved.id,
            saved.name,
            raw.get("op", "inside") == "inside",
            self._tree_of(saved, catalogue, here, depth),
        )

    def _tree_of(self, saved: SavedTree, catalogue: Catalogue, path: str, depth: int) -> Node:
        inner = _Reading(self.reader, Problems(), (*self.trail, saved.id))
        inner.count = self.count
        tree = inner.node(saved.where, catalogue, "where", depth + 1)
        self.count = inner.count
        for problem in inner.problems.found[:1]:
            said = _("The saved condition “%(name)s” no longer works: %(problem)s") % {
                "name": saved.name, "problem": problem.message,
            }  # fmt: skip
            self.problems.add(path, "cycle" if problem.code == "cycle" else "broken", said)
        return tree
