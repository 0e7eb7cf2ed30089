"""Addresses outside any workspace."""

from django.urls import URLPattern, URLResolver, include, path

from ponte.config import health
from ponte.config.api import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ponte.config.start.urls")),
    path("", include("ponte.config.device.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

handler400 = "ponte.config.errors.bad_request"
handler403 = "ponte.config.errors.forbidden"
handler404 = "ponte.config.errors.not_found"
handler500 = "ponte.config.errors.server_error"
