"""What each kind of custom field takes in, stores as JSON, gives out and shows.

Stored: texts, links, dates (ISO) and references (ids) as strings, numbers and money as decimal strings (JSON numbers
would come back as floats), yes and no as booleans, several choices as a list of strings.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.core.brazil.dates import parse_date
from ponte.core.brazil.numbers import NumberStyle, parse_boolean, parse_decimal
from ponte.core.brazil.problems import Unreadable
from ponte.core.text import fold
from ponte.workplace.models import CustomField, FieldKind

LONGEST = {FieldKind.TEXT: 500, FieldKind.LONG_TEXT: 20_000, FieldKind.LINK: 2_000}
YEARS = range(1800, 2201)
MOST_CHOSEN = 100
NUMBER_PLACES, MONEY_PLACES = 6, 2
LIMIT = Decimal(10) ** 15


class Refused(ValueError):
    """A value a field can't take. ``code`` is for programs, ``message`` for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def to_json(field: CustomField, raw: Any, *, style: NumberStyle | None = None) -> Any:
    """Return what is stored for an entered value, None for nothing.

    Args:
        field: its definition.
        raw: as people type it, as JSON has it, or typed already.
        style: how numbers are written where it can't be told ("1.234"); Brazilian unless said otherwise.

    Raises:
        Refused: the field can't take it.
    """
    if raw is None or raw == "" or raw == []:
        return None
    try:
        if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
            return _number(field, raw, style)
        return _READERS[FieldKind(field.kind)](field, raw)
    except Unreadable as unreadable:
        raise Refused(unreadable.code, unreadable.message) from unreadable


def from_json(field: CustomField, stored: Any) -> Any:
    """Return a stored value typed: ``Decimal``, ``date``, ``UUID``, ``bool``, ``str`` or a list of ``str``.

    What doesn't fit the kind (it can't, but for a hand in the database) comes out as None.
    """
    try:
        match field.kind:
            case FieldKind.NUMBER | FieldKind.MONEY:
                return Decimal(stored) if isinstance(stored, str) else None
            case FieldKind.DATE:
                return date.fromisoformat(stored) if isinstance(stored, str) else None
            case FieldKind.REFERENCE:
                return UUID(stored) if isinstance(stored, str) else None
            case FieldKind.BOOLEAN:
                return stored if isinstance(stored, bool) else None
            case FieldKind.MULTI_CHOICE:
                return stored if isinstance(stored, list) and stored else None
            case _:
                return stored if isinstance(stored, str) and stored else None
    except (ValueError, ArithmeticError):
        return None


def clean_text(raw: Any, *, multiline: bool = False) -> str:
    """Return text without control characters and outer white space; emoji stay."""
    sound = str(raw).encode("utf-8", "ignore").decode().replace("\r\n", "\n")
    keep = "\n\t" if multiline else ""
    text = "".join(
        letter if letter in keep or unicodedata.category(letter) != "Cc" else " " for letter in sound
    )
    return text.strip() if multiline else " ".join(text.split())


def _text(field: CustomField, raw: Any) -> str | None:
    if isinstance(raw, bool | dict | list):
        raise Refused("type", _("This must be a text."))
    text = clean_text(raw, multiline=field.kind == FieldKind.LONG_TEXT)
    longest = LONGEST[FieldKind(field.kind)]
    if len(text) > longest:
        raise Refused("max_length", _("This is too long: %(limit)s characters at most.") % {"limit": longest})
    return text or None


def _number(field: CustomField, raw: Any, style: NumberStyle | None) -> str | None:
    if isinstance(raw, bool | dict | list):
        raise Refused("number_invalid", _("This is not a number."))
    if isinstance(raw, str):
        text = clean_text(raw)
        if not text:
            return None
        value = parse_decimal(text, style=style)
    else:
        value = Decimal(str(raw))
    if not value.is_finite() or abs(value) >= LIMIT:
        raise Refused("range", _("This number is too large."))
    places = MONEY_PLACES if field.kind == FieldKind.MONEY else NUMBER_PLACES
    rounded = round(value, places)
    if rounded != value:
        raise Refused("places", _("At most %(places)s decimal places.") % {"places": places})
    if field.kind == FieldKind.MONEY:
        return f"{rounded + 0:f}"
    return f"{rounded.normalize() + 0:f}"


def _date(field: CustomField, raw: Any) -> str | None:
    if isinstance(raw, date):
        day = date(raw.year, raw.month, raw.day)
    elif isinstance(raw, str):
        text = clean_text(raw)
        if not text:
            return None
        day = parse_date(text)
    else:
        raise Refused("date_invalid", _("This is not a date."))
    if day.year not in YEARS:
        raise Refused("range", _("This date is too far away. Check the year."))
    return day.isoformat()


def _boolean(field: CustomField, raw: Any) -> bool:
    return raw if isinstance(raw, bool) else parse_boolean(str(raw))


def _link(field: CustomField, raw: Any) -> str | None:
    text = _text(field, raw)
    if text is None:
        return None
    address = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    known = parts.scheme in ("http", "https") and "." in parts.netloc and not set(address) & set(" <>\"'")
    if not known or len(address.encode()) > LONGEST[FieldKind.LINK]:
        raise Refused("link_invalid", _("Write a web address such as https://padaria.com.br."))
    return address


def _choice(field: CustomField, raw: Any) -> str | None:
    text = clean_text(raw)
    if not text:
        return None
    values = {choice["value"] for choice in field.choices}
    if text in values:
        return text
    by_label = {fold(choice["label"]): choice["value"] for choice in field.choices}
    found: str | None = by_label.get(fold(text))
    if found is None:
        offered = ", ".join(choice["label"] for choice in field.choices if not choice.get("archived"))
        raise Refused("invalid_choice", _("Choose one of: %(allowed)s.") % {"allowed": offered[:300]})
    return found


def _choices(field: CustomField, raw: Any) -> list[str] | None:
    if isinstance(raw, str):
        # a label may hold a comma: the whole is tried first
        parts = [raw] if _is_choice(field, raw) else raw.replace("|", ";").replace("\n", ";").split(";")
        if len(parts) == 1 and not _is_choice(field, raw):
            parts = raw.split(",")
    elif isinstance(raw, list | tuple):
        parts = list(raw)
    else:
        raise Refused("type", _("This must be a list."))
    if len(parts) > MOST_CHOSEN:
        raise Refused("max_items", _("At most %(limit)s of them.") % {"limit": MOST_CHOSEN})
    chosen = {value for part in parts if (value := _choice(field, part))}
    return [choice["value"] for choice in field.choices if choice["value"] in chosen] or None


def _is_choice(field: CustomField, text: str) -> bool:
    try:
        return _choice(field, text) is not None
    except Refused:
        return False


def _reference(field: CustomField, raw: Any) -> str | None:
    try:
        return str(UUID(str(raw).strip()))
    except ValueError:
        raise Refused(
            "unknown", _("No record, or more than one, is known by this. Choose it, or give its id.")
        ) from None


_READERS: dict[FieldKind, Callable[[CustomField, Any], Any]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _text,
    FieldKind.DATE: _date,
    FieldKind.BOOLEAN: _boolean,
    FieldKind.LINK: _link,
    FieldKind.CHOICE: _choice,
    FieldKind.MULTI_CHOICE: _choices,
    FieldKind.REFERENCE: _reference,
}
