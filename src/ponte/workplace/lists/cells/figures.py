"""Cells of figures: numbers, money, dates and times, yes and no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from ponte.workplace.lists.cells.base import Cell, RowLink, Scalar, Source, escaped, html, read
from ponte.workplace.lists.cells.reader import money_text as money_text
from ponte.workplace.lists.cells.reader import reader


@dataclass(frozen=True)
class Number(Cell):
    """A number, right-aligned, thousands separated. ``digits`` are shown after the comma."""

    align: str = "end"
    digits: int = 0
    adds: bool = True

    def figure(self) -> Any:
        return F(self.source) if isinstance(self.source, str) else None

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(escaped(reader().number(value, self.digits)))


@dataclass(frozen=True)
class Money(Cell):
    """An amount, right-aligned. ``currency`` is where its code comes from; the workspace's where it says nothing.

    ``rate`` is the column that turns it into the workspace's currency. ``adds``: whether a sum of it tells anything (of
    unit prices it doesn't; their average does).
    """

    align: str = "end"
    currency: Source | None = None
    rate: str = ""
    adds: bool = True

    def figure(self) -> Any:
        if not isinstance(self.source, str) or (self.currency is not None and not self.rate):
            return None
        return F(self.source) * F(self.rate) if self.rate else F(self.source)

    def amount(self, row: Any) -> Decimal | None:
        value = super().amount(row)
        return value if value is None or not self.rate else value * read(row, self.rate)

    @property
    def is_money(self) -> bool:
        return True

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        own = read(row, self.currency) if self.currency is not None else None
        page = reader()
        return html(escaped(page.money(value, str(own or page.currency))))


@dataclass(frozen=True)
class Percent(Cell):
    """A share between 0 and 1 as a percentage."""

    align: str = "end"
    digits: int = 1

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(f"{escaped(reader().number(Decimal(str(value)) * 100, self.digits))}%")


@dataclass(frozen=True)
class Day(Cell):
    """A date, ``22/11/2026``."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        page = reader()
        day = page.local(value).date() if isinstance(value, datetime) else value
        return html(f'<time datetime="{day.isoformat()}">{escaped(page.day(day))}</time>')


@dataclass(frozen=True)
class Moment(Cell):
    """A date with its time, ``22/11/2026 14:30``, in the workspace's time zone."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        page = reader()
        local = page.local(value)
        return html(
            f'<time datetime="{local.isoformat(timespec="seconds")}">{escaped(page.moment(local))}</time>'
        )


@dataclass(frozen=True)
class Ago(Cell):
    """How long ago, kept current by the browser ("há 5 minutos"); the exact time is in the tip."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(_ago(value))


@dataclass(frozen=True)
class Due(Cell):
    """A moment something should have happened by; red once it has passed, unless ``done`` says it's done with."""

    done: Source | None = None

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        finished = bool(read(row, self.done)) if self.done is not None else False
        late = not finished and _is_past(value)
        css = ' class="text-danger"' if late else ""
        return html(f"<span{css}>{_ago(value)}</span>")


@dataclass(frozen=True)
class YesNo(Cell):
    """True and false as words, nothing for neither."""

    def show(self, value: Any, row: Any, link: RowLink) -> SafeString:
        return html(escaped(gettext("Yes") if value else gettext("No")))

    def plain(self, row: Any) -> Scalar:
        value = self.value(row)
        return None if value is None else gettext("Yes") if value else gettext("No")


def _ago(value: date | datetime) -> str:
    """Return what ``ponte.ui``'s filter ``ago`` would: the browser turns it into words and keeps them current."""
    page = reader()
    if not isinstance(value, datetime):
        return f'<time datetime="{value.isoformat()}">{escaped(page.day(value))}</time>'
    local = page.local(value)
    exact = page.moment(local)
    shown = f"{local.hour:02}:{local.minute:02}" if local.date() == page.today else page.day(local)
    return (
        f'<time data-ago datetime="{local.isoformat(timespec="seconds")}" title="{escaped(exact)}">'
        f"{escaped(shown)}</time>"
    )


def _is_past(value: date | datetime) -> bool:
    if isinstance(value, datetime):
        return value < timezone.now()
    return value < reader().today
