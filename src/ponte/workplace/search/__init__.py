"""Global search: sources registered by modules, each answering in one indexed query."""

from ponte.workplace.search.sources import (
    SearchHit,
    SearchSource,
    SearchTerms,
    register_search,
    search_sources,
    sources_for,
)

__all__ = ["SearchHit", "SearchSource", "SearchTerms", "register_search", "search_sources", "sources_for"]
