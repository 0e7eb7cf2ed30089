"""One test of one field as a condition of the ORM. Every condition made here is true or false, never NULL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    TextField,
)
from django.db.models.functions import ExtractDay, ExtractMonth
from django.db.models.lookups import (
    Contains,
    EndsWith,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from ponte.conditions.catalogue import Field
from ponte.conditions.folding import folded, folded_sql
from ponte.conditions.nodes import Test
from ponte.conditions.periods import days_of, month_days_ahead, start_of, today
from ponte.conditions.values import ME, MY_TEAM
from ponte.core.models import Member
from ponte.core.text import sort_key

LOOKUPS: dict[str, Any] = {
    "exact": Exact, "in": In, "isnull": IsNull, "contains": Contains, "startswith": StartsWith,
    "endswith": EndsWith, "gt": GreaterThan, "gte": GreaterThanOrEqual, "lt": LessThan, "lte": LessThanOrEqual,
}  # fmt: skip
NUMBERS = {"at_least": "gte", "at_most": "lte", "above": "gt", "below": "lt", "equals": "exact"}
TEXTS = {"contains": "contains", "starts_with": "startswith", "ends_with": "endswith"}


class Side:
    """The left side of a comparison: a column reached by a path, or an expression."""

    def __init__(self, source: Any) -> None:
        self.source = source

    def q(self, lookup: str, value: Any) -> Q:
        """Return ``source <lookup> value``."""
        if isinstance(self.source, str):
            return Q(**{f"{self.source}__{lookup}": value})
        return Q(LOOKUPS[lookup](self.source, value))


def compare(test: Test, model: type[Model], reader: Member | None, *, negated: bool = False) -> Q:
    """Return the condition of a test, or with ``negated`` its exact opposite.

    Records without a value fail every operator but "is empty" and those that are an opposite themselves ("is not").
    """
    field, operator = test.field, test.operator
    key = operator.opposite_of or operator.key
    opposite = bool(operator.opposite_of) != negated
    if field.by is not None:
        condition = field.by(key, test.value, reader)
        return ~condition if opposite else condition
    if field.through is not None:
        condition = _through(field, key, test.value)
        return ~condition if opposite else condition
    side = Side(field.expression() if field.expression is not None else field.path)
    if key == "empty":
        condition = _empty(field, side, model)
        return ~condition if opposite else condition
    condition = _compared(field, side, key, test.value, model, reader)
    if opposite:
        return ~condition | side.q("isnull", True)
    return condition & field.beside if field.beside is not None else condition


def _compared(field: Field, side: Side, key: str, value: Any, model: type[Model], reader: Member | None) -> Q:
    if field.type == "text":
        return _text(field, side, key, value)
    if field.type == "yesno":
        return side.q("exact", True)
    if key == "is":
        values = _members(value, reader) if field.type == "member" else list(value)
        return side.q("in", values) if values else never()
    if key in ("anniversary_next", "anniversary_month"):
        return _yearly(side, key, value)
    if field.type in ("date", "moment"):
        return in_days(side, key, value, moments=field.type == "moment")
    if isinstance(side.source, str) and _whole_numbers(side.source, model):
        side = Side(
            F(side.source)
        )  # the column's own look-ups would cut 2.5 to 2, and let NULL pass beyond its range
    return compare_number(side, key, value)


def never() -> Q:
    """Return a condition no row satisfies."""
    return Q(pk__in=[])


def compare_number(side: Side, key: str, value: Any) -> Q:
    """Return a comparison of numbers."""
    if key == "between":
        return side.q("gte", value[0]) & side.q("lte", value[1])
    return side.q(NUMBERS[key], value)


def in_days(side: Side, key: str, value: Any, *, moments: bool) -> Q:
    """Return "the day lies in the range the operator means", of a date or of a moment."""
    first, last = days_of(key, value, today())
    condition = Q()
    if first is not None:
        condition &= side.q("gte", start_of(first) if moments else first)
    if last is not None:
        after = last + timedelta(days=1)
        condition &= side.q("lt", start_of(after) if moments else after)
    return condition


def _yearly(side: Side, key: str, value: int) -> Q:
    source = F(side.source) if isinstance(side.source, str) else side.source
    if key == "anniversary_month":
        return Q(Exact(ExtractMonth(source), value))
    days = [month * 100 + day for month, day in month_days_ahead(today(), value)]
    return Q(In(month_and_day(source), days))


def month_and_day(source: Any) -> Any:
    """Return ``MMDD`` of a date as a number; an index over it serves anniversaries."""
    return ExpressionWrapper(ExtractMonth(source) * 100 + ExtractDay(source), output_field=IntegerField())


def _text(field: Field, side: Side, key: str, value: Any) -> Q:
    values = list(value) if isinstance(value, tuple) else [value]
    if field.raw:
        texts = [field.clean(one) or one if field.clean else one for one in values]
        return side.q("in", texts) if key == "is" else side.q(TEXTS[key], texts[0])
    by_column = bool(field.folded) and all(sort_key(one) for one in values)
    if by_column:
        side, texts = Side(field.folded), [sort_key(one) for one in values]
    else:
        source = F(side.source) if isinstance(side.source, str) else side.source
        side, texts = Side(folded_sql(source)), [folded(one) for one in values]
    return side.q("in", texts) if key == "is" else side.q(TEXTS[key], texts[0])


def _members(values: tuple[str, ...], reader: Member | None) -> list[Any]:
    ids: list[Any] = [one for one in values if one not in (ME, MY_TEAM)]
    if reader is not None and ME in values:
        ids.append(reader.id)
    if reader is not None and MY_TEAM in values:
        team = Member.objects.filter(team_id=reader.team_id) if reader.team_id else Member.objects.none()
        ids += team.values_list("id", flat=True)
    return ids


def _through(field: Field, key: str, values: tuple[str, ...] | None) -> Q:
    assert field.through is not None
    through = field.through
    rows = through.rows().filter(**{through.link: OuterRef("pk")})
    if key == "empty":
        return ~Q(Exists(rows))
    chosen = values or ()
    if key == "is":
        return Q(Exists(rows.filter(**{f"{through.value}__in": chosen})))
    condition = Q()
    for one in chosen:
        condition &= Q(Exists(rows.filter(**{through.value: one})))
    return condition


def _empty(field: Field, side: Side, model: type[Model]) -> Q:
    condition = side.q("isnull", True)
    if field.type in ("text", "choice") and _holds_text(side.source, model):
        condition |= side.q("exact", "")
    return condition


def _holds_text(source: Any, model: type[Model]) -> bool:
    column = _column(model, source) if isinstance(source, str) else getattr(source, "output_field", None)
    return isinstance(column, CharField | TextField)


def _whole_numbers(path: str, model: type[Model]) -> bool:
    return isinstance(_column(model, path), IntegerField)


def _column(model: type[Model], path: str) -> Any:
    column: Any = None
    options = model._meta
    try:
        for part in path.split("__"):
            column = options.get_field(part)
            if column.is_relation and column.related_model is not None:
                options = column.related_model._meta
    except FieldDoesNotExist:
        return None
    return column
