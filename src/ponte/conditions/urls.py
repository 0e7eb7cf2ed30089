"""Addresses of the condition language."""

from django.urls import path

from ponte.conditions.views.values import values

app_name = "conditions"

urlpatterns = [path("conditions/values/", values, name="values")]
