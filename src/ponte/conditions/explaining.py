"""A condition in words, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ponte.conditions.nodes import Condition, Group, Member, Node, Not, Related, Test
from ponte.conditions.wording import number, value_words
from ponte.core import models as core

COUNTS = {
    "at_least": gettext_lazy("has at least %(value)s %(noun)s"),
    "at_most": gettext_lazy("has at most %(value)s %(noun)s"),
    "above": gettext_lazy("has more than %(value)s %(noun)s"),
    "below": gettext_lazy("has fewer than %(value)s %(noun)s"),
    "equals": gettext_lazy("has exactly %(value)s %(noun)s"),
    "not_equals": gettext_lazy("has other than %(value)s %(noun)s"),
    "between": gettext_lazy("has between %(value)s %(noun)s"),
}
MEASURED = {
    "sum": gettext_lazy("the sum of %(field)s of %(noun)s"),
    "average": gettext_lazy("the average %(field)s of %(noun)s"),
    "smallest": gettext_lazy("the smallest %(field)s of %(noun)s"),
    "largest": gettext_lazy("the largest %(field)s of %(noun)s"),
    "first": gettext_lazy("the earliest %(field)s of %(noun)s"),
    "last": gettext_lazy("the latest %(field)s of %(noun)s"),
}
WITHIN = {
    "period": gettext_lazy("in the period: %(value)s"),
    "last_days": gettext_lazy("in the last %(value)s"),
    "next_days": gettext_lazy("in the next %(value)s"),
    "older_days": gettext_lazy("more than %(value)s ago"),
    "later_days": gettext_lazy("more than %(value)s ahead"),
    "on": gettext_lazy("on %(value)s"),
    "before": gettext_lazy("before %(value)s"),
    "after": gettext_lazy("after %(value)s"),
    "between": gettext_lazy("between %(value)s"),
}


def explain(condition: Condition) -> str:
    """Return the condition as one sentence, in the active language, without the name of what it is about."""
    said = _said(condition.tree, condition.catalogue.reader)
    return said[:1].upper() + said[1:]


def explain_node(node: Node, reader: core.Member | None) -> str:
    """Return one node in words."""
    return _said(node, reader)


def _said(node: Node, reader: core.Member | None) -> str:
    match node:
        case Group():
            return _group(node, reader)
        case Not():
            return _("not (%(condition)s)") % {"condition": _said(node.item, reader)}
        case Member():
            pattern = _("is in “%(name)s”") if node.inside else _("is not in “%(name)s”")
            return pattern % {"name": node.name}
        case Test():
            return _test(node, reader)
        case Related():
            return _related(node, reader)


def _group(group: Group, reader: core.Member | None) -> str:
    items = [item for item in group.items if not (isinstance(item, Group) and not item.items)]
    if not items:
        return _("everything")
    if len(items) == 1:
        return _said(items[0], reader)
    parts = []
    for item in items:
        words = _said(item, reader)
        mixed = isinstance(item, Group) and len(item.items) > 1 and item.joint != group.joint
        parts.append(f"({words})" if mixed else words)
    return (_(" and ") if group.joint == "all" else _(" or ")).join(parts)


def _test(test: Test, reader: core.Member | None) -> str:
    if test.field.type == "yesno":
        return f"{test.field.label}: {test.operator.words}"
    words = str(test.operator.words) % {"value": value_words(test, reader)}
    return f"{test.field.label} {words}"


def _related(node: Related, reader: core.Member | None) -> str:
    relation = node.relation
    noun = " ".join(filter(None, (str(relation.noun), _within(node, reader))))
    narrowed = _where(node, reader)
    some = node.measure == "any" or _is_some(node)
    if some or node.measure == "none":
        own = relation.any_words if some else relation.none_words
        pattern = _("has %(noun)s") if some else _("has no %(noun)s")
        said = " ".join(filter(None, (str(own), _within(node, reader)))) if own else pattern % {"noun": noun}
        return said + narrowed
    assert node.operator is not None
    if node.measure == "count":
        values = [number(one) for one in (node.value if isinstance(node.value, tuple) else (node.value,))]
        value = (
            _("%(first)s and %(last)s") % {"first": values[0], "last": values[-1]}
            if len(values) > 1
            else values[0]
        )
        return str(COUNTS[node.operator.key]) % {"value": value, "noun": noun} + narrowed
    assert node.of is not None
    measured = str(MEASURED[node.measure]) % {"field": node.of.label, "noun": noun} + narrowed
    test = Test(node.of, node.operator, node.value)
    return f"{measured} {str(node.operator.words) % {'value': value_words(test, reader)}}"


def _is_some(node: Related) -> bool:
    """Whether a count only asks that there is one: nobody says "has at least 1 orders"."""
    return (
        node.measure == "count"
        and node.operator is not None
        and node.operator.key == "at_least"
        and node.value == 1
    )


def _within(node: Related, reader: core.Member | None) -> str:
    if node.within is None:
        return ""
    values: dict[str, Any] = {"value": value_words(node.within, reader)}
    return str(WITHIN[node.within.operator.key]) % values


def _where(node: Related, reader: core.Member | None) -> str:
    if node.where is None or (isinstance(node.where, Group) and not node.where.items):
        return ""
    return " " + _("(%(condition)s)") % {"condition": _said(node.where, reader)}
