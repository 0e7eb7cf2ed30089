"""What somebody is building: like a condition, but with holes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ponte.conditions import operators as ops
from ponte.conditions.catalogue import Catalogue, Field, Relation, catalogue_of, subject_named

ROOT = "w"
SUMMED = ("sum", "average", "smallest", "largest")
DATED = ("first", "last")


@dataclass
class Row:
    """One line: what it asks about ("field:city", "related:purchases", "saved:<id>"), how, and with which values."""

    what: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    measure: str = "any"
    of: str = ""
    within_op: str = ""
    within_values: list[str] = field(default_factory=list)
    where: Group | None = None

    @property
    def kind(self) -> str:
        """What it asks about: "field", "related" or "saved"."""
        return self.what.partition(":")[0]

    @property
    def key(self) -> str:
        """Which one of those."""
        return self.what.partition(":")[2]


@dataclass
class Group:
    """Lines and groups of which all, any or none must hold."""

    joint: str = "all"
    items: list[Row | Group] = field(default_factory=list)


def tested(row: Row, catalogue: Catalogue) -> tuple[Field | None, tuple[ops.Operator, ...]]:
    """Return the field a line compares and the operators it has to choose from."""
    if row.kind == "field":
        found = catalogue.fields.get(row.key)
        return found, ops.operators_of(found) if found else ()
    relation = catalogue.relations.get(row.key)
    inner = inner_of(relation, catalogue)
    if relation is None or inner is None:
        return None, ()
    if row.measure == "count":
        return ops.COUNTED, ops.COMPARISONS
    if row.measure in SUMMED:
        return inner.fields.get(row.of), ops.NUMBER
    if row.measure in DATED:
        return inner.fields.get(row.of or relation.dated), ops.DAY
    return None, ()


def inner_of(relation: Relation | None, catalogue: Catalogue) -> Catalogue | None:
    """Return the catalogue of the records a relation leads to."""
    about = subject_named(relation.subject) if relation is not None else None
    return catalogue_of(about, catalogue.reader) if about is not None else None


class Writing:
    """Turns a draft into JSON; ``paths`` tells which place of the form each JSON path came from."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.paths: dict[str, str] = {}

    def condition(self, draft: Group) -> dict[str, Any]:
        """Return the JSON of a whole condition."""
        where = self._group(draft, self.catalogue, ROOT, "where")
        return {"v": 1, "about": self.catalogue.subject.key, "where": where}

    def place_of(self, path: str) -> str:
        """Return the form path of the line or group a problem's path lies in."""
        while path and path not in self.paths:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self.paths.get(path, ROOT)

    def _group(self, group: Group, catalogue: Catalogue, place: str, path: str) -> dict[str, Any]:
        self.paths[path] = place
        joint = "all" if group.joint == "all" else "any"
        inside = f"{path}.not" if group.joint == "none" else path
        items = [
            self._item(item, catalogue, f"{place}.{at}", f"{inside}.{joint}[{at}]")
            for at, item in enumerate(group.items)
        ]
        if group.joint == "none":
            return {"not": {"any": items}} if items else {"all": []}
        return {joint: items}

    def _item(self, item: Row | Group, catalogue: Catalogue, place: str, path: str) -> dict[str, Any]:
        if isinstance(item, Group):
            return self._group(item, catalogue, place, path)
        self.paths[path] = place
        if item.kind == "saved":
            return {"saved": item.key, "op": item.op or "inside"}
        _field, offered = tested(item, catalogue)
        compared = _compared(item.op, item.values, offered)
        if item.kind != "related":
            return {"field": item.key, **compared}
        node: dict[str, Any] = {"related": item.key, "measure": item.measure}
        relation = catalogue.relations.get(item.key)
        if item.measure not in ("any", "none"):
            node |= compared
            if item.measure in (*SUMMED, *DATED):
                node["of"] = item.of or (relation.dated if relation and item.measure in DATED else "")
        if item.within_op:
            node["within"] = _compared(item.within_op, item.within_values, ops.PERIODS)
        inner = inner_of(relation, catalogue)
        if item.where is not None and item.where.items and inner is not None:
            node["where"] = self._group(item.where, inner, f"{place}.w", f"{path}.where")
        return node


def _compared(key: str, values: list[str], offered: tuple[ops.Operator, ...]) -> dict[str, Any]:
    operator = ops.operator_named(offered, key) or (offered[0] if offered else None)
    if operator is None:
        return {"op": key}
    filled = [value for value in values if value.strip()]
    if operator.shape == "none":
        return {"op": operator.key}
    if operator.shape in ("many", "two"):
        return {"op": operator.key, "value": filled}
    return {"op": operator.key, "value": filled[0] if filled else None}


def draft_of(where: Any) -> Group:
    """Return the draft of a condition's JSON, read leniently: what makes no sense becomes an empty line."""
    draft = _draft(where)
    return draft if isinstance(draft, Group) else Group("all", [draft])


def _draft(node: Any) -> Row | Group:
    if not isinstance(node, Mapping):
        return Row()
    for joint in ("all", "any"):
        if isinstance(node.get(joint), list):
            return Group(joint, [_draft(item) for item in node[joint]])
    if "not" in node:
        inner = node["not"]
        items = inner.get("any") if isinstance(inner, Mapping) else None
        return Group("none", [_draft(item) for item in items] if isinstance(items, list) else [_draft(inner)])
    if "saved" in node:
        return Row(what=f"saved:{node['saved']}", op=str(node.get("op", "inside")))
    if "related" in node:
        within = node["within"] if isinstance(node.get("within"), Mapping) else {}
        return Row(
            what=f"related:{node['related']}", op=str(node.get("op", "")), values=_texts(node.get("value")),
            measure=str(node.get("measure", "any")), of=str(node.get("of") or ""), within_op=str(within.get("op", "")),
            within_values=_texts(within.get("value")), where=draft_of(node["where"]) if node.get("where") else None,
        )  # fmt: skip
    return Row(
        what=f"field:{node.get('field', '')}", op=str(node.get("op", "")), values=_texts(node.get("value"))
    )


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
