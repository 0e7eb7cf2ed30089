"""An opportunity as a card of the board, and what its lists mark: nothing planned, late, rotting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.sales.models import DealStatus, Opportunity
from ponte.ui.icons import icon_svg
from ponte.ui.templatetags.ponte import initials, tone_of
from ponte.workplace.lists.cells import Cell, RowLink, Scalar, reader


def rotting_since(deal: Opportunity, now: datetime) -> int | None:
    """Return for how many days an open opportunity has stood in its stage longer than it should, None while it may."""
    limit = deal.stage.max_days
    if limit is None or deal.status != DealStatus.OPEN:
        return None
    days = (now - deal.stage_since).days
    return days - limit if days >= limit else None


@dataclass(frozen=True)
class Words:
    """What repeats on the cards of one page, looked up once."""

    now: datetime
    nothing: str
    late: str
    activity: str


def prepare(rows: Any) -> Words:
    """Return what every card of a page needs."""
    return Words(
        timezone.now(),
        _mark("yellow", "alert-triangle", _("Nothing planned")),
        _("Late"),
        icon_svg("calendar-due", "icon-xs", _("Next activity")),
    )


def draw_card(deal: Opportunity, link: RowLink, words: Words) -> str:
    """Return an opportunity's card."""
    panel = f' data-panel="{escape(link.panel_url)}"' if link.panel_url else ""
    parts = [
        f'<a class="cell-main" href="{escape(link.url)}"{panel}><span class="clip">{escape(deal.title)}</span></a>'
    ]
    if deal.party.label != deal.title:
        parts.append(f'<span class="card-figure">{escape(deal.party.label)}</span>')
    parts.append(f'<span class="card-values">{values(deal)}</span>')
    parts.append(f'<span class="card-foot">{_owner(deal)}{marks(deal, words)}</span>')
    return "".join(parts)


def values(deal: Opportunity) -> str:
    """Return what it is worth, once and each month."""
    page = reader()
    told = []
    if deal.amount or not deal.monthly:
        told.append(f"<strong>{escape(page.money(deal.amount, page.currency))}</strong>")
    if deal.monthly:
        told.append(f"<strong>{escape(monthly_text(page.money(deal.monthly, page.currency)))}</strong>")
    return " ".join(told)


def monthly_text(money: str) -> str:
    """Return an amount as one charged every month."""
    return _("%(money)s a month") % {"money": money}


def marks(deal: Opportunity, words: Words) -> str:
    """Return what somebody should notice: the next activity or that there is none, and rotting."""
    if deal.status != DealStatus.OPEN:
        return ""
    return _activity(deal, words) + rotting_mark(deal, words.now)


def rotting_mark(deal: Opportunity, now: datetime) -> str:
    """Return the mark of an opportunity that stands still for too long, "" for any other."""
    over = rotting_since(deal, now)
    if over is None:
        return ""
    days = (now - deal.stage_since).days
    text = ngettext("%(count)s day still", "%(count)s days still", days) % {"count": days}
    return _mark("red", "clock", text)


def _activity(deal: Opportunity, words: Words) -> str:
    due = deal.next_activity_at
    if due is None:
        return words.nothing
    page = reader()
    local = page.local(due)
    late = due < words.now
    text = page.day(local.date())
    hidden = f'<span class="visually-hidden">{words.late}: </span>' if late else ""
    tone = "red" if late else "neutral"
    return f'<span class="badge tone-{tone}">{words.activity}{hidden}{escape(text)}</span>'


def _owner(deal: Opportunity) -> str:
    if deal.owner is None:
        return ""
    name = deal.owner.name
    return (
        f'<span class="avatar avatar-xs tone-{tone_of(name)}" title="{escape(name)}">'
        f'<span aria-hidden="true">{escape(initials(name))}</span>'
        f'<span class="visually-hidden">{escape(name)}</span></span>'
    )


def _mark(tone: str, icon: str, text: str) -> str:
    return f'<span class="badge tone-{tone}">{icon_svg(icon, "icon-xs")} {escape(text)}</span>'


@dataclass(frozen=True)
class NextActivity(Cell):
    """The cell of what is planned next; an open opportunity without anything is marked."""

    def render(self, row: Any, link: RowLink) -> SafeString:
        if row.status != DealStatus.OPEN:
            return SafeString("")
        known = reader().known
        words = known.get("deal words")
        if words is None:
            words = known["deal words"] = prepare(())  # type: ignore[assignment]
        return SafeString(_activity(row, words))  # type: ignore[arg-type]


@dataclass(frozen=True)
class DaysInStage(Cell):
    """The cell of how many days an open opportunity has stood in its stage; marked when they are too many."""

    align: str = "end"

    def days(self, row: Any) -> int | None:
        """Return the days, None for one that has ended."""
        return (timezone.now() - row.stage_since).days if row.status == DealStatus.OPEN else None

    def render(self, row: Any, link: RowLink) -> SafeString:
        days = self.days(row)
        if days is None:
            return SafeString("")
        css = ' class="text-danger"' if rotting_since(row, timezone.now()) is not None else ""
        return SafeString(f"<span{css}>{days}</span>")

    def plain(self, row: Any) -> Scalar:
        return self.days(row)
