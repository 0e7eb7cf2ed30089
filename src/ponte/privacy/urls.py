"""Addresses of the privacy module inside a workspace."""

from django.urls import URLPattern, URLResolver, path

from ponte.privacy.tables.suppressions import REFUSALS, SUPPRESSIONS
from ponte.privacy.views import panel, settings, suppressions
from ponte.workplace.views.lists import list_view

app_name = "privacy"

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/<uuid:party_id>/privacy/", panel.panel, name="panel"),
    path("customers/<uuid:party_id>/privacy/history/", panel.history, name="history"),
    path("customers/<uuid:party_id>/privacy/take-down/", panel.take_down, name="take_down"),
    path("customers/<uuid:party_id>/privacy/new-link/", panel.new_link, name="new_link"),
    path("suppressions/", list_view(SUPPRESSIONS), name="suppressions"),
    path("suppressions/new/", suppressions.suppress, name="suppress"),
    path("suppressions/<uuid:suppression_id>/", suppressions.suppression, name="suppression"),
    path("suppressions/<uuid:suppression_id>/lift/", suppressions.lift, name="lift"),
    path("contact-refusals/", list_view(REFUSALS), name="refusals"),
    path("settings/purposes/", settings.purposes, name="purposes"),
    path("settings/purposes/new/", settings.purpose_new, name="purpose_new"),
    path("settings/purposes/<slug:key>/", settings.purpose, name="purpose"),
    path("settings/purposes/<slug:key>/texts/", settings.texts, name="texts"),
    path("settings/purposes/<slug:key>/versions/", settings.versions, name="versions"),
]
