"""Addresses of sales, mounted at the root of a workspace."""

from django.urls import URLPattern, URLResolver

from ponte.sales.urls import (
    approvals,
    cadences,
    contracts,
    leads,
    opportunities,
    plans,
    quotes,
    scoring,
)

app_name = "sales"

urlpatterns: list[URLPattern | URLResolver] = [
    *leads.urlpatterns,
    *scoring.urlpatterns,
    *opportunities.urlpatterns,
    *approvals.urlpatterns,
    *quotes.urlpatterns,
    *contracts.urlpatterns,
    *plans.urlpatterns,
    *cadences.urlpatterns,
]
