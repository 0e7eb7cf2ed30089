"""Addresses inside a workspace; the middleware has taken the slug off."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from ponte.config.modules import modules_with

# each module brings its own addresses, unique from the root of the workspace
urlpatterns: list[URLPattern | URLResolver] = [path("", include(urls)) for urls in modules_with("urls")]
if settings.DEBUG:  # the living style guide
    urlpatterns.append(path("", include("ponte.ui.urls")))
