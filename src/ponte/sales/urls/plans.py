"""Addresses of goals, forecasts and figures."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.views import costs, dashboard, figure_records

urlpatterns: list[URLPattern | URLResolver] = [
    path("sales/dashboard/", dashboard.dashboard, name="dashboard"),
    path("sales/figures/<slug:key>/", figure_records.records, name="figure_records"),
    path("sales/figures/<slug:key>/file/", figure_records.file, name="figure_file"),
    path("sales/costs/", costs.costs, name="costs"),
    path("sales/costs/new/", costs.enter, name="cost_new"),
    path("sales/costs/<uuid:cost_id>/delete/", costs.remove, name="cost_delete"),
]
