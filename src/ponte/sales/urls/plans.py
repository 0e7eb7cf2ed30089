"""Addresses of goals, forecasts and figures."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.views import costs, dashboard, figure_records, forecast

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
]
