"""The API of goals, forecasts and figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router
from ninja.responses import Status

from ponte.apikit.auth import scope
from ponte.apikit.pagination import page
from ponte.apikit.replies import respond
from ponte.apikit.requests import ApiRequest
from ponte.apikit.schemas import Page, Paging
from ponte.apikit.writes import if_match
from ponte.core.errors import Invalid
from ponte.core.rights import may, require
from ponte.sales.api.commissions import router as commissions_router
from ponte.sales.api.forecast import router as forecast_router
from ponte.sales.api.goals import router as goals_router
from ponte.sales.api.plans_schemas import CostIn, CostOut, FigureFilters, FiguresOut
from ponte.sales.api.price_guidance import router as guidance_router
from ponte.sales.api.recognition import router as recognition_router
from ponte.sales.models import SalesCost
from ponte.sales.policies import check_sales_settings
from ponte.sales.selectors import kpis_deals, kpis_leads, kpis_pipeline, kpis_work
from ponte.sales.selectors.lens import Lens
from ponte.sales.selectors.rates import Rate
from ponte.sales.services.figures import remove_cost, set_cost

router = Router(tags=["Sales figures"])
router.add_router("", forecast_router)
router.add_router("", goals_router)
router.add_router("", commissions_router)
router.add_router("", recognition_router)
router.add_router("", guidance_router)
READ, WRITE = scope("sales:read"), scope("sales:write")
MOST_DAYS = 3660


@router.get("/sales/figures", auth=READ, response=FiguresOut)
def get_figures(request: ApiRequest, filters: Query[FigureFilters]) -> dict[str, Any]:
    """Return the sales figures of a period, over the records the token's member may see."""
    require(request.member, "opportunity", "view")
    if not filters.start < filters.end or (filters.end - filters.start).days > MOST_DAYS:
        raise Invalid.on("end", "invalid", "Give an end after the start, at most ten years later.")
    owners = None if filters.owner_id is None else frozenset({filters.owner_id})
    lens = Lens(request.member, filters.start, filters.end, owners, filters.pipeline_id)
    leads = _leads(lens) if may(request.member, "lead", "view") else dict.fromkeys(LEAD_FIGURES)
    as_of = min(lens.added_up.values(), default=None)
    return {"start": lens.start, "end": lens.end, "as_of": as_of} | _deals(lens) | leads


LEAD_FIGURES = (
    "lead_conversion", "lead_conversion_by_event", "origins", "mql_to_sql", "first_response_hours", "first_response_by_clock",
    "new_customers", "cost", "cac",
)  # fmt: skip


def _deals(lens: Lens) -> dict[str, Any]:
    won, rate, cycle = kpis_deals.won_revenue(lens), kpis_deals.win_rate(lens), kpis_deals.cycle_length(lens)
    return {
        "won": won.count,
        "won_value": won.value,
        "average_deal": won.average,
        "win_rate": _rate(rate.number),
        "win_rate_by_value": _rate(rate.value),
        "cycle_median_days": cycle.median,
        "cycle_mean_days": cycle.mean,
        "months": [
            {"month": month, "won": one.count, "value": one.value}
            for month, one in kpis_deals.won_by_month(lens).items()
        ],
        "stages": _stages(lens),
        "lost": [
            {"reason_id": one.reason_id, "name": one.name, "lost": one.count, "value": one.value}
            for one in kpis_deals.lost_by_reason(lens)
        ],
        "activity": [
            {"member_id": key, "contacts": one.contacts, "tasks": one.tasks}
            for key, one in kpis_work.activity(lens).items()
        ],
    }


def _stages(lens: Lens) -> list[dict[str, Any]]:
    standing = {one.stage.id: one for one in kpis_pipeline.open_pipeline(lens)}
    flows = {one.stage.id: one for one in kpis_pipeline.stage_conversion(lens)}
    return [
        {
            "stage_id": key,
            "pipeline_id": one.stage.pipeline_id,
            "name": one.stage.name,
            "open": one.count,
            "value": one.value,
            "weighted": one.weighted,
            "left": flows[key].left,
            "conversion": _rate(flows[key].conversion),
            "days": flows[key].days,
            "bottleneck": flows[key].is_bottleneck,
        }
        for key, one in standing.items()
        if key in flows
    ]


def _leads(lens: Lens) -> dict[str, Any]:
    answer, cost = kpis_leads.first_response(lens), kpis_work.acquisition_cost(lens)
    return {
        "lead_conversion": _rate(kpis_leads.lead_conversion(lens)),
        "lead_conversion_by_event": _rate(kpis_leads.lead_conversion(lens, "event")),
        "origins": [
            {"origin": key, "conversion": _rate(rate)}
            for key, rate in kpis_leads.lead_conversion_by_origin(lens).items()
        ],
        "mql_to_sql": _rate(kpis_leads.hand_off(lens).rate),
        "first_response_hours": answer.median,
        "first_response_by_clock": answer.by_clock,
        "new_customers": cost.customers,
        "cost": cost.cost if cost.entered else None,
        "cac": cost.cac,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"part": rate.part, "whole": rate.whole, "percent": rate.value}


@router.get("/sales/costs", auth=READ, response=Page[CostOut])
def list_costs(request: ApiRequest, paging: Query[Paging]) -> HttpResponse:
    """List the costs of selling, the newest month first."""
    check_sales_settings(request.actor)
    return page(request, SalesCost.objects.all(), order=("-month", "-id"), schema=CostOut, paging=paging)


@router.put("/sales/costs", auth=WRITE, response=CostOut)
def put_cost(request: ApiRequest, data: CostIn) -> HttpResponse:
    """Note what was spent in a month, for a kind and an origin; what stood there is replaced."""
    return respond(request, set_cost(actor=request.actor, **data.model_dump()), CostOut)


@router.delete("/sales/costs/{cost_id}", auth=WRITE, response={204: None})
def delete_cost(request: ApiRequest, cost_id: UUID) -> Status[None]:
    """Take a noted cost away."""
    remove_cost(actor=request.actor, cost_id=cost_id, version=if_match(request))
    return Status(204, None)
