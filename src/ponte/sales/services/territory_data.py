"""What is told about a territory, checked and cleaned."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict
from uuid import UUID

from django.utils.translation import gettext as _

from ponte.conditions.parsing import read_condition
from ponte.core.actors import Actor
from ponte.core.brazil.postal import normalise_uf
from ponte.core.brazil.problems import Unreadable
from ponte.core.errors import FieldProblem, Invalid
from ponte.core.models import Member
from ponte.sales.models import Territory

MOST_TERRITORIES = 500
DEEPEST = 6
MOST_PLACES = 200
MOST_MEMBERS = 100


class TerritoryDetails(TypedDict, total=False):
    """What a territory is made of; see ``Territory``. ``member_ids`` are those who sell there."""

    name: str
    parent_id: UUID | None
    position: int
    states: Sequence[str]
    cities: Sequence[str]
    postal_ranges: Sequence[Sequence[str]]
    condition: Mapping[str, Any] | None
    is_active: bool
    member_ids: Sequence[UUID]


def clean_territory(
    details: TerritoryDetails, *, actor: Actor, territory: Territory | None
) -> dict[str, Any]:
    """Return the columns to write and ``member_ids``.

    Raises:
        Invalid: with every problem found, each naming its field.
    """
    clean = _Cleaning(actor, territory)
    values: dict[str, Any] = {}
    for name, value in details.items():
        values[name] = getattr(clean, name)(value)
    if territory is None and not values.get("name"):
        clean.name("")
    if clean.problems:
        raise Invalid(clean.problems)
    return values


class _Cleaning:
    """One method for each detail; problems are collected."""

    def __init__(self, actor: Actor, territory: Territory | None) -> None:
        self.actor = actor
        self.territory = territory
        self.problems: list[FieldProblem] = []

    def name(self, value: str) -> str:
        name = " ".join(value.split())
        if not name:
            self._wrong("name", "required", _("Give the territory a name."))
        elif len(name) > 120:
            self._wrong("name", "too_long", _("At most 120 characters fit."))
        return name

    def parent_id(self, value: UUID | None) -> UUID | None:
        if value is None:
            return None
        parent = Territory.objects.filter(id=value).first()
        if parent is None:
            self._wrong("parent_id", "missing", _("There is no such territory."))
        elif self.territory is not None and str(self.territory.id) in parent.path.split("/"):
            self._wrong("parent_id", "circle", _("A territory can't stand below itself."))
        elif parent.depth + 1 >= DEEPEST:
            self._wrong("parent_id", "too_deep", _("At most six levels fit."))
        return value

    def position(self, value: int) -> int:
        if not 0 <= value <= 10_000:
            self._wrong("position", "out_of_range", _("The place in the order lies between 0 and 10,000."))
        return value

    def states(self, value: Sequence[str]) -> list[str]:
        found = []
        for one in value:
            try:
                found.append(normalise_uf(one))
            except Unreadable:
                self._wrong("states", "invalid", _("“%(text)s” is no state.") % {"text": one[:40]})
        return sorted(set(found))

    def cities(self, value: Sequence[str]) -> list[str]:
        found = []
        for one in value[: MOST_PLACES + 1]:
            name, slash, state = (part.strip() for part in " ".join(one.split()).partition("/"))
            try:
                state = normalise_uf(state) if slash else ""
            except Unreadable:
                self._wrong(
                    "cities", "invalid", _("Write “City” or “City/UF”, not “%(text)s”.") % {"text": one[:40]}
                )
                continue
            if name:
                found.append(f"{name[:120]}/{state}" if state else name[:120])
        self._not_too_many("cities", value)
        return list(dict.fromkeys(found))

    def postal_ranges(self, value: Sequence[Sequence[str]]) -> list[list[str]]:
        found = []
        for pair in value[: MOST_PLACES + 1]:
            ends = [re.sub(r"\D", "", str(end)) for end in pair]
            if len(ends) == 1:
                ends *= 2
            if len(ends) != 2 or any(len(end) not in (5, 8) for end in ends):
                self._wrong("postal_ranges", "invalid", _("Write CEP ranges as 01000-000 to 05999-999."))
                continue
            first, last = ends[0].ljust(8, "0"), ends[1].ljust(8, "9")
            if first > last:
                self._wrong("postal_ranges", "order", _("The first CEP of a range must not be the higher."))
                continue
            found.append([first, last])
        self._not_too_many("postal_ranges", value)
        return found

    def condition(self, value: Mapping[str, Any] | None) -> dict[str, Any] | None:
        if not value:
            return None
        try:
            return dict(read_condition(value, subject="customer", reader=self.actor.member).raw)
        except Invalid as refusal:
            self.problems += [
                FieldProblem(f"condition.{one.field}".rstrip("."), one.code, one.message)
                for one in refusal.problems
            ]
            return None

    def is_active(self, value: bool) -> bool:
        return bool(value)

    def member_ids(self, value: Sequence[UUID]) -> list[UUID]:
        ids = list(dict.fromkeys(value))
        if len(ids) > MOST_MEMBERS:
            self._wrong("member_ids", "too_many", _("At most 100 members fit in a territory."))
        elif Member.objects.filter(id__in=ids, is_active=True).count() != len(ids):
            self._wrong("member_ids", "missing", _("There is no such colleague."))
        return ids

    def _not_too_many(self, field: str, value: Sequence[Any]) -> None:
        if len(value) > MOST_PLACES:
            self._wrong(field, "too_many", _("At most 200 fit; make a territory of its own for the rest."))

    def _wrong(self, field: str, code: str, message: str) -> None:
        self.problems.append(FieldProblem(field, code, message))
