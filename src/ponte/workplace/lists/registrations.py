"""What lists plug into the workplace: saved views as favourites in the sidebar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ponte.conditions.saved import saved_trees
from ponte.workplace.lists import jobs
from ponte.workplace.search import SearchHit, SearchSource, SearchTerms, register_search
from ponte.workplace.selectors.lists import view_hits
from ponte.workplace.selectors.saved_conditions import find_saved, offer_saved

JOBS = (jobs.change_many, jobs.sweep_changes, jobs.make_file, jobs.sweep_files)


def _not_searched(member: object, terms: SearchTerms, limit: int) -> list[SearchHit]:
    return []  # views are found above their list; here they only lend themselves to stars


SAVED_VIEWS = SearchSource(
    "savedview", _("Saved view"), "bookmark", query=_not_searched, fetch=view_hits, order=900
)
register_search(SAVED_VIEWS)
saved_trees.register(find_saved, offer_saved)
