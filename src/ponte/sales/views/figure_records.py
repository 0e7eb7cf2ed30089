"""The records behind a figure, and the table of a chart as a file."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ponte.core.errors import Denied, Missing
from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, requires
from ponte.core.services.audit import record_view
from ponte.sales.looks import read_look
from ponte.sales.selectors.figure_records import RecordRow, figure_page, metric_of
from ponte.sales.views.dashboard_charts import makers_for
from ponte.sales.views.writing import money
from ponte.workplace.exporting.tables import table_response
from ponte.workplace.lists.cells import reader
from ponte.workplace.lists.cells.reader import one_reader

TITLES = {
    "lead_captured": gettext_lazy("Leads captured"),
    "lead_acquired": gettext_lazy("Leads that became customers"),
    "lead_won": gettext_lazy("First sales of leads"),
    "lead_handed": gettext_lazy("Leads handed over to sales"),
    "lead_answered": gettext_lazy("Leads answered"),
    "deal_opened": gettext_lazy("Opportunities opened"),
    "deal_won": gettext_lazy("Opportunities won"),
    "deal_lost": gettext_lazy("Opportunities lost"),
    "deal_cycle": gettext_lazy("Opportunities won"),
    "deal_open": gettext_lazy("Open opportunities"),
    "deal_learnt": gettext_lazy("Open opportunities with a learnt chance"),
    "stage_stay": gettext_lazy("Stays in stages that ended"),
    "contact": gettext_lazy("Contacts noted"),
    "task_done": gettext_lazy("Tasks done"),
}
PAGES = {"lead": "sales:lead", "opportunity": "sales:opportunity"}


@require_safe
@requires("opportunity", "view")
def records(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Show the very records behind a figure."""
    metric = metric_of(key)
    if not may(request.member, metric.object, "view"):
        raise Denied(metric.object, "view")
    look = read_look(request.member, request.GET)
    page = figure_page(metric, look.lens, request.GET)
    record_view(actor=request.actor, object_type="customer", ids=page.parties, where=f"figure {key}")
    period = gettext("whatever the period") if metric.dated else _period(look.lens.start, look.last_day)
    with one_reader():
        context = {
            "title": TITLES[key],
            "help": period,
            "rows": [_line(row) for row in page.rows],
            "more": look.query(**page.narrowing, after=page.after) if page.after else "",
            "back": look.query(),
        }
    return render(request, "sales/plans/records.html", context)


@require_safe
@requires("opportunity", "export")
def file(request: WorkspaceRequest, key: str) -> HttpResponseBase:
    """Answer the table of a chart as a file."""
    make = makers_for(request.member).get(key)
    if make is None:
        raise Missing("figure")
    with one_reader():
        chart = make(read_look(request.member, request.GET))
    head = [chart.first, *(column.label for column in chart.columns)]
    rows = [[row.label, *(_plain(cell.value) for cell in row.cells)] for row in chart.rows]
    return table_response(f"ponte-{key}", chart.title, head, rows, str(request.GET.get("format", "")))


def _plain(value: float | None) -> int | Decimal | None:
    if value is None:
        return None
    return int(value) if value == int(value) else Decimal(str(round(value, 4)))


def _period(first: Any, last: Any) -> str:
    return gettext("%(first)s to %(last)s") % {"first": reader().day(first), "last": reader().day(last)}


def _line(row: RecordRow) -> dict[str, str]:
    page = reader()
    when = page.day(page.local(row.when) if isinstance(row.when, datetime) else row.when) if row.when else ""
    return {
        "title": row.title or row.customer,
        "href": _address(row),
        "note": " · ".join(filter(None, (row.customer, row.owner, when))),
        "value": "" if row.value is None else money(row.value, 2),
    }


def _address(row: RecordRow) -> str:
    try:
        return reverse(PAGES[row.object], args=[row.id])
    except (KeyError, NoReverseMatch):
        return reverse("directory:record", args=[row.party_id]) if row.party_id else ""
