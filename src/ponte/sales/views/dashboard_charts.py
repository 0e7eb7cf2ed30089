"""The charts of the sales dashboard, each from one figure of ``selectors.kpis_*``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from ponte.core.models import Member
from ponte.core.rights import may
from ponte.sales.looks import Look
from ponte.sales.models import Origin
from ponte.sales.months import month_label
from ponte.sales.selectors import kpis_deals, kpis_leads, kpis_pipeline, kpis_work, metrics
from ponte.sales.views.writing import cells, days, money, number, percent, records_url
from ponte.ui.charts import Chart, ChartRow, Column

Maker = Callable[[Look], Chart]


def won_by_month(look: Look) -> Chart:
    """Draw what was won each month."""
    rows = [
        ChartRow(
            month_label(month),
            (
                cells(money, one.value, records_url(look, metrics.WON, month=month)),
                cells(number, one.count, records_url(look, metrics.WON, month=month)),
            ),
        )
        for month, one in kpis_deals.won_by_month(look.lens).items()
    ]
    columns = (Column(_("Value won"), "money"), Column(_("Sales"), "number", "line"))
    return Chart("won", _("Won by month"), _("Month"), columns, rows)


def won_by_owner(look: Look) -> Chart:
    """Draw what each salesperson won."""
    found = kpis_deals.won_by_owner(look.lens)
    names = _names(found)
    rows = [
        ChartRow(
            names[key],
            (
                cells(money, one.value, records_url(look, metrics.WON, owner=key or "none")),
                cells(number, one.count, records_url(look, metrics.WON, owner=key or "none")),
                cells(money, one.average),
            ),
        )
        for key, one in list(found.items())[:25]
    ]
    columns = (
        Column(_("Value won"), "money"),
        Column(_("Sales"), kind=""),
        Column(_("Average deal"), "money", ""),
    )
    return Chart("people", _("Won by salesperson"), _("Salesperson"), columns, rows, shape="lying")


def conversion_by_origin(look: Look) -> Chart:
    """Draw which share of the leads of each origin became customers."""
    rows = [
        ChartRow(
            _origin(key),
            (
                cells(percent, rate),
                cells(number, rate.whole, records_url(look, metrics.CAPTURED, part=key)),
                cells(number, rate.part, records_url(look, metrics.ACQUIRED, part=key)),
            ),
        )
        for key, rate in kpis_leads.lead_conversion_by_origin(look.lens).items()
    ]
    columns = (
        Column(_("Conversion"), "percent"),
        Column(_("Leads"), kind=""),
        Column(_("Customers"), kind=""),
    )
    note = _("Of the leads captured in the period, those at least one sale came of, whenever it came.")
    return Chart(
        "origins", _("Lead conversion by origin"), _("Origin"), columns, rows, shape="lying", note=note
    )


def conversion_by_month(look: Look) -> Chart:
    """Draw the lead conversion of each month, by cohort and by the day of the sale."""
    by_event = kpis_leads.lead_conversion_by_month(look.lens, "event")
    rows = [
        ChartRow(
            month_label(month),
            (
                cells(percent, rate, records_url(look, metrics.ACQUIRED, month=month)),
                cells(percent, by_event[month], records_url(look, metrics.FIRST_WON, month=month)),
                cells(number, rate.whole, records_url(look, metrics.CAPTURED, month=month)),
            ),
        )
        for month, rate in kpis_leads.lead_conversion_by_month(look.lens).items()
    ]
    columns = (
        Column(_("By month of the lead"), "percent", "line"),
        Column(_("By month of the sale"), "percent", "line"),
        Column(_("Leads"), kind=""),
    )
    note = _("By month of the sale: first sales of the month ÷ leads of the month, so it may pass 100%.")
    return Chart("cohorts", _("Lead conversion by month"), _("Month"), columns, rows, note=note)


def pipeline_now(look: Look) -> Chart:
    """Draw what stands in each stage."""
    rows = [
        ChartRow(
            _stage(look, one.stage),
            (
                cells(money, one.value, records_url(look, metrics.STANDING, part=one.stage.id)),
                cells(money, one.weighted),
                cells(number, one.count, records_url(look, metrics.STANDING, part=one.stage.id)),
            ),
        )
        for one in kpis_pipeline.open_pipeline(look.lens)
    ]
    columns = (
        Column(_("Value"), "money"),
        Column(_("Weighted"), "money"),
        Column(_("Opportunities"), kind=""),
    )
    note = _("All that is open now, whatever the period. Weighted: value × probability of the stage.")
    return Chart("pipeline", _("Pipeline by stage"), _("Stage"), columns, rows, shape="lying", note=note)


def flow_of_stages(look: Look) -> Chart:
    """Draw how stages let go, and which one holds deals longest."""
    rows = [
        ChartRow(
            _stage(look, one.stage),
            (
                cells(percent, one.conversion),
                cells(number, one.left, records_url(look, metrics.STAYED, part=one.stage.id)),
                cells(number, one.lost, records_url(look, metrics.STAYED, part=f"{one.stage.id}:lost")),
                cells(days, one.days),
            ),
            _("Bottleneck") if one.is_bottleneck else "",
        )
        for one in kpis_pipeline.stage_conversion(look.lens)
    ]
    columns = (
        Column(_("Went on"), "percent"), Column(_("Left the stage"), kind=""), Column(_("Lost here"), kind=""),
        Column(_("Mean stay"), kind=""),
    )  # fmt: skip
    note = _("Of the stays that ended in the period. The bottleneck is the stage deals stay longest in.")
    return Chart("stages", _("Conversion of stages"), _("Stage"), columns, rows, shape="lying", note=note)


def lost_reasons(look: Look) -> Chart:
    """Draw why deals were lost."""
    rows = [
        ChartRow(
            one.name or _("No reason given"),
            (
                cells(number, one.count, records_url(look, metrics.LOST_DEALS, part=one.reason_id or "none")),
                cells(money, one.value),
            ),
        )
        for one in kpis_deals.lost_by_reason(look.lens)[:15]
    ]
    columns = (Column(_("Lost")), Column(_("Value"), "money", ""))
    return Chart("lost", _("Why deals are lost"), _("Reason"), columns, rows, shape="lying")


def work_done(look: Look) -> Chart:
    """Draw what each member did."""
    found = list(kpis_work.activity(look.lens).items())[:25]
    names = _names([key for key, _one in found])
    rows = [
        ChartRow(
            names[key],
            (
                cells(number, sum(one.contacts.values()), records_url(look, metrics.CONTACTS, owner=key)),
                cells(number, one.tasks, records_url(look, metrics.TASKS, owner=key)),
            ),
        )
        for key, one in found
    ]
    columns = (Column(_("Contacts noted")), Column(_("Tasks done")))
    return Chart("activity", _("Activity"), _("Member"), columns, rows, shape="lying", stacked=True)


def cost_by_origin(look: Look) -> Chart:
    """Draw what a customer costs from each origin."""
    rows = [
        ChartRow(
            _origin(key),
            (
                cells(money, one.cac),
                cells(money, one.cost),
                cells(number, one.customers, records_url(look, metrics.FIRST_WON, part=key)),
            ),
        )
        for key, one in kpis_work.acquisition_cost_by_origin(look.lens).items()
    ]
    columns = (
        Column(_("Cost per customer"), "money"),
        Column(_("Cost"), "money", ""),
        Column(_("New customers"), kind=""),
    )
    empty = _("Enter what advertising costs per month and origin to see what a customer costs.")
    return Chart(
        "cac", _("Cost per customer by origin"), _("Origin"), columns, rows, shape="lying", empty=empty
    )


LEADS: dict[str, Maker] = {
    "origins": conversion_by_origin,
    "cohorts": conversion_by_month,
    "cac": cost_by_origin,
}
DEALS: dict[str, Maker] = {
    "won": won_by_month, "people": won_by_owner, "pipeline": pipeline_now, "stages": flow_of_stages, "lost": lost_reasons,
    "activity": work_done,
}  # fmt: skip


def makers_for(member: Member) -> dict[str, Maker]:
    """Return the charts a member may see, in the order of the page."""
    order = ("won", "pipeline", "people", "stages", "origins", "cohorts", "lost", "activity", "cac")
    known = (DEALS if may(member, "opportunity", "view") else {}) | (
        LEADS if may(member, "lead", "view") else {}
    )
    return {key: known[key] for key in order if key in known}


def charts_for(look: Look) -> list[Chart]:
    """Return the charts of the page, with the way to their tables as files where the member may export."""
    assert look.lens.member is not None
    may_save = may(look.lens.member, "opportunity", "export")
    made = [make(look) for make in makers_for(look.lens.member).values()]
    if not may_save:
        return made
    return [
        replace(one, source=f"{reverse('sales:figure_file', args=[one.key])}?{look.query()}") for one in made
    ]


def _names(keys: Any) -> dict[UUID | None, str]:
    known: dict[UUID | None, str] = {key: _("Nobody") for key in keys}
    ids = [key for key in known if key is not None]
    return known | dict(Member.objects.filter(id__in=ids).values_list("id", "name"))


def _origin(key: str) -> str:
    return str(Origin(key).label) if key in Origin.values else key


def _stage(look: Look, stage: Any) -> str:
    alone = look.lens.pipeline is not None or len(look.pipelines) < 2
    return stage.name if alone else f"{stage.pipeline.name} · {stage.name}"
