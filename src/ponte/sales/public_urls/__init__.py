"""Addresses of the module outside any workspace; no log-in."""

from django.urls import URLPattern, URLResolver

from ponte.sales.public_urls import contracts, leads, quotes

urlpatterns: list[URLPattern | URLResolver] = [
    *leads.urlpatterns,
    *quotes.urlpatterns,
    *contracts.urlpatterns,
]
