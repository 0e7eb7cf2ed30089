"""Custom fields as columns, filters and sorts of lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from ponte.conditions.folding import folded
from ponte.core.models import Member
from ponte.core.tenancy.scope import current_workspace
from ponte.workplace.custom_fields.cells import CustomCell
from ponte.workplace.custom_fields.editing import custom_editables
from ponte.workplace.custom_fields.expressions import (
    has_choice,
    sort_expression,
    text_expression,
    typed_field,
)
from ponte.workplace.lists.columns import Column, Sort
from ponte.workplace.lists.filters import (
    COMING,
    NONE,
    PERIODS,
    BooleanFilter,
    Choice,
    ChoiceFilter,
    DateFilter,
    Filter,
    NumberFilter,
    TextFilter,
)
from ponte.workplace.lists.page import More
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import access_of, all_fields, readable_fields

Rows = QuerySet[Any]
SORTED = (FieldKind.TEXT, FieldKind.NUMBER, FieldKind.MONEY, FieldKind.DATE)
NO_VALUE = _("Without a value")
_KEPT = "_custom_in_lists"


def more_of(object_name: str) -> Callable[[Member], More]:
    """Return the source of an object's custom columns, filters and sorts, for ``ListPage.more``."""

    def more(member: Member) -> More:
        """A page asks some ten times: what is made for a member holds until somebody changes a definition."""
        definitions, kept = all_fields(), member.__dict__.setdefault(_KEPT, {})
        known = kept.get(object_name)
        if known is None or known[0] is not definitions:
            columns = tuple(_column(field, member) for field in readable_fields(member, object_name))
            known = kept[object_name] = (definitions, replace(for_rights(member), columns=columns))
        found: More = known[1]
        return found

    def for_rights(member: Member) -> More:
        """What is the same for everybody with the same rights on the fields is made once while definitions and currency stand."""
        made, key = all_fields().made, (object_name, access_of(member, object_name), _unit())
        if key not in made:
            fields = readable_fields(member, object_name)
            filters = (filter_of(field) for field in fields)
            made[key] = More(
                filters=tuple(item for item in filters if item is not None),
                sorts=tuple(sort_of(field) for field in fields if field.kind in SORTED),
                editables=custom_editables(member, object_name),
            )
        found: More = made[key]
        return found

    return more


def _column(field: CustomField, member: Member) -> Column:
    return Column(
        field.input_name,
        field.label,
        CustomCell.of(field, member),
        sort=field.input_name if field.kind in SORTED else "",
        fields=(field.right,),
        shown=False,
    )


def sort_of(field: CustomField) -> Sort:
    """Return the sort by a field; records without a value come last both ways."""
    return Sort(
        field.input_name,
        field.label,
        (field.input_name,),
        nullable=True,
        descending=field.kind != FieldKind.TEXT,
        fields=(field.right,),
        restrict=lambda rows: rows.annotate(**{field.input_name: sort_expression(field)}),
        type=typed_field(field),
        # the index holds what has a value: a cast of it "is not null" doesn't tell the planner so
        filled=lambda rows: rows.filter(IsNull(text_expression(field), False)),
    )


def filter_of(field: CustomField) -> Filter | None:
    """Return the filter of a field; None where there is none (long texts)."""
    common: dict[str, Any] = {
        "key": field.input_name,
        "label": field.label,
        "path": field.input_name,
        "fields": (field.right,),
        "restrict": lambda rows: rows.alias(**{field.input_name: sort_expression(field)}),
    }
    match field.kind:
        case FieldKind.NUMBER:
            return NumberFilter(**common)
        case FieldKind.MONEY:
            return NumberFilter(**common, unit=_unit(), places=2)
        case FieldKind.DATE:
            return DateFilter(**common, moments=False, periods={**PERIODS, **COMING}, never=NO_VALUE)
        case FieldKind.BOOLEAN:
            return BooleanFilter(**common)
        case FieldKind.CHOICE:
            choices = [(choice["value"], choice["label"]) for choice in field.choices]
            return ChoiceFilter(
                **common, choices=choices, by=_chosen(field), empty=NO_VALUE, group=sort_expression(field)
            )
        case FieldKind.MULTI_CHOICE:
            choices = [(choice["value"], choice["label"]) for choice in field.choices]
            return ChoiceFilter(**common, choices=choices, by=_among(field), empty=NO_VALUE)
        case FieldKind.TEXT | FieldKind.LINK:
            return TextFilter(**common, fold=folded)
        case FieldKind.REFERENCE if field.target == "member":
            return ChoiceFilter(**common, choices=_members, by=_chosen(field), empty=NO_VALUE)
        case _:
            return None


def _chosen(field: CustomField) -> Callable[[Rows, list[str], Member], Rows]:
    def narrow(rows: Rows, values: list[str], member: Member) -> Rows:
        wanted = [value for value in values if value != NONE]
        condition = Q(**{f"{field.input_name}__in": wanted}) if wanted else Q()
        if NONE in values:
            condition |= Q(**{f"{field.input_name}__isnull": True})
        return rows.filter(condition)

    return narrow


def _among(field: CustomField) -> Callable[[Rows, list[str], Member], Rows]:
    def narrow(rows: Rows, values: list[str], member: Member) -> Rows:
        condition = Q()
        for value in values:
            if value == NONE:
                condition |= ~Q(custom__has_key=field.slot)
            else:
                condition |= has_choice(field, value)
        return rows.filter(condition)

    return narrow


def _members(member: Member) -> list[Choice]:
    active = Member.objects.filter(is_active=True).order_by("sort_name", "id")
    return [(str(row_id), name) for row_id, name in active.values_list("id", "name")[:300]]


def _unit() -> str:
    currency = current_workspace().currency
    return "R$" if currency == "BRL" else str(currency)
