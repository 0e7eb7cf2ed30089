"""Addresses of the module outside any workspace; no log-in."""

from django.urls import path

from ponte.privacy.views import public

urlpatterns = [path("public/preferences/<str:token>/", public.preferences, name="preferences")]
