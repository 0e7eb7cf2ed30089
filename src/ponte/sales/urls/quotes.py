"""Addresses of quotes and contracts."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.quotes import QUOTES
from ponte.sales.views import quote_acts, quote_recording, quote_settings, quotes
from ponte.workplace.views.lists import list_view

urlpatterns: list[URLPattern | URLResolver] = [
    path("quotes/", list_view(QUOTES), name="quotes"),
    path("quotes/new/", quotes.create, name="quote_new"),
    path("quotes/<uuid:quote_id>/", quotes.detail, name="quote"),
    path("quotes/<uuid:quote_id>/edit/", quotes.edit, name="quote_edit"),
    path("quotes/<uuid:quote_id>/pdf/", quotes.pdf, name="quote_pdf"),
    path("quotes/<uuid:quote_id>/editions/<int:edition>/pdf/", quotes.edition_pdf, name="quote_edition_pdf"),
    path("quotes/<uuid:quote_id>/send/", quote_acts.send, name="quote_send"),
    path("quotes/<uuid:quote_id>/comment/", quote_acts.comment, name="quote_comment"),
    path("quotes/<uuid:quote_id>/revise/", quote_acts.revise, name="quote_revise"),
    path("quotes/<uuid:quote_id>/withdraw/", quote_acts.withdraw, name="quote_withdraw"),
    path("quotes/<uuid:quote_id>/accepted/", quote_recording.accepted, name="quote_accepted"),
    path("quotes/<uuid:quote_id>/declined/", quote_recording.declined, name="quote_declined"),
    path("quotes/<uuid:quote_id>/link/", quote_acts.new_link, name="quote_new_link"),
    path("quotes/<uuid:quote_id>/copy/", quote_acts.copy, name="quote_copy"),
    path("quotes/<uuid:quote_id>/delete/", quote_acts.delete, name="quote_delete"),
    path("quotes/<uuid:quote_id>/restore/", quote_acts.restore, name="quote_restore"),
    path("customers/<uuid:party_id>/quotes/", quotes.panel, name="quotes_panel"),
    path("opportunities/<uuid:opportunity_id>/quotes/", quotes.opportunity_panel, name="opportunity_quotes"),
    path("settings/documents/", quote_settings.overview, name="documents"),
    path("settings/documents/brand/", quote_settings.brand, name="brand"),
    path("settings/documents/layouts/new/", quote_settings.layout_new, name="layout_new"),
    path("settings/documents/layouts/<uuid:layout_id>/", quote_settings.layout_edit, name="layout_edit"),
    path(
        "settings/documents/layouts/<uuid:layout_id>/preview/",
        quote_settings.layout_preview,
        name="layout_preview",
    ),
    path(
        "settings/documents/layouts/<uuid:layout_id>/delete/",
        quote_settings.layout_delete,
        name="layout_delete",
    ),
]
