"""Reading a lens out of an address, and writing it back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ponte.core.models import Member, Team
from ponte.core.rights import members_within
from ponte.sales.models import Pipeline
from ponte.sales.selectors.lens import DAY, PERIODS, Lens, days_of, team_members, today

LABELS: dict[str, str | Promise] = {
    "this_month": _("This month"),
    "last_month": _("Last month"),
    "this_quarter": _("This quarter"),
    "last_quarter": _("Last quarter"),
    "this_year": _("This year"),
    "last_year": _("Last year"),
    "12_months": _("Last 12 months"),
    "custom": _("Between two days"),
}
MOST_DAYS = 3660


@dataclass(frozen=True)
class Look:
    """What an address asks to see: the lens and the words it was asked for with."""

    lens: Lens
    period: str
    who: str
    members: tuple[Member, ...]
    teams: tuple[Team, ...]
    pipelines: tuple[Pipeline, ...]

    @property
    def last_day(self) -> date:
        """The last day looked at."""
        return self.lens.end - DAY

    @property
    def chosen(self) -> UUID | None:
        """The member or team looked at alone."""
        return _uuid(self.who.partition(":")[2])

    @property
    def periods(self) -> list[tuple[str, str | Promise]]:
        """The periods to choose from."""
        return list(LABELS.items())

    def query(self, **more: Any) -> str:
        """Return the look as the query of an address, ``more`` added; empty values are left out."""
        given: dict[str, Any] = {"period": self.period, "who": self.who, "pipeline": self.lens.pipeline}
        if self.period == "custom":
            given |= {"from": self.lens.start.isoformat(), "to": self.last_day.isoformat()}
        return urlencode(
            {key: str(value) for key, value in (given | more).items() if value not in (None, "")}
        )


def read_look(member: Member, given: Mapping[str, Any], *, default: str = "12_months") -> Look:
    """Return what an address asks for; what makes no sense in it is ignored.

    People to choose from are those whose opportunities the member sees; asking for others shows nothing of theirs, as figures hold
    only what the member may see.
    """
    period, (start, end) = _days(given, default)
    members = tuple(members_within(member, "opportunity", "view").order_by("sort_name"))
    teams = _teams(members)
    pipelines = tuple(Pipeline.objects.filter(archived_at=None).order_by("position", "id"))
    who, owners = _owners(str(given.get("who", "")), member, members, teams)
    pipeline = _uuid(given.get("pipeline"))
    chosen = pipeline if any(one.id == pipeline for one in pipelines) else None
    return Look(Lens(member, start, end, owners, chosen), period, who, members, teams, pipelines)


def _days(given: Mapping[str, Any], default: str) -> tuple[str, tuple[date, date]]:
    period = str(given.get("period", default))
    first, last = _date(given.get("from")), _date(given.get("to"))
    if period == "custom" and first and last and first <= last and (last - first).days < MOST_DAYS:
        return period, (first, last + DAY)
    period = period if period in PERIODS else default
    return period, days_of(period, today())


def _teams(members: tuple[Member, ...]) -> tuple[Team, ...]:
    ids = {one.team_id for one in members if one.team_id}
    return tuple(Team.objects.filter(id__in=ids).order_by("name")) if ids else ()


def _owners(
    who: str, member: Member, members: tuple[Member, ...], teams: tuple[Team, ...]
) -> tuple[str, frozenset[UUID] | None]:
    kind, _colon, key = who.partition(":")
    if kind == "me":
        return who, frozenset({member.id})
    asked = _uuid(key)
    if kind == "member" and any(one.id == asked for one in members):
        assert asked is not None
        return who, frozenset({asked})
    team = next((one for one in teams if kind == "team" and one.id == asked), None)
    return ("", None) if team is None else (who, team_members(team))


def _date(text: Any) -> date | None:
    try:
        found = date.fromisoformat(str(text))
    except ValueError:
        return None
    return found if date(1990, 1, 1) <= found <= date(2199, 12, 31) else None


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
