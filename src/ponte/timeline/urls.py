"""Addresses of the timeline module."""

from django.urls import URLPattern, URLResolver

app_name = "timeline"

urlpatterns: list[URLPattern | URLResolver] = []
