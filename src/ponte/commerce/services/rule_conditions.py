"""Conditions that hold without anybody asking: those of rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ponte.commerce.services.cleaning import Cleaner
from ponte.conditions.nodes import Group, Member, Node, Not, Related, Test
from ponte.conditions.parsing import read_condition
from ponte.conditions.values import ME, MY_TEAM
from ponte.core.errors import Invalid


def clean_where(cleaner: Cleaner, where: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """Return a condition's tree as a rule keeps it; what can't be asked is refused under ``where``."""
    if not where:
        return {}
    try:
        condition = read_condition({"v": 1, "where": dict(where)}, subject=subject, reader=None)
    except Invalid as refusal:
        cleaner.refuse("where", "invalid", " ".join(str(one.message) for one in refusal.problems[:3]))
        return {}
    if names_reader(condition.tree):
        cleaner.refuse(
            "where", "reader", _("A rule belongs to nobody: choose people instead of “me” and “my team”.")
        )
    return dict(where)


def names_reader(node: Node) -> bool:
    """Return whether a condition means whoever asks it, by "me" or "my team"."""
    match node:
        case Group():
            return any(map(names_reader, node.items))
        case Not():
            return names_reader(node.item)
        case Member():
            return names_reader(node.tree)
        case Test():
            many = isinstance(node.value, list | tuple | set | frozenset)
            return node.field.type == "member" and many and bool({ME, MY_TEAM} & set(map(str, node.value)))
        case Related():
            return node.where is not None and names_reader(node.where)
