"""Opaque, signed cursors: where a page ended, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from ponte.apikit import problems
from ponte.apikit.problems import FieldError, Problem

_SALT = "ponte.api.cursor"


def encode(order: Sequence[str], values: Sequence[Any]) -> str:
    """Return the cursor for the row whose ordering columns hold ``values``."""
    return signing.dumps([list(order), [_pack(value) for value in values]], salt=_SALT, compress=True)


def decode(cursor: str, order: Sequence[str]) -> list[Any]:
    """Return the values a cursor holds; raise a 400 problem when it isn't ours or is of another order."""
    try:
        stored_order, values = signing.loads(cursor, salt=_SALT)
        if stored_order != list(order):
            raise bad_cursor()
        return [_unpack(kind, value) for kind, value in values]
    except (signing.BadSignature, ValueError, TypeError, ArithmeticError) as error:
        raise bad_cursor() from error
    except Problem:
        raise
    except Exception as error:  # compressed garbage fails in many ways before the signature is known
        raise bad_cursor() from error


def bad_cursor() -> Problem:
    """Return the 400 for a cursor that can't be followed."""
    message = _("This cursor isn't valid for this list. Start again without it.")
    return problems.bad_request("bad_cursor", message, [FieldError("cursor", "invalid", message, "query")])


def _pack(value: Any) -> tuple[str, Any]:
    if isinstance(value, datetime):
        return "t", value.isoformat()
    if isinstance(value, date):
        return "d", value.isoformat()
    if isinstance(value, UUID):
        return "u", str(value)
    if isinstance(value, Decimal):
        return "n", str(value)
    return "v", value


def _unpack(kind: str, value: Any) -> Any:
    if kind == "t":
        return datetime.fromisoformat(value)
    if kind == "d":
        return date.fromisoformat(value)
    if kind == "u":
        return UUID(value)
    if kind == "n":
        return Decimal(value)
    return value
