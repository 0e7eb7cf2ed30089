"""The declaration of a list: everything the one list component needs to know about one kind of record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ponte.core.models import Member
from ponte.core.rights import field_access, filter_owned, may
from ponte.workplace.lists.bulk import BulkAction
from ponte.workplace.lists.cells import RowLink
from ponte.workplace.lists.columns import Column, Sort
from ponte.workplace.lists.editing import Editable
from ponte.workplace.lists.filters import ChoiceFilter, DateFilter, Filter
from ponte.workplace.lists.filters.condition import WHERE, ConditionFilter
from ponte.workplace.lists.looks import BoardLook
from ponte.workplace.registry import Registry
from ponte.workplace.visibility import Visible, everyone

RESERVED = frozenset(
    {
        "q", "sort", "cols", "cursor", "view", "layout", "by", "count", "format", "where", "csrfmiddlewaretoken", "id",
        "once", "group", "exact", "column", "start", "end",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Empty:
    """What an empty list teaches: what belongs here, why it helps and how to start."""

    title: str | Promise
    text: str | Promise
    icon: str = "inbox"
    actions: tuple[EmptyAction, ...] = ()


@dataclass(frozen=True)
class EmptyAction:
    """A button of an empty list; the first one is the primary one. ``dialog`` opens it over the page."""

    label: str | Promise
    url_name: str
    icon: str = ""
    dialog: bool = False
    visible: Visible = everyone


@dataclass(frozen=True)
class More:
    """Columns, filters, sorts and editable fields of a list that are known only at run time, for one member."""

    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    sorts: tuple[Sort, ...] = ()
    editables: tuple[Editable, ...] = ()


SEARCH_HERE = _("Search in this list…")
RECORDS = _("records")
EVERY, EVERY_FEMININE = _("All"), pgettext_lazy("feminine", "All")
ADVANCED = _("Advanced filter")
NOTHING_YET = Empty(_("Nothing here yet"), "")


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """One list.

    Attributes:
        key: stable name; in URLs, preferences and saved views.
        object: name of the rights object its rows are.
        url_name: the page's own address, taking no arguments.
        columns: in the default order; exactly one has the ``Main`` cell.
        sorts, default_sort: the orders offered, and the one taken without a choice, ``-`` before it for descending.
        queryset: the rows a member may see, unordered, without joins (columns bring their own).
        row_url: a row's own page. panel_url: its short version for the side panel.
        search_column: path of the ``tsvector`` column behind the search box, "" for no box; or ``search``
            applies the typed text itself (small tables only).
        search_within: limits a query's text to what a member may read, ``(tsquery, member)`` (weights of the lexemes).
        search_fields: rights fields whose values that column holds. A member to whom one is hidden finds rows only
            by ``search_within`` or ``search_text``, the texts of a row he may read; without either he has no search box.
        owner, team: foreign keys the reach of rights is decided by; "" where the object has no owner.
        personal: the rows are personal data: each page shown and each export is written to the access log.
        plural: what the rows are called in running text ("people"). every: the tab of all of them, where the language has
            genders ("Todos", "Todas": ``EVERY_FEMININE``). empty: what an empty list teaches.
        create: the primary button of the page. bulk_actions: acts on selected rows.
        more: sources of further columns, filters and sorts, asked for each member (custom fields).
        editables: fields that can be written in the list: in cells, for many rows, by dragging cards.
        order: place among lists where they are named together.
        condition: what its rows are to conditions (``ponte.conditions``): the advanced filter; "" for none.
        looks: boards of its fields that look or behave in their own way.
        scope: the API scope that writes its rows, without ":write"; "" for that named after ``object`` ("customers").
        opens: what the list opens with for a member who chose no view to open it with, as a query ("owner=me"); "" for all rows.
        bar: template with what stands before the search box (which pipeline, for one), "" for nothing.
    """

    key: str
    object: str
    title: str | Promise
    url_name: str
    columns: tuple[Column, ...]
    sorts: tuple[Sort, ...]
    default_sort: str
    queryset: Callable[[Member], QuerySet[Any]]
    row_url: Callable[[Any], str]
    panel_url: Callable[[Any], str] | None = None
    filters: tuple[Filter, ...] = ()
    search_column: str = ""
    search: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    search_within: Callable[[str, Member], str] | None = None
    search_fields: frozenset[str] = frozenset()
    search_text: Callable[[Any, Member], Iterable[str]] | None = None
    search_placeholder: str | Promise = SEARCH_HERE
    owner: str = "owner"
    team: str = "team"
    personal: bool = False
    icon: str = "list"
    plural: str | Promise = RECORDS
    every: str | Promise = EVERY
    empty: Empty = NOTHING_YET
    create: EmptyAction | None = None
    bulk_actions: tuple[BulkAction, ...] = ()
    editables: tuple[Editable, ...] = ()
    page_size: int = 50
    more: tuple[Callable[[Member], More], ...] = ()
    order: int = 100
    condition: str = ""
    looks: tuple[BoardLook, ...] = ()
    bar: str = ""
    scope: str = ""
    opens: Callable[[Member], str] = lambda member: ""

    def __post_init__(self) -> None:
        clash = RESERVED.intersection(item.key for item in self.filters)
        if clash:
            raise ValueError(f"list {self.key}: filters can't be called {', '.join(sorted(clash))}")
        if self.sort_named(self.default_sort.lstrip("-")) is None:
            raise ValueError(f"list {self.key}: {self.default_sort} is no sort of it")

    def sort_named(self, key: str) -> Sort | None:
        """Return the sort of a key, None when there is none."""
        return next((sort for sort in self.sorts if sort.key == key), None)

    def columns_for(self, member: Member) -> list[Column]:
        """Return every column the member may see, in the default order."""
        access = field_access(member, self.object)
        columns = [*self.columns, *(column for more in self._more(member) for column in more.columns)]
        return [column.readable(access) for column in columns if column.allowed(access)]

    def simple_filters_for(self, member: Member) -> list[Filter]:
        """Return every filter of one field the member may use."""
        access = field_access(member, self.object)
        filters = [*self.filters, *(item for more in self._more(member) for item in more.filters)]
        return [item for item in filters if item.allowed(access)]

    def filters_for(self, member: Member) -> list[Filter]:
        """Return every filter the member may use; the advanced one last."""
        offered = self.simple_filters_for(member)
        return (
            [*offered, ConditionFilter(WHERE, ADVANCED, subject=self.condition)]
            if self.condition
            else offered
        )

    def sorts_for(self, member: Member) -> list[Sort]:
        """Return every sort the member may use."""
        access = field_access(member, self.object)
        sorts = [*self.sorts, *(sort for more in self._more(member) for sort in more.sorts)]
        return [sort for sort in sorts if sort.allowed(access)]

    def _more(self, member: Member) -> Iterator[More]:
        return (source(member) for source in self.more)

    def actions_for(self, member: Member) -> list[BulkAction]:
        """Return the bulk actions the member's role opens; those that set one field come last."""
        access = field_access(member, self.object)
        edits = [action for item in self.editables_for(member) if (action := item.action()) is not None]
        more = [action for action, visible in _more_actions.get(self.key, ()) if visible(member)]
        return [
            action
            for action in (*self.bulk_actions, *more, *edits)
            if may(member, self.object, action.act) and not access.readonly.intersection(action.fields)
        ]

    def editables_for(self, member: Member) -> list[Editable]:
        """Return the fields the member may write in the list."""
        return list(self._writable(member))

    def editable(self, member: Member, key: str) -> Editable | None:
        """Return the field of a key where the member may write it in the list; custom ones are read when it is none of the page's."""
        return next((one for one in self._writable(member) if one.key == key), None)

    def _writable(self, member: Member) -> Iterator[Editable]:
        if not may(member, self.object, "edit"):
            return
        readonly = field_access(member, self.object).readonly
        for one in chain(self.editables, (item for more in self._more(member) for item in more.editables)):
            if not readonly.intersection(one.rights):
                yield one

    def groupings_for(self, member: Member) -> list[ChoiceFilter]:
        """Return the fields rows can be grouped by: filters of one stored value out of a fixed set of choices."""
        return [item for item in self.filters_for(member) if isinstance(item, ChoiceFilter) and item.groups]

    def look_of(self, key: str) -> BoardLook | None:
        """Return how the board of a field looks, None for the usual."""
        return next((look for look in self.looks if look.by == key), None)

    def dates_for(self, member: Member) -> list[DateFilter]:
        """Return the dates rows can stand in a calendar by."""
        return [item for item in self.filters_for(member) if isinstance(item, DateFilter) and item.path]

    def search_shown(self, member: Member) -> bool:
        """Return whether the member has a search box here."""
        if self.search is not None:
            return not self.hides_searched(member)
        can_check = self.search_within is not None or self.search_text is not None
        return bool(self.search_column) and (can_check or not self.hides_searched(member))

    def hides_searched(self, member: Member) -> bool:
        """Return whether a field that the search looks into is hidden from the member."""
        return bool(field_access(member, self.object).hidden & self.search_fields)

    def reach(self, member: Member, act: str) -> QuerySet[Any]:
        """Return the rows the member sees and may do ``act`` to."""
        rows = self.queryset(member)
        if not may(member, self.object, act):
            return rows.none()
        if not self.owner:
            return rows
        return filter_owned(rows, member, self.object, act, owner=self.owner, team=self.team)

    def link(self, row: Any) -> RowLink:
        """Return where a row leads."""
        return RowLink(self.row_url(row), self.panel_url(row) if self.panel_url else "")


list_pages: Registry[ListPage] = Registry()
_more_actions: dict[str, list[tuple[BulkAction, Visible]]] = {}


def register_bulk_action(list_key: str, action: BulkAction, visible: Visible = everyone) -> None:
    """Offer an act of a higher module on the selected rows of a list, which may be registered later."""
    _more_actions.setdefault(list_key, []).append((action, visible))


def register_list(page: ListPage) -> ListPage:
    """Make a list known to the tools around it (columns, saved views, export, bulk acts) and return it."""
    return list_pages.register(page)
