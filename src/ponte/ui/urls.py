"""Addresses of the interface kit: the living style guide, in development only."""

from django.conf import settings
from django.urls import URLPattern, path

from ponte.ui.styleguide import form_sample, styleguide

app_name = "ui"

urlpatterns: list[URLPattern] = (
    [
        path("styleguide/", styleguide, name="styleguide"),
        path("styleguide/form/", form_sample, name="styleguide_form"),
    ]
    if settings.DEBUG
    else []
)
