"""Addresses of the condition language."""

from django.urls import path

from ponte.conditions.views import builder
from ponte.conditions.views.values import values

app_name = "conditions"

urlpatterns = [
    path("conditions/values/", values, name="values"),
    path("conditions/build/<slug:subject>/tree/", builder.tree, name="builder_tree"),
    path("conditions/build/<slug:subject>/preview/", builder.preview, name="builder_preview"),
]
