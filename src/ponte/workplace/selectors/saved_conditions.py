"""Saved views as conditions: one that is nothing but an advanced filter can be asked inside another condition."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict

from ponte.conditions.encoding import decode
from ponte.conditions.saved import SavedTree
from ponte.core.models import Member
from ponte.workplace.lists import list_pages
from ponte.workplace.lists.filters.condition import WHERE
from ponte.workplace.models import SavedView
from ponte.workplace.selectors.lists import MOST_SHOWN, visible_views

NOT_FILTERS = {
    "sort",
    "cols",
    "view",
    "layout",
    "group",
}  # what a view's address may hold besides its condition


def find_saved(reader: Member | None, saved_id: str, subject: str) -> SavedTree | None:
    """Return the condition of a view the reader sees; None reads every one."""
    try:
        found = _views(reader, subject).filter(id=UUID(saved_id)).first()
    except ValueError:
        return None
    return _tree(found) if found is not None else None


def offer_saved(reader: Member | None, subject: str) -> Iterable[SavedTree]:
    """Return the views that are conditions about ``subject`` and nothing else."""
    views = _views(reader, subject).filter(query__contains=f"{WHERE}=").order_by("name", "id")[:MOST_SHOWN]
    return [tree for view in views if (tree := _tree(view)) is not None]


def _views(reader: Member | None, subject: str) -> QuerySet[SavedView]:
    keys = [page.key for page in list_pages if page.condition == subject]
    views = SavedView.objects.all() if reader is None else visible_views(reader)
    return views.filter(list_key__in=keys)


def _tree(view: SavedView) -> SavedTree | None:
    params = QueryDict(view.query.lstrip("?"))
    raw = decode(params.get(WHERE, ""))
    if not isinstance(raw, dict) or not raw.get("where") or not set(params) <= NOT_FILTERS | {WHERE}:
        return None
    return SavedTree(str(view.id), view.name, raw["where"])
