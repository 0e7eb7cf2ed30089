"""A condition that was read and checked: a tree of immutable nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from ponte.conditions.catalogue import Catalogue, Field, Relation
from ponte.conditions.operators import Operator

Measure = Literal["any", "none", "count", "sum", "average", "smallest", "largest", "first", "last"]


@dataclass(frozen=True)
class Group:
    """All, or any, of several conditions; an empty group of either kind holds for everything."""

    joint: Literal["all", "any"]
    items: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """The opposite of a condition."""

    item: Node


@dataclass(frozen=True)
class Test:
    """One question about a field. ``value`` is typed by the operator's shape."""

    field: Field
    operator: Operator
    value: Any = None


@dataclass(frozen=True)
class Related:
    """A question about the records that hang on this one: whether there are any, how many, how much, when.

    ``within`` is a test of the relation's date, ``where`` one of the related records; both narrow which are looked at.
    """

    relation: Relation
    catalogue: Catalogue
    measure: Measure
    of: Field | None = None
    operator: Operator | None = None
    value: Any = None
    within: Test | None = None
    where: Node | None = None


@dataclass(frozen=True)
class Member:
    """Whether the record satisfies another, saved condition."""

    saved_id: str
    name: str
    inside: bool
    tree: Node


Node = Group | Not | Test | Related | Member
EVERYTHING = Group("all", ())


@dataclass(frozen=True)
class Condition:
    """A whole condition: what it is about, its tree, and the JSON it came from."""

    catalogue: Catalogue
    tree: Node
    raw: dict[str, Any]
