"""Addresses of the workplace, mounted at the root of a workspace."""

from django.urls import URLPattern, URLResolver, path

from ponte.workplace.admin.urls import admin_urlpatterns
from ponte.workplace.views import (
    bulk,
    exports,
    favourites,
    home,
    imports,
    list_export,
    list_tools,
    palette,
    saved_views,
    search,
    settings,
)

app_name = "workplace"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("start/hide/", home.hide_start, name="hide_start"),
    path("search/", search.search, name="search"),
    path("search/palette/", palette.palette, name="palette"),
    path("search/shortcuts/", palette.shortcuts, name="shortcuts"),
    path("favourites/<slug:object>/<uuid:object_id>/", favourites.favourite, name="favourite"),
    path("settings/", settings.settings, name="settings"),
    path("settings/preferences/", settings.preferences, name="preferences"),
    path("lists/<slug:key>/filters/", list_tools.filter_menu, name="list_filters"),
    path("lists/<slug:key>/filters/<slug:name>/", list_tools.filter_form, name="list_filter"),
    path("lists/<slug:key>/columns/", list_tools.columns, name="list_columns"),
    path("lists/<slug:key>/count/", list_tools.count, name="list_count"),
    path("lists/<slug:key>/around/<uuid:row_id>/", list_tools.neighbours, name="list_neighbours"),
    path("lists/<slug:key>/export.<slug:format>", list_export.export, name="list_export"),
    path("lists/<slug:key>/views/", saved_views.arrange, name="view_order"),
    path("lists/<slug:key>/views/<uuid:view_id>/copy/", saved_views.duplicate_view, name="view_copy"),
    path("lists/<slug:key>/views/new/", saved_views.new_view, name="view_new"),
    path("lists/<slug:key>/views/<uuid:view_id>/", saved_views.edit_view, name="view_edit"),
    path("lists/<slug:key>/views/<uuid:view_id>/delete/", saved_views.drop_view, name="view_delete"),
    path("lists/<slug:key>/bulk/<slug:action>/", bulk.bulk, name="bulk"),
    path("lists/<slug:key>/bulk/<slug:action>/undo/<uuid:change_id>/", bulk.bulk_undo, name="bulk_undo"),
    path("settings/export/", exports.exports, name="exports"),
    path("settings/export/new/", exports.export_new, name="export_new"),
    path("settings/export/<uuid:export_id>/download/", exports.export_download, name="export_download"),
    path("import/", imports.history, name="imports"),
    path("import/new/", imports.upload, name="import_new"),
    path("import/<uuid:run_id>/", imports.show, name="import"),
    path("import/<uuid:run_id>/progress/", imports.progress, name="import_progress"),
    path("import/<uuid:run_id>/preview/", imports.preview, name="import_preview"),
    path("import/<uuid:run_id>/mapping/", imports.mapping, name="import_mapping"),
    path("import/<uuid:run_id>/start/", imports.start, name="import_start"),
    path("import/<uuid:run_id>/cancel/", imports.cancel, name="import_cancel"),
    path("import/<uuid:run_id>/delete/", imports.delete, name="import_delete"),
    path("import/<uuid:run_id>/refused.csv", imports.rejected, name="import_rejected"),
    *admin_urlpatterns,
]
