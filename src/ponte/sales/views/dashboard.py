"""The sales dashboard: the figures of a period and charts with their tables."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ponte.core.requests import WorkspaceRequest
from ponte.core.rights import may, may_area, requires
from ponte.sales.looks import Look, read_look
from ponte.sales.selectors import kpis_deals, kpis_leads, kpis_pipeline, kpis_work, metrics
from ponte.sales.selectors.facts import ZERO
from ponte.sales.views.dashboard_charts import charts_for
from ponte.sales.views.writing import days, money, number, percent, records_url, short_money, waiting
from ponte.workplace.lists.cells import one_reader


@require_safe
@requires("opportunity", "view")
def dashboard(request: WorkspaceRequest) -> HttpResponse:
    """Show the figures of a period."""
    look = read_look(request.member, request.GET)
    with one_reader():
        context = {
            "look": look,
            "stats": _stats(look),
            "charts": charts_for(look),
            "as_of": min(look.lens.added_up.values(), default=None),
            "may_enter_costs": may_area(request.member, "sales"),
        }
    return render(request, "sales/plans/dashboard.html", context)


def _stats(look: Look) -> list[dict[str, Any]]:
    stats = _deal_stats(look)
    if look.lens.member is not None and may(look.lens.member, "lead", "view"):
        stats += _lead_stats(look)
    return stats


def _deal_stats(look: Look) -> list[dict[str, Any]]:
    lens = look.lens
    won, before, rate = (
        kpis_deals.won_revenue(lens),
        kpis_deals.won_revenue(lens.before()),
        kpis_deals.win_rate(lens),
    )
    cycle, standing = kpis_deals.cycle_length(lens), kpis_pipeline.open_pipeline(lens)
    change = (won.value - before.value) * 100 / before.value if before.value else None
    return [
        {"label": _("Value won"), "value": short_money(won.value), "note": _change(change), "up": change is not None and change >= 0,
         "href": records_url(look, metrics.WON)},
        {"label": _("Sales"), "value": number(won.count), "note": _("average %(value)s") % {"value": money(won.average)},
         "href": records_url(look, metrics.WON)},
        {"label": _("Win rate"), "value": percent(rate.number), "note": _("by value %(rate)s") % {"rate": percent(rate.value)},
         "href": records_url(look, metrics.LOST_DEALS)},
        {"label": _("Sales cycle"), "value": days(cycle.median), "note": _("median; mean %(days)s") % {"days": days(cycle.mean)},
         "href": records_url(look, metrics.WON)},
        {"label": _("Open pipeline"), "value": short_money(sum((one.value for one in standing), ZERO)),
         "note": _("weighted %(value)s") % {"value": short_money(sum((one.weighted for one in standing), ZERO))},
         "href": records_url(look, metrics.STANDING)},
    ]  # fmt: skip


def _lead_stats(look: Look) -> list[dict[str, Any]]:
    lens = look.lens
    conversion, handed = kpis_leads.lead_conversion(lens), kpis_leads.hand_off(lens)
    answer, cost = kpis_leads.first_response(lens), kpis_work.acquisition_cost(lens)
    clock = (
        _("median by the clock; %(rate)s answered")
        if answer.by_clock
        else _("median, working hours; %(rate)s answered")
    )
    return [
        {"label": _("Lead conversion"), "value": percent(conversion, 2),
         "note": _("%(part)s of %(whole)s leads") % {"part": number(conversion.part), "whole": number(conversion.whole)},
         "href": records_url(look, metrics.ACQUIRED)},
        {"label": _("MQL → SQL"), "value": percent(handed.rate),
         "note": _("%(waiting)s waiting, %(rejected)s refused") % {"waiting": handed.waiting, "rejected": handed.rejected},
         "href": records_url(look, metrics.HANDED)},
        {"label": _("First response"),
         "value": waiting(answer.median, by_clock=answer.by_clock),
         "note": clock % {"rate": percent(answer.rate, 0)}, "href": records_url(look, metrics.ANSWERED)},
        {"label": _("Cost per customer (CAC)"), "value": money(cost.cac),
         "note": _("%(customers)s new customers") % {"customers": number(cost.customers)} if cost.entered else _("no costs entered"),
         "href": records_url(look, metrics.FIRST_WON)},
    ]  # fmt: skip


def _change(change: Any) -> str:
    if change is None:
        return _("nothing to compare with")
    sign = "+" if change >= 0 else "−"
    return _("%(change)s against the span before") % {"change": f"{sign}{number(abs(change), 0)}%"}
