"""Values of conditions as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, to_locale

from ponte.conditions.catalogue import Field
from ponte.conditions.nodes import Test
from ponte.conditions.periods import NAMED
from ponte.conditions.values import ME, MY_TEAM
from ponte.core.brazil.numbers import format_number
from ponte.core.models import Member


def value_words(test: Test, reader: Member | None) -> str:
    """Return the value of a test in words: "Minas Gerais or São Paulo", "R$ 1.000,00", "90 days"."""
    value = test.value
    match test.operator.shape:
        case "none":
            return ""
        case "many":
            return one_of(labels(test.field, value, reader), every=test.operator.key == "all_of")
        case "two":
            return gettext("%(first)s and %(last)s") % {
                "first": one_value(test.field, value[0]), "last": one_value(test.field, value[1]),
            }  # fmt: skip
        case "days":
            return days(value)
        case "month":
            return str(MONTHS[value]).lower() if _portuguese() else str(MONTHS[value])
        case "period":
            return str(NAMED[value])
        case _:
            return one_value(test.field, value)


def one_value(field: Field, value: Any) -> str:
    """Return a single number, day or text."""
    if isinstance(value, Decimal):
        places = max(field.places, 2) if value != value.to_integral_value() else field.places
        return " ".join(filter(None, (field.unit, number(value, places))))
    if isinstance(value, date):
        return day(value)
    return f"“{value}”"


def labels(field: Field, values: Sequence[str], reader: Member | None) -> list[str]:
    """Return chosen values as they are called; ids the reader can't see are "unknown"."""
    if field.type == "text":
        return [f"“{value}”" for value in values]
    if field.type == "member":
        ids = [value for value in values if value not in (ME, MY_TEAM)]
        found = (
            {str(key): name for key, name in Member.objects.filter(id__in=ids).values_list("id", "name")}
            if ids
            else {}
        )
        found |= {ME: gettext("me"), MY_TEAM: gettext("my team")}
    elif field.names is not None:
        found = dict(field.names(reader, values))
    else:
        found = {str(key): str(label) for key, label in field.options(reader)}
    return [found.get(value, gettext("unknown")) for value in values]


def one_of(words: Sequence[str], *, every: bool = False) -> str:
    """Return "A, B or C" (with ``every``: "A, B and C")."""
    if len(words) < 2:
        return "".join(words)
    pattern = gettext("%(first)s and %(last)s") if every else gettext("%(first)s or %(last)s")
    return pattern % {"first": ", ".join(words[:-1]), "last": words[-1]}


def days(count: int) -> str:
    """Return "1 day", "90 days"."""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def day(value: date) -> str:
    """Return ``22/11/2026``, or as the reader's language writes it."""
    if _portuguese():
        return f"{value.day:02}/{value.month:02}/{value.year:04}"
    return str(date_format(value, "SHORT_DATE_FORMAT"))


def number(value: Decimal | int, places: int = 0) -> str:
    """Return a number with its thousands separated."""
    if _portuguese():
        return format_number(value, places=places)
    pattern = "#,##0" + (f".{'0' * places}" if places else "")
    return str(format_decimal(value, format=pattern, locale=to_locale(get_language() or "en")))


def _portuguese() -> bool:
    return (get_language() or "pt-br").startswith("pt")
