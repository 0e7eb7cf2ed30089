"""Addresses of the directory, mounted at the root of a workspace."""

from django.urls import URLPattern, URLResolver, path

from ponte.directory.tables.bin import BIN
from ponte.directory.tables.companies import COMPANIES
from ponte.directory.tables.people import PEOPLE
from ponte.directory.views import (
    claims,
    contacts,
    create,
    duplicates,
    links,
    lookup,
    merging,
    panels,
    properties,
    quality,
    record,
    standardising,
)
from ponte.workplace.views.lists import list_view

app_name = "directory"

urlpatterns: list[URLPattern | URLResolver] = [
    path("people/", list_view(PEOPLE), name="people"),
    path("people/new/", create.new_person, name="new_person"),
    path("companies/", list_view(COMPANIES), name="companies"),
    path("companies/new/", create.new_company, name="new_company"),
    path("bin/", list_view(BIN), name="bin"),
    path("duplicates/", duplicates.duplicates, name="duplicates"),
    path("duplicates/progress/", duplicates.progress, name="duplicates_progress"),
    path("duplicates/decide/", duplicates.decide, name="decide_duplicates"),
    path("duplicates/search/", duplicates.search, name="duplicates_search"),
    path("duplicates/merge-certain/", duplicates.merge_certain, name="merge_certain"),
    path("duplicates/runs/<uuid:run_id>/undo/", duplicates.undo_run, name="duplicates_undo_run"),
    path("duplicates/block/", duplicates.home_block, name="duplicates_block"),
    path("data-quality/", quality.quality, name="quality"),
    path("data-quality/count/", quality.count, name="quality_count"),
    path("data-quality/counting/", quality.counting, name="quality_counting"),
    path("data-quality/standardise/", standardising.standardise, name="standardise"),
    path("data-quality/standardise/run/", standardising.run, name="standardise_run"),
    path("data-quality/suggestions/<uuid:row_id>/accept/", standardising.accept, name="suggestion_accept"),
    path("data-quality/suggestions/<uuid:row_id>/dismiss/", standardising.dismiss, name="suggestion_dismiss"),
    path("data-quality/suggestions/<uuid:row_id>/back/", standardising.back, name="suggestion_back"),
    path("data-quality/rules/", quality.rules, name="quality_rules"),
    path("data-quality/<slug:key>/", quality.flaw, name="quality_flaw"),
    path("customers/<uuid:party_id>/quality/", quality.panel, name="quality_panel"),
    path("identity-claims/", claims.claims, name="claims"),
    path("identity-claims/<uuid:claim_id>/<slug:decision>/", claims.decide, name="decide_claim"),
    path("customers/lookup/<slug:kind>/", lookup.lookup, name="lookup"),
    path("customers/pick/", lookup.pick, name="pick"),
    path("customers/tags/", lookup.tags_suggest, name="tags_suggest"),
    path("customers/merge/", merging.merge, name="merge"),
    path("customers/merges/", merging.merges, name="merges"),
    path("customers/merges/<uuid:merge_id>/", merging.done, name="merge_done"),
    path("customers/merges/<uuid:merge_id>/undo/", merging.undo, name="merge_undo"),
    path("customers/<uuid:party_id>/", record.record, name="record"),
    path("customers/<uuid:party_id>/quick/", record.quick, name="quick"),
    path("customers/<uuid:party_id>/figures/", record.figures, name="figures"),
    path("customers/<uuid:party_id>/merge/", merging.merge_with, name="merge_with"),
    path("customers/<uuid:party_id>/delete/", record.delete, name="delete"),
    path("customers/<uuid:party_id>/restore/", record.restore, name="restore"),
    path("customers/<uuid:party_id>/stage/", properties.stage, name="stage"),
    path("customers/<uuid:party_id>/tags/", properties.tags, name="tags"),
    path("customers/<uuid:party_id>/property/<slug:key>/", properties.edit, name="property"),
    path("customers/<uuid:party_id>/contacts/", contacts.contacts, name="contacts"),
    path("customers/<uuid:party_id>/contacts/<slug:name>/new/", contacts.add, name="contact_add"),
    path("customers/<uuid:party_id>/contacts/<slug:name>/<uuid:row_id>/", contacts.edit, name="contact_edit"),
    path(
        "customers/<uuid:party_id>/contacts/<slug:name>/<uuid:row_id>/delete/",
        contacts.delete,
        name="contact_delete",
    ),
    path("customers/<uuid:party_id>/links/", panels.links, name="links_panel"),
    path("customers/<uuid:party_id>/identities/", panels.identities, name="identities_panel"),
    path("customers/<uuid:party_id>/stages/", panels.stages, name="stages_panel"),
    path("customers/<uuid:party_id>/history/", panels.history, name="history_panel"),
    path("customers/<uuid:party_id>/roles/new/", links.start_role, name="role_new"),
    path("customers/<uuid:party_id>/roles/<uuid:role_id>/end/", links.end_role, name="role_end"),
    path("customers/<uuid:party_id>/relations/new/", links.new_relation, name="relation_new"),
    path(
        "customers/<uuid:party_id>/relations/<uuid:relation_id>/delete/",
        links.drop_relation,
        name="relation_delete",
    ),
]
