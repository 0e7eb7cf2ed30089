"""Addresses of goals, forecasts and figures."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.views import (
    commissions,
    costs,
    dashboard,
    figure_records,
    forecast,
    goals,
    price_guidance,
    ranking,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("sales/dashboard/", dashboard.dashboard, name="dashboard"),
    path("sales/figures/<slug:key>/", figure_records.records, name="figure_records"),
    path("sales/figures/<slug:key>/file/", figure_records.file, name="figure_file"),
    path("sales/costs/", costs.costs, name="costs"),
    path("sales/costs/new/", costs.enter, name="cost_new"),
    path("sales/costs/<uuid:cost_id>/delete/", costs.remove, name="cost_delete"),
    path("sales/forecast/", forecast.page, name="forecast"),
    path("sales/forecast/<str:month>/<uuid:member_id>/", forecast.call, name="forecast_call"),
    path(
        "sales/forecast/deals/<uuid:opportunity_id>/category/", forecast.categorise, name="forecast_category"
    ),
    path("sales/prices/", price_guidance.overview, name="price_guidance"),
    path("sales/prices/hints/", price_guidance.hints, name="price_hints"),
    path("sales/prices/<uuid:product_id>/", price_guidance.product, name="product_guidance"),
    path("sales/ranking/", ranking.page, name="ranking"),
    path("sales/ranking/block/", ranking.block, name="ranking_block"),
    path("sales/ranking/join/", ranking.join, name="ranking_join"),
    path("sales/ranking/settings/", ranking.settings, name="ranking_settings"),
    path("sales/goals/", goals.goals, name="goals"),
    path("sales/goals/new/", goals.enter, name="goal_new"),
    path("sales/goals/block/", goals.block, name="goals_block"),
    path("sales/goals/<uuid:goal_id>/delete/", goals.remove, name="goal_delete"),
    path("sales/commissions/", commissions.commissions, name="commissions"),
    path("sales/commissions/plans/new/", commissions.edit_plan, name="plan_new"),
    path("sales/commissions/plans/<uuid:plan_id>/", commissions.edit_plan, name="plan_edit"),
    path("sales/commissions/plans/<uuid:plan_id>/archive/", commissions.archive, name="plan_archive"),
    path("sales/commissions/shares/<uuid:opportunity_id>/", commissions.share, name="share"),
    path(
        "sales/commissions/<uuid:plan_id>/<uuid:member_id>/<str:month>/",
        commissions.statement,
        name="statement",
    ),
    path(
        "sales/commissions/<uuid:plan_id>/<uuid:member_id>/<str:month>/approve/",
        commissions.approve,
        name="statement_approve",
    ),
]
