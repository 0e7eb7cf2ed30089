"""For whom cells are written: looked up once a page, because language and time zone are slow to ask for 500 times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, to_locale

from ponte.core.brazil.numbers import format_brl, format_number
from ponte.core.tenancy.scope import OutsideWorkspace, current_workspace


@dataclass(frozen=True)
class Reader:
    """Language, time zone and currency of the page being written; ``known`` keeps HTML that repeats."""

    locale: str
    zone: tzinfo
    currency: str
    today: date
    known: dict[Any, str] = field(default_factory=dict)

    @property
    def is_brazilian(self) -> bool:
        """Whether numbers and dates are written the Brazilian way."""
        return self.locale.startswith("pt")

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the workspace's time zone."""
        return moment.astimezone(self.zone) if moment.tzinfo is not None else moment

    def day(self, day: date) -> str:
        """Return ``22/11/2026``."""
        if self.is_brazilian:
            return f"{day.day:02}/{day.month:02}/{day.year:04}"
        return str(date_format(day, "SHORT_DATE_FORMAT"))

    def moment(self, local: datetime) -> str:
        """Return ``22/11/2026 14:30`` of a moment that is local already."""
        if self.is_brazilian:
            return f"{self.day(local)} {local.hour:02}:{local.minute:02}"
        return str(date_format(local, "SHORT_DATETIME_FORMAT"))

    def number(self, value: Any, digits: int) -> str:
        """Return a number with its thousands separated and ``digits`` decimal places."""
        if self.is_brazilian:
            return format_number(value, places=digits)
        pattern = "#,##0" + (f".{'0' * digits}" if digits else "")
        return str(format_decimal(value, format=pattern, locale=self.locale))

    def money(self, amount: Decimal | float | int, currency: str) -> str:
        """Return an amount as its reader writes it: ``R$ 1.234,56``."""
        if self.is_brazilian and currency == "BRL" and isinstance(amount, Decimal | int):
            return format_brl(amount)
        return str(format_currency(amount, currency, locale=self.locale))


_reader: ContextVar[Reader | None] = ContextVar("ponte_list_reader", default=None)


def new_reader() -> Reader:
    """Return the reader whose language and time zone are active now."""
    try:
        currency = str(current_workspace().currency)
    except OutsideWorkspace:
        currency = "BRL"
    locale = to_locale(get_language() or "pt-br")
    return Reader(locale, timezone.get_current_timezone(), currency, timezone.localdate())


def reader() -> Reader:
    """Return the reader of the page being written, or a new one."""
    return _reader.get() or new_reader()


@contextmanager
def one_reader() -> Iterator[Reader]:
    """Use one reader for all cells written inside the block."""
    made = new_reader()
    token = _reader.set(made)
    try:
        yield made
    finally:
        _reader.reset(token)


def money_text(amount: Decimal | float | int, currency: str) -> str:
    """Return an amount of ``currency`` as the current reader writes it: ``R$ 1.234,56``."""
    return reader().money(amount, currency)
