"""Cells of figures: numbers, money, dates and times, yes and no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency, format_decimal
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, to_locale

from ponte.core.tenancy.scope import current_workspace
from ponte.ui.templatetags.ponte import ago
from ponte.workplace.lists.cells.base import Cell, RowLink, Scalar, Source, escaped, html, read


def babel_locale() -> str:
    """Return the reader's language as Babel names it: ``pt_BR`` or ``en``."""
    return to_locale(get_language() or "pt-br")


def money_text(amount: Decimal | float | int, currency: str) -> str:
    """Return an amount of ``currency`` as its reader writes it: ``R$ 1.234,56``."""
    return str(format_currency(amount, currency, locale=babel_locale()))


@dataclass(frozen=True)
class Number(Cell):
    """A number, right-aligned, thousands separated. ``digits`` are shown after the comma."""

    align: str = "end"
    digits: int = 0

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        pattern = "#,##0" + (f".{'0' * self.digits}" if self.digits else "")
        return html(escaped(format_decimal(value, format=pattern, locale=babel_locale())))


@dataclass(frozen=True)
class Money(Cell):
    """An amount, right-aligned. ``currency`` is where its code comes from; the workspace's where it says nothing."""

    align: str = "end"
    currency: Source | None = None

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        own = read(row, self.currency) if self.currency is not None else None
        code = own or getattr(current_workspace(), "currency", "BRL")
        return html(escaped(money_text(value, str(code))))


@dataclass(frozen=True)
class Percent(Cell):
    """A share between 0 and 1 as a percentage."""

    align: str = "end"
    digits: int = 1

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        shown = format_decimal(
            Decimal(str(value)) * 100, format=f"0.{'0' * self.digits}", locale=babel_locale()
        )
        return html(f"{escaped(shown)}%")


@dataclass(frozen=True)
class Day(Cell):
    """A date, ``22/11/2026``."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        day = timezone.localtime(value).date() if isinstance(value, datetime) else value
        return html(
            f'<time datetime="{day.isoformat()}">{escaped(date_format(day, "SHORT_DATE_FORMAT"))}</time>'
        )


@dataclass(frozen=True)
class Moment(Cell):
    """A date with its time, ``22/11/2026 14:30``, in the workspace's time zone."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        local = timezone.localtime(value)
        shown = escaped(date_format(local, "SHORT_DATETIME_FORMAT"))
        return html(f'<time datetime="{local.isoformat(timespec="seconds")}">{shown}</time>')


@dataclass(frozen=True)
class Ago(Cell):
    """How long ago, kept current by the browser ("há 5 minutos"); the exact time is in the tip."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(escaped(ago(value)))


@dataclass(frozen=True)
class Due(Cell):
    """A moment something should have happened by; red once it has passed, unless ``done`` says it's done with."""

    done: Source | None = None

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        finished = bool(read(row, self.done)) if self.done is not None else False
        late = not finished and _is_past(value)
        css = ' class="text-danger"' if late else ""
        return html(f"<span{css}>{escaped(ago(value))}</span>")


@dataclass(frozen=True)
class YesNo(Cell):
    """True and false as words, nothing for neither."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(escaped(gettext("Yes") if value else gettext("No")))

    def plain(self, row: Any) -> Scalar:
        value = self.value(row)
        return None if value is None else gettext("Yes") if value else gettext("No")


def _is_past(value: date | datetime) -> bool:
    if isinstance(value, datetime):
        return value < timezone.now()
    return value < timezone.localdate()
