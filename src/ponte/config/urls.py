"""Addresses outside any workspace."""

from django.urls import URLPattern, URLResolver, include, path

from ponte.config import health
from ponte.config.api import api
from ponte.config.modules import modules_with

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("ponte.config.start.urls")),
    path("", include("ponte.config.device.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/v1/", api.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    # pages of modules for people without an account, under ``public/``
    *(path("", include(urls)) for urls in modules_with("public_urls")),
]

handler400 = "ponte.config.errors.bad_request"
handler403 = "ponte.config.errors.forbidden"
handler404 = "ponte.config.errors.not_found"
handler500 = "ponte.config.errors.server_error"
