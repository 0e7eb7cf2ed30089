"""Addresses of the doors."""

from django.urls import path

from ponte.config.start import views

urlpatterns = [
    path("", views.chooser, name="chooser"),
    path("start/", views.first_run, name="first_run"),
    path("join/<str:secret>/", views.join, name="join"),
]
