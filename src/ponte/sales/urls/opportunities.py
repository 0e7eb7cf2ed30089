"""Addresses of opportunities and pipelines."""

from django.urls import URLPattern, URLResolver, path

from ponte.sales.tables.opportunities import OPPORTUNITIES
from ponte.sales.views import opportunities, opportunity_acts, opportunity_lines, opportunity_people
from ponte.workplace.views.lists import list_view

DEAL = "opportunities/<uuid:opportunity_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("opportunities/", list_view(OPPORTUNITIES), name="opportunities"),
    path("opportunities/board/", opportunities.board, name="opportunity_board"),
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
]
