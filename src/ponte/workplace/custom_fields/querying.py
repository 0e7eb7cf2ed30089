"""Custom fields in the list endpoints of the API: ``?custom[key]=value`` filters, ``sort=-custom.key`` sorts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from pydantic import Field

from ponte.apikit import problems
from ponte.apikit.cursors import bad_cursor
from ponte.apikit.problems import FieldError, Problem
from ponte.apikit.replies import json_response, plain, shown_fields
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Out, Paging
from ponte.conditions.folding import folded
from ponte.workplace.custom_fields.expressions import NUMERIC, has_choice, sort_expression
from ponte.workplace.custom_fields.kinds import Refused, to_json
from ponte.workplace.custom_fields.listing import SORTED, sort_of
from ponte.workplace.lists.keyset import decode, encode, fetch
from ponte.workplace.models import CustomField, FieldKind
from ponte.workplace.selectors.custom_fields import readable_fields

Rows = QuerySet[Any]
PREFIX = "custom."
MOST = 20  # filters in one request
_PARAMETER = re.compile(r"custom\[([a-z0-9_]{1,40})\]")

CustomSort = Annotated[
    str,
    Field(
        pattern=r"^-?custom\.[a-z0-9_]{1,40}$",
        description="A custom text, number, amount or date by its key; records without a value come last.",
    ),
]
CUSTOM_PARAMETERS = {
    "parameters": [
        {
            "in": "query",
            "name": "custom",
            "required": False,
            "style": "deepObject",
            "explode": True,
            "schema": {"type": "object", "additionalProperties": {"type": "string"}, "title": "Custom"},
            "description": (
                "Filters by custom fields, by key (GET /fields): custom[plan]=gold. Numbers, amounts and dates (YYYY-MM-DD)"
                " also as ranges, ends included: 5..10, 5.., ..10. Choices and references: one or several separated by"
                " commas, any of them. Texts and links: the whole text, without regard to case and accents. Yes or no: true"
                " or false. Empty: records without a value. Long texts can't be filtered by. Several filters narrow together."
            ),
        }
    ]
}


def custom_filtered(request: ApiRequest, rows: Rows, object_name: str) -> Rows:
    """Return those of ``rows`` that the request's custom filters select; one the caller may not read is unknown.

    Raises:
        Problem: 422, an error per filter that can't be followed ("custom.plan").
    """
    asked = {
        found[1]: request.GET[name]
        for name in request.GET
        if (found := _PARAMETER.fullmatch(name)) is not None
    }
    if not asked:
        return rows
    if len(asked) > MOST:
        raise _refused(PREFIX.rstrip("."), "too_many", _("At most %(limit)s filters.") % {"limit": MOST})
    known = {field.key: field for field in readable_fields(request.member, object_name)}
    for key, text in asked.items():
        name = f"{PREFIX}{key}"
        if key not in known:
            raise _refused(name, "unknown_field", _("There is no such field. Check its name."))
        try:
            rows = _narrowed(rows, known[key], text.replace("\x00", "").strip())
        except Refused as refusal:
            raise _refused(name, refusal.code, refusal.message) from refusal
    return rows


def is_custom_sort(sort: str) -> bool:
    """Return whether a sort is by a custom field."""
    return sort.lstrip("-").startswith(PREFIX)


def custom_slice(
    request: ApiRequest, rows: Rows, object_name: str, sort: str, paging: Paging
) -> tuple[list[Any], str | None]:
    """Return one page in the order of a custom field, and the cursor after it (None for the last).

    Raises:
        Problem: 422 for a field there isn't, the caller may not read or that can't be sorted by; 400 for a bad cursor.
    """
    key, descending = sort.lstrip("-").removeprefix(PREFIX), sort.startswith("-")
    fields = readable_fields(request.member, object_name)
    field = next((one for one in fields if one.key == key and one.kind in SORTED), None)
    if field is None:
        raise _refused("sort", "unknown_field", _("There is no such field to sort by. Check its name."))
    order = sort_of(field)
    model: type[Model] = rows.model
    after = decode(paging.cursor, model, order, descending=descending) if paging.cursor else None
    if paging.cursor and after is None:
        raise bad_cursor()
    assert order.restrict is not None
    part = fetch(order.restrict(rows), order, descending=descending, size=paging.limit, after=after)
    return part.rows, encode(part.next, model, order, descending=descending) if part.next else None


def custom_page(
    request: ApiRequest, rows: Rows, object_name: str, sort: str, *, schema: type[Out], paging: Paging
) -> HttpResponse:
    """Answer one page in the order of a custom field."""
    shown = shown_fields(request, schema, paging.fields)
    found, cursor = custom_slice(request, rows, object_name, sort, paging)
    return json_response(
        {"items": [plain(request, row, schema, shown) for row in found], "next_cursor": cursor}
    )


def _narrowed(rows: Rows, field: CustomField, text: str) -> Rows:
    rows = rows.alias(**{field.input_name: sort_expression(field)})
    if not text:
        return rows.filter(**{f"{field.input_name}__isnull": True})
    return rows.filter(_condition(field, text))


def _condition(field: CustomField, text: str) -> Q:
    match field.kind:
        case FieldKind.NUMBER | FieldKind.MONEY | FieldKind.DATE:
            return _range(field, text)
        case FieldKind.TEXT | FieldKind.LINK:
            return Q(**{field.input_name: folded(str(to_json(field, text)))})
        case FieldKind.BOOLEAN:
            return Q(**{field.input_name: to_json(field, text)})
        case FieldKind.CHOICE | FieldKind.REFERENCE:
            return Q(**{f"{field.input_name}__in": [to_json(field, part) for part in _parts(text)]})
        case FieldKind.MULTI_CHOICE:
            any_of = Q()
            for part in _parts(text):
                for value in to_json(field, [part]):
                    any_of |= has_choice(field, value)
            return any_of
    raise Refused("kind", _("Long texts can't be filtered by."))


def _range(field: CustomField, text: str) -> Q:
    read: Callable[[str], Any] = Decimal if field.kind in NUMERIC else date.fromisoformat
    low, dots, high = text.partition("..")
    if not dots:
        return Q(**{field.input_name: read(to_json(field, text))})
    condition = Q()
    for end, lookup in ((low, "gte"), (high, "lte")):
        if end.strip():
            condition &= Q(**{f"{field.input_name}__{lookup}": read(to_json(field, end))})
    if not condition:
        raise Refused("range", _("Give at least one end of the range."))
    return condition


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()][:50]
    if not parts:
        raise Refused("required", _("Give at least one value."))
    return parts


def _refused(name: str, code: str, message: str) -> Problem:
    return problems.invalid([FieldError(name, code, str(message), "query")])
