"""The operators: what can be asked of which type of field, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.conditions.catalogue import Field, Words

Shape = Literal["none", "one", "many", "two", "days", "month", "period"]


@dataclass(frozen=True)
class Operator:
    """One operator.

    Attributes:
        key: stable name, kept in saved conditions.
        label: in the builder's menu.
        words: the predicate of a sentence, ``%(value)s`` for the value.
        shape: what its value looks like.
        opposite_of: the operator whose exact opposite it is; records without a value satisfy it then.
    """

    key: str
    label: Words
    words: Words
    shape: Shape
    opposite_of: str = ""


IS = Operator("is", pgettext_lazy("operator", "is"), _("is %(value)s"), "many")
IS_NOT = Operator("is_not", pgettext_lazy("operator", "is not"), _("is not %(value)s"), "many", "is")
EMPTY = Operator("empty", pgettext_lazy("operator", "is empty"), _("is empty"), "none")
FILLED = Operator("filled", pgettext_lazy("operator", "is filled in"), _("is filled in"), "none", "empty")
ANY_OF = Operator("is", pgettext_lazy("operator", "has any of"), _("has %(value)s"), "many")
NONE_OF = Operator(
    "is_not", pgettext_lazy("operator", "has none of"), _("does not have %(value)s"), "many", "is"
)
ALL_OF = Operator("all_of", pgettext_lazy("operator", "has all of"), _("has all of %(value)s"), "many")

TEXT = (
    Operator("contains", pgettext_lazy("operator", "contains"), _("contains %(value)s"), "one"),
    Operator("not_contains", pgettext_lazy("operator", "does not contain"), _("does not contain %(value)s"), "one", "contains"),
    IS,
    IS_NOT,
    Operator("starts_with", pgettext_lazy("operator", "begins with"), _("begins with %(value)s"), "one"),
    Operator("ends_with", pgettext_lazy("operator", "ends with"), _("ends with %(value)s"), "one"),
    EMPTY,
    FILLED,
)  # fmt: skip
CHOICE = (IS, IS_NOT, EMPTY, FILLED)
SEVERAL = (ANY_OF, NONE_OF, ALL_OF, EMPTY, FILLED)
NUMBER = (
    Operator("at_least", pgettext_lazy("operator", "is at least"), _("is at least %(value)s"), "one"),
    Operator("at_most", pgettext_lazy("operator", "is at most"), _("is at most %(value)s"), "one"),
    Operator("above", pgettext_lazy("operator", "is more than"), _("is more than %(value)s"), "one"),
    Operator("below", pgettext_lazy("operator", "is less than"), _("is less than %(value)s"), "one"),
    Operator("equals", pgettext_lazy("operator", "is exactly"), _("is exactly %(value)s"), "one"),
    Operator("not_equals", pgettext_lazy("operator", "is other than"), _("is other than %(value)s"), "one", "equals"),
    Operator("between", pgettext_lazy("operator", "is between"), _("is between %(value)s"), "two"),
    EMPTY,
    FILLED,
)  # fmt: skip
DAY = (
    Operator("period", pgettext_lazy("operator", "is in the period"), _("is in the period: %(value)s"), "period"),
    Operator("last_days", pgettext_lazy("operator", "is in the last … days"), _("is in the last %(value)s"), "days"),
    Operator("next_days", pgettext_lazy("operator", "is in the next … days"), _("is in the next %(value)s"), "days"),
    Operator("older_days", pgettext_lazy("operator", "is more than … days ago"), _("is more than %(value)s ago"), "days"),
    Operator("later_days", pgettext_lazy("operator", "is more than … days ahead"), _("is more than %(value)s ahead"), "days"),
    Operator("on", pgettext_lazy("operator", "is on"), _("is on %(value)s"), "one"),
    Operator("before", pgettext_lazy("operator", "is before"), _("is before %(value)s"), "one"),
    Operator("after", pgettext_lazy("operator", "is after"), _("is after %(value)s"), "one"),
    Operator("between", pgettext_lazy("operator", "is between"), _("is between %(value)s"), "two"),
    EMPTY,
    FILLED,
)  # fmt: skip
YEARLY = (
    Operator("anniversary_next", pgettext_lazy("operator", "comes round in the next … days"), _("comes round in the next %(value)s"), "days"),
    Operator("anniversary_month", pgettext_lazy("operator", "falls in the month"), _("falls in %(value)s"), "month"),
)  # fmt: skip
YESNO = (
    Operator("yes", pgettext_lazy("operator", "yes"), pgettext_lazy("condition", "yes"), "none"),
    Operator("no", pgettext_lazy("operator", "no"), pgettext_lazy("condition", "no"), "none", "yes"),
)
_OF_TYPE: Mapping[str, tuple[Operator, ...]] = {
    "text": TEXT,
    "choice": CHOICE,
    "number": NUMBER,
    "money": NUMBER,
    "date": DAY,
    "moment": DAY,
    "yesno": YESNO,
    "member": CHOICE,
    "record": CHOICE,
}
COMPARISONS = tuple(one for one in NUMBER if one.shape != "none")  # of counts and sums
COUNTED = Field("count", _("Number"), "number", path="pk")  # what a count is compared as
PERIODS = tuple(one for one in DAY if one.shape != "none")  # of "within" a time


def operators_of(field: Field) -> tuple[Operator, ...]:
    """Return the operators a field offers, in the menu's order."""
    offered = SEVERAL if field.is_multiple else _OF_TYPE[field.type]
    if field.yearly:
        offered = (*YEARLY, *offered)
    return tuple(one for one in offered if not field.operators or one.key in field.operators)


def operator_named(offered: tuple[Operator, ...], key: object) -> Operator | None:
    """Return the operator of a key among those offered."""
    return next((one for one in offered if one.key == key), None)
