"""Reading the values of tests out of JSON: typed, bounded, checked against what the reader may name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.conditions.catalogue import Field
from ponte.conditions.operators import Operator
from ponte.conditions.periods import NAMED
from ponte.core.brazil.numbers import parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.models import Member

LONGEST_TEXT = 200
MOST_VALUES = 100
MOST_DAYS = 36_500
ME, MY_TEAM = "me", "my_team"


class Unfit(Exception):
    """A value doesn't fit; the text says what would."""


def read_value(raw: Any, field: Field, operator: Operator, reader: Member | None) -> Any:
    """Return the typed value of a test.

    Raises:
        Unfit: it isn't one that fits the operator and the field.
    """
    match operator.shape:
        case "none":
            return None
        case "many":
            return _many(raw, field, reader)
        case "two":
            return _two(raw, field)
        case "days":
            return _whole(
                raw,
                0 if operator.key in ("next_days", "anniversary_next", "older_days", "later_days") else 1,
                MOST_DAYS,
            )
        case "month":
            return _whole(raw, 1, 12)
        case "period":
            if not isinstance(raw, str) or raw not in NAMED:
                raise Unfit(_("Choose one of the periods: %(names)s.") % {"names": ", ".join(NAMED)})
            return raw
        case _:
            return _one(raw, field)


def read_number(raw: Any) -> Decimal:
    """Return a number given as JSON or as people write it; raises ``Unfit``."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = Decimal(str(raw))
    elif isinstance(raw, str):
        try:
            raw = parse_decimal(raw)
        except Unreadable as error:
            raise Unfit(_("Write a number.")) from error
    if not isinstance(raw, Decimal) or not raw.is_finite() or abs(raw) >= Decimal(10) ** 15:
        raise Unfit(_("Write a number."))
    return raw


def _one(raw: Any, field: Field) -> Any:
    if field.type in ("number", "money"):
        return read_number(raw)
    if field.type in ("date", "moment"):
        return _day(raw)
    return _text(raw)


def _two(raw: Any, field: Field) -> tuple[Any, Any]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise Unfit(_("Give two values, the smaller one first."))
    least, most = _one(raw[0], field), _one(raw[1], field)
    if least > most:
        raise Unfit(_("The first value is greater than the second."))
    return least, most


def _many(raw: Any, field: Field, reader: Member | None) -> tuple[str, ...]:
    given = [raw] if isinstance(raw, str) else raw
    if not isinstance(given, list) or not given:
        raise Unfit(_("Choose at least one value."))
    if len(given) > MOST_VALUES:
        raise Unfit(_("Choose at most %(most)s values.") % {"most": MOST_VALUES})
    texts = tuple(dict.fromkeys(_text(one) for one in given))
    if field.type == "choice":
        known = {str(key) for key, _label in field.options(reader)}
        unknown = [one for one in texts if one not in known]
        if unknown:
            raise Unfit(_("“%(value)s” is not one of the choices.") % {"value": unknown[0][:60]})
    elif field.type in ("member", "record"):
        texts = tuple(one if field.type == "member" and one in (ME, MY_TEAM) else _id(one) for one in texts)
        ids = [one for one in texts if one not in (ME, MY_TEAM)]
        if field.names is not None and ids and not set(ids) <= set(field.names(reader, ids)):
            raise Unfit(_("There is no such record, or you may not see it."))
    return texts


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or not raw.strip() or "\x00" in raw:
        raise Unfit(_("Write a text."))
    if len(raw) > LONGEST_TEXT:
        raise Unfit(_("Use at most %(most)s letters.") % {"most": LONGEST_TEXT})
    try:
        raw.encode()
    except UnicodeEncodeError as error:
        raise Unfit(_("Write a text.")) from error
    return raw.strip()


def _whole(raw: Any, least: int, most: int) -> int:
    number = read_number(raw)
    if number != number.to_integral_value() or not least <= number <= most:
        raise Unfit(_("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return int(number)


def _day(raw: Any) -> date:
    try:
        day = date.fromisoformat(raw)
    except (TypeError, ValueError) as error:
        raise Unfit(_("Write a date as YYYY-MM-DD.")) from error
    if not 1900 <= day.year <= 2200:  # beyond, time zone arithmetic overflows
        raise Unfit(_("Use a year between 1900 and 2200."))
    return day


def _id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise Unfit(_("“%(value)s” is no id.") % {"value": text[:60]}) from error
