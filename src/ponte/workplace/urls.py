"""Addresses of the workplace, mounted at the root of a workspace."""

from django.urls import URLPattern, URLResolver

app_name = "workplace"

urlpatterns: list[URLPattern | URLResolver] = []
