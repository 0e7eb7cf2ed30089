"""Addresses a browser asks for to install the product."""

from django.urls import path

from ponte.config.device import views

urlpatterns = [
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("offline/", views.offline, name="offline"),
]
