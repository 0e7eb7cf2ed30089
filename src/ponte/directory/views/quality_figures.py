"""The course of data quality as a chart, and what wrong records cost in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ponte.directory.models import QualityRules, QualitySnapshot
from ponte.directory.selectors.quality import cost_of
from ponte.ui.charts import Cell, Chart, ChartRow, Column
from ponte.workplace.lists.cells import money_text, reader


@dataclass(frozen=True)
class CostWords:
    """What wrong records cost: the amount for its tile, how it is made up, and how it moved ("" where nothing can be said)."""

    amount: str
    sentence: str
    course: str


def course_chart(snapshots: Sequence[QualitySnapshot]) -> Chart:
    """Draw mean completeness and how many records have something to mend, day by day, the oldest first."""
    page = reader()
    rows = [
        ChartRow(
            date_format(row.day, "d/m"),
            (
                Cell(float(row.with_problems), page.number(Decimal(row.with_problems), 0)),
                Cell(float(row.average), f"{page.number(row.average, 1)}%"),
                Cell(float(row.customers), page.number(Decimal(row.customers), 0)),
            ),
        )
        for row in snapshots
    ]
    columns = (
        Column(_("With something to mend")),
        Column(_("Mean completeness"), "percent", "line"),
        Column(_("Customers"), kind=""),
    )
    note = _("Counted each night over all customers; lists show those you may see.")
    if len(rows) < 2:
        note = _("A day more, and the course can be seen.") + " " + note
    return Chart("course", _("Course"), _("Day"), columns, rows, note=note)


def cost_words(rules: QualityRules, snapshots: Sequence[QualitySnapshot], currency: str) -> CostWords | None:
    """Return what wrong records cost by the workspace's own figures; None while these are missing. Nothing is assumed.

    Args:
        snapshots: the days there are, the oldest first.
    """
    latest = snapshots[-1] if snapshots else None
    cost = cost_of(rules, latest)
    if latest is None or cost is None or rules.minute_cost is None or rules.minutes_each is None:
        return None
    minutes = latest.with_problems * rules.minutes_each
    amount = money_text(cost, currency)
    sentence = ngettext(
        "When somebody trips over the %(count)s record with something to mend once, %(time)s of work are lost: %(amount)s.",
        "When somebody trips once over each of the %(count)s records with something to mend, %(time)s of work are lost: %(amount)s.",
        latest.with_problems,
    ) % {"count": reader().number(Decimal(latest.with_problems), 0), "time": _time(minutes), "amount": amount}
    made = _("Your own figures, from the rules: %(minutes)s minutes lost on each, %(minute)s a minute.") % {
        "minutes": rules.minutes_each,
        "minute": money_text(rules.minute_cost, currency),
    }
    return CostWords(amount, f"{sentence} {made}", _course(rules, snapshots, cost, currency))


def _course(rules: QualityRules, snapshots: Sequence[QualitySnapshot], cost: Decimal, currency: str) -> str:
    first = snapshots[0]
    before = cost_of(rules, first)
    if len(snapshots) < 2 or before is None:
        return ""
    day = date_format(first.day, "SHORT_DATE_FORMAT")
    if before == cost:
        return _("As much as on %(day)s.") % {"day": day}
    moved = {"amount": money_text(abs(cost - before), currency), "day": day}
    if cost < before:
        return _("%(amount)s less than on %(day)s.") % moved
    return _("%(amount)s more than on %(day)s.") % moved


def _time(minutes: int) -> str:
    if minutes < 120:
        return ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    hours = round(minutes / 60)
    return _("%(number)s hours") % {"number": reader().number(Decimal(hours), 0)}
