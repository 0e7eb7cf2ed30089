"""Addresses of opportunities and pipelines."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.opportunities import OPPORTUNITIES
from ponte.sales.views import (
    closing,
    opportunities,
    opportunity_acts,
    opportunity_lines,
    opportunity_people,
    opportunity_pick,
    pipelines,
    suggestions,
)
from ponte.workplace.views.lists import list_view

DEAL = "opportunities/<uuid:opportunity_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("opportunities/", list_view(OPPORTUNITIES), name="opportunities"),
    path("opportunities/board/", opportunities.board, name="opportunity_board"),
    path("opportunities/pick/", opportunity_pick.pick, name="opportunity_pick"),
    path("opportunities/new/", opportunities.create, name="opportunity_new"),
    path(DEAL, opportunities.detail, name="opportunity"),
    path(f"{DEAL}quick/", opportunities.quick, name="opportunity_quick"),
    path(f"{DEAL}edit/", opportunities.edit, name="opportunity_edit"),
    path(f"{DEAL}timeline/", opportunities.timeline, name="opportunity_timeline"),
    path(f"{DEAL}history/", opportunities.history, name="opportunity_history"),
    path(f"{DEAL}move/", opportunity_acts.move, name="opportunity_move"),
    path(f"{DEAL}win/", opportunity_acts.win, name="opportunity_win"),
    path(f"{DEAL}lose/", opportunity_acts.lose, name="opportunity_lose"),
    path(f"{DEAL}reopen/", opportunity_acts.reopen, name="opportunity_reopen"),
    path(f"{DEAL}undo/", opportunity_acts.undo, name="opportunity_undo"),
    path(f"{DEAL}category/", closing.category, name="opportunity_category"),
    path(f"{DEAL}close/undo/", closing.undo_close, name="opportunity_close_undo"),
    path(f"{DEAL}suggestions/", suggestions.block, name="suggestions"),
    path(f"{DEAL}suggestions/<slug:rule>/away/", suggestions.dismiss, name="suggestion_dismiss"),
    path(f"{DEAL}suggestions/<slug:rule>/back/", suggestions.restore, name="suggestion_restore"),
    path(f"{DEAL}tick/", opportunity_acts.tick, name="opportunity_tick"),
    path(f"{DEAL}delete/", opportunity_acts.delete, name="opportunity_delete"),
    path(f"{DEAL}restore/", opportunity_acts.restore, name="opportunity_restore"),
    path(f"{DEAL}products/", opportunity_lines.lines, name="opportunity_lines"),
    path(f"{DEAL}contacts/", opportunity_people.contacts, name="opportunity_contacts"),
    path(f"{DEAL}contacts/new/", opportunity_people.contact_new, name="opportunity_contact_new"),
    path(
        f"{DEAL}contacts/<uuid:party_id>/remove/",
        opportunity_people.contact_remove,
        name="opportunity_contact_remove",
    ),
    path(f"{DEAL}team/", opportunity_people.team, name="opportunity_team"),
    path(f"{DEAL}team/new/", opportunity_people.helper_new, name="opportunity_helper_new"),
    path(
        f"{DEAL}team/<uuid:member_id>/remove/",
        opportunity_people.helper_remove,
        name="opportunity_helper_remove",
    ),
    path(f"{DEAL}competitors/", opportunity_people.rivals, name="opportunity_rivals"),
    path(f"{DEAL}competitors/new/", opportunity_people.rival_new, name="opportunity_rival_new"),
    path(
        f"{DEAL}competitors/<uuid:competitor_id>/remove/",
        opportunity_people.rival_remove,
        name="opportunity_rival_remove",
    ),
    path(f"{DEAL}tasks/", opportunity_people.tasks, name="opportunity_tasks"),
    path(f"{DEAL}files/", opportunity_people.files, name="opportunity_files"),
    path("customers/<uuid:party_id>/opportunities/", opportunity_people.of_party, name="opportunities_panel"),
    path("settings/pipelines/", pipelines.settings, name="pipelines"),
    path("settings/pipelines/new/", pipelines.pipeline_new, name="pipeline_new"),
    path("settings/pipelines/<uuid:pipeline_id>/edit/", pipelines.pipeline_edit, name="pipeline_edit"),
    path(
        "settings/pipelines/<uuid:pipeline_id>/archive/", pipelines.pipeline_archive, name="pipeline_archive"
    ),
    path("settings/pipelines/<uuid:pipeline_id>/up/", pipelines.pipeline_up, name="pipeline_up"),
    path("settings/pipelines/<uuid:pipeline_id>/stages/new/", pipelines.stage_new, name="stage_new"),
    path("settings/stages/<uuid:stage_id>/edit/", pipelines.stage_edit, name="stage_edit"),
    path("settings/stages/<uuid:stage_id>/up/", pipelines.stage_up, name="stage_up"),
    path("settings/stages/<uuid:stage_id>/delete/", pipelines.stage_delete, name="stage_delete"),
    path("settings/reasons/new/", pipelines.reason_new, name="reason_new"),
    path("settings/reasons/<uuid:reason_id>/edit/", pipelines.reason_edit, name="reason_edit"),
    path("settings/reasons/<uuid:reason_id>/archive/", pipelines.reason_archive, name="reason_archive"),
    path("settings/competitors/new/", pipelines.competitor_new, name="competitor_new"),
    path(
        "settings/competitors/<uuid:competitor_id>/edit/", pipelines.competitor_edit, name="competitor_edit"
    ),
    path(
        "settings/competitors/<uuid:competitor_id>/archive/",
        pipelines.competitor_archive,
        name="competitor_archive",
    ),
]
