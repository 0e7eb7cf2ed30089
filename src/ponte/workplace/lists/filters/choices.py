"""Filters by a choice: one or several values, yes or no, whose record it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.db.models import CharField, F, Model, Q, TextField
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member
from ponte.workplace.lists.filters.base import Choice, Filter, Rows, text_values
from ponte.workplace.lists.keyset import column_field

if TYPE_CHECKING:
    from ponte.workplace.lists.state import ListState

Choices = Sequence[Choice] | Callable[[Member], Sequence[Choice]]

NONE = "none"  # stands for "empty" in a URL
YES, NO, NOBODY = pgettext_lazy("filter", "Yes"), pgettext_lazy("filter", "No"), _("Nobody")


@dataclass(frozen=True)
class ChoiceFilter(Filter):
    """One or several of a set of values; several mean "any of them".

    Args:
        choices: (value, label) pairs, or a function of the member giving them (one query, only when the form opens or
            the filter is on).
        many: whether several may be chosen.
        empty: label for "has none"; offered where it is given.
        by: applies the values itself, ``(rows, values, member)``; for tags and other many-to-many (use ``Exists``).
        group: the row's one value as an expression, where ``path`` is no column but rows can still be grouped by it.
    """

    choices: Choices = ()
    many: bool = True
    empty: Any = ""
    by: Callable[[Rows, list[str], Member], Rows] | None = None
    group: Any = None

    template: ClassVar[str] = "workplace/lists/filters/choice.html"

    @property
    def groups(self) -> bool:
        """Whether rows have at most one of a fixed set of values, so that they can stand in groups."""
        has_one = self.group is not None or (bool(self.path) and self.by is None)
        return has_one and not callable(self.choices)

    def grouped(self, rows: Rows) -> Rows:
        """Return the rows with the value they are grouped by as ``group_value``."""
        found: Rows = rows.annotate(group_value=F(self.path) if self.group is None else self.group)
        return found

    def covers(self, model: type[Model]) -> bool:
        """Return whether a row always has one of the choices, for its column takes no others.

        Nobody need look for rows without any then: through the whole table, where there are none.
        """
        if self.group is not None or "__" in self.path or callable(self.choices):
            return False
        column = column_field(model, self.path)
        if column.null or column.blank or not column.choices:
            return False
        return {str(value) for value, _label in column.flatchoices} <= {
            str(key) for key, _label in self.choices
        }

    def options(self, member: Member) -> list[Choice]:
        """Return every choice the member is offered, "has none" last."""
        offered = list(self.choices(member) if callable(self.choices) else self.choices)
        return [*offered, (NONE, self.empty)] if self.empty else offered

    def options_in(self, state: ListState, member: Member) -> list[Choice]:
        """Return the choices that have a column on a board in this state."""
        return self.options(member)

    def read(self, params: QueryDict) -> list[str] | None:
        values = list(text_values(params, self.key))
        if not callable(self.choices):
            known = {str(value) for value, _label in self.choices} | ({NONE} if self.empty else set())
            values = [value for value in values if value in known]
        return (values if self.many else values[:1]) or None

    def params(self, value: list[str]) -> list[tuple[str, str]]:
        return [(self.key, item) for item in value]

    def apply(self, rows: Rows, value: list[str], member: Member) -> Rows:
        chosen = [item for item in value if item != NONE or not self.empty]
        if callable(self.choices):  # only values the member is offered: ids of others are no oracle
            offered = {str(key) for key, _label in self.options(member)}
            chosen = [item for item in chosen if item in offered]
        with_none = bool(self.empty) and NONE in value
        if self.by is not None:
            return self.by(rows, [*chosen, NONE] if with_none else chosen, member)
        condition = Q(**{f"{self.path}__in": chosen})
        if with_none:
            condition |= Q(**{f"{self.path}__isnull": True})
            if isinstance(column_field(rows.model, self.path), CharField | TextField):
                condition |= Q(**{self.path: ""})
        return rows.filter(condition)

    def words(self, value: list[str], member: Member) -> str:
        labels = {str(key): str(label) for key, label in self.options(member)}
        return ", ".join(labels.get(item, gettext("unknown")) for item in value)

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        chosen = set(value or ())
        return {"options": [(str(key), label, str(key) in chosen) for key, label in self.options(member)]}


@dataclass(frozen=True)
class BooleanFilter(Filter):
    """Yes or no. ``path`` is a boolean column, or ``yes``/``no`` are the conditions themselves."""

    yes: Q | None = None
    no: Q | None = None
    yes_label: Any = YES
    no_label: Any = NO

    template: ClassVar[str] = "workplace/lists/filters/choice.html"
    many: ClassVar[bool] = False

    def read(self, params: QueryDict) -> bool | None:
        return {"yes": True, "no": False}.get(params.get(self.key, ""))

    def params(self, value: bool) -> list[tuple[str, str]]:
        return [(self.key, "yes" if value else "no")]

    def apply(self, rows: Rows, value: bool, member: Member) -> Rows:
        if self.yes is not None:
            return rows.filter(self.yes if value else (self.no if self.no is not None else ~self.yes))
        return rows.filter(**{self.path: value})

    def words(self, value: bool, member: Member) -> str:
        return str(self.yes_label if value else self.no_label)

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        return {"options": [("yes", self.yes_label, value is True), ("no", self.no_label, value is False)]}


def _members(member: Member) -> list[Choice]:
    active = Member.objects.filter(is_active=True).exclude(id=member.id).order_by("sort_name", "id")
    return [(str(row_id), name) for row_id, name in active.values_list("id", "name")[:300]]


@dataclass(frozen=True)
class OwnerFilter(Filter):
    """Whose record it is: mine, my team's, nobody's or that of chosen members.

    ``path`` is the foreign key to ``core.Member`` ("owner"), ``team_path`` the one to the team ("" where there is none).
    """

    path: str = "owner"
    team_path: str = "team"
    none_label: Any = NOBODY
    many: ClassVar[bool] = True

    template: ClassVar[str] = "workplace/lists/filters/choice.html"

    def read(self, params: QueryDict) -> list[str] | None:
        return [
            value for value in text_values(params, self.key) if value in ("me", "team", NONE) or _is_id(value)
        ] or None

    def params(self, value: list[str]) -> list[tuple[str, str]]:
        return [(self.key, item) for item in value]

    def apply(self, rows: Rows, value: list[str], member: Member) -> Rows:
        ids = [UUID(item) for item in value if _is_id(item)] + ([member.id] if "me" in value else [])
        condition = Q(**{f"{self.path}_id__in": ids}) if ids else Q()
        if NONE in value:
            condition |= Q(**{f"{self.path}_id__isnull": True})
        if "team" in value and self.team_path and member.team_id:
            condition |= Q(**{f"{self.team_path}_id": member.team_id})
        return rows.filter(condition) if condition else rows.none()

    def words(self, value: list[str], member: Member) -> str:
        fixed = {key: str(label) for key, label in self._fixed(member)}
        ids = [UUID(item) for item in value if _is_id(item)]
        names = (
            {str(key): name for key, name in Member.objects.filter(id__in=ids).values_list("id", "name")}
            if ids
            else {}
        )
        return ", ".join(fixed.get(item) or names.get(item, gettext("unknown")) for item in value)

    def form(self, value: Any, member: Member) -> dict[str, Any]:
        chosen = set(value or ())
        options = [*self._fixed(member), *_members(member)]
        return {"options": [(key, label, key in chosen) for key, label in options]}

    def _fixed(self, member: Member) -> list[Choice]:
        fixed: list[Choice] = [("me", format_lazy("{name} ({me})", name=member.name, me=_("me")))]
        if self.team_path and member.team_id:
            fixed.append(("team", _("My team")))
        return [*fixed, (NONE, self.none_label)]


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
