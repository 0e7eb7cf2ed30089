"""Checks what callers give and collects every problem before anything is refused."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ponte.core.errors import FieldProblem, Invalid

MAX_MONEY = Decimal("999999999999.99")
MAX_QUANTITY = Decimal("999999999.999")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200


class Cleaner:
    """Reads values one by one; ``done()`` raises ``Invalid`` with all problems found. ``prefix`` leads field names."""

    def __init__(self, prefix: str = "", problems: list[FieldProblem] | None = None) -> None:
        self.prefix = prefix
        self.problems = [] if problems is None else problems

    def under(self, prefix: str) -> Cleaner:
        """Return a cleaner for a nested object that adds to the same problems."""
        return Cleaner(f"{self.prefix}{prefix}.", self.problems)

    def refuse(self, field: str, code: str, message: Any) -> None:
        """Note one problem."""
        self.problems.append(FieldProblem(f"{self.prefix}{field}", code, message))

    def done(self) -> None:
        """Raise ``Invalid`` when anything was refused."""
        if self.problems:
            raise Invalid(self.problems)

    def text(self, field: str, value: Any, length: int, *, required: bool = False) -> str:
        """Return stripped text of at most ``length`` characters."""
        text = str(value or "").replace("\x00", "").strip()
        if required and not text:
            self.refuse(field, "required", _("This field is required."))
        if len(text) > length:
            self.refuse(field, "too_long", _("Use at most %(length)s characters.") % {"length": length})
        return text[:length]

    def choice(self, field: str, value: Any, choices: type[TextChoices], *, blank: bool = False) -> str:
        """Return a key of ``choices``."""
        key = str(value or "")
        if (blank and not key) or key in choices.values:
            return key
        self.refuse(field, "invalid", _("Choose one of the options."))
        return ""

    def money(self, field: str, value: Any) -> Decimal | None:
        """Return an amount ≥ 0 with at most two decimal places, or None for nothing."""
        amount = self._decimal(field, value)
        if amount is None:
            return None
        if amount.as_tuple().exponent < -2 and amount != amount.quantize(Decimal("0.01")):  # type: ignore[operator]
            self.refuse(field, "places", _("Use at most two decimal places."))
            return None
        return self._in_range(field, amount.quantize(Decimal("0.01"), ROUND_HALF_UP), MAX_MONEY)

    def quantity(self, field: str, value: Any) -> Decimal:
        """Return a quantity > 0 with at most three decimal places."""
        amount = self._decimal(field, value)
        if amount is None or amount <= 0 or amount > MAX_QUANTITY:
            if amount is not None or value in (None, ""):
                self.refuse(field, "quantity", _("The quantity must be greater than zero."))
            return Decimal(1)
        if amount != amount.quantize(Decimal("0.001")):
            self.refuse(field, "places", _("Use at most three decimal places."))
        return amount.quantize(Decimal("0.001"))

    def positive(self, field: str, value: Any, most: int) -> int | None:
        """Return a whole number from 1 to ``most``, or None for nothing."""
        if value in (None, ""):
            return None
        if not isinstance(value, int) or not 1 <= value <= most:
            self.refuse(field, "range", _("Use a whole number from 1 to %(most)s.") % {"most": most})
            return None
        return value

    def moment(self, field: str, value: datetime | None) -> datetime | None:
        """Return an aware instant within a calendar people use, or None."""
        if value is None:
            return None
        if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            self.refuse(field, "range", _("This date can't be right."))
            return None
        return timezone.make_aware(value) if timezone.is_naive(value) else value

    def _decimal(self, field: str, value: Any) -> Decimal | None:
        if value in (None, ""):
            return None
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self.refuse(field, "number", _("This isn't a number."))
            return None
        return amount

    def _in_range(self, field: str, amount: Decimal, most: Decimal) -> Decimal | None:
        if amount < 0:
            self.refuse(field, "negative", _("The value can't be negative."))
        elif amount > most:
            self.refuse(field, "range", _("The value is too large."))
        else:
            return amount
        return None
